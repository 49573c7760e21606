//! `credential_process`: a program that prints credentials.

use std::process::Stdio;
use std::time::Duration;

use tokio::io::AsyncReadExt as _;
use tokio::process::Command;
use zeroize::Zeroizing;

use super::{Credentials, Provide, Providing, read_document};
use crate::Error;

const TIMEOUT: Duration = Duration::from_secs(60);
const MAX_BYTES: u64 = 64 << 10;

/// A program and its arguments.
pub(crate) struct Process {
    words: Vec<String>,
}

impl Process {
    /// A line of a configuration file, without a shell in between.
    ///
    /// # Errors
    /// For a quote that is never closed, or nothing at all.
    pub(crate) fn new(line: &str) -> Result<Self, Error> {
        let words = split(line).filter(|words| !words.is_empty());
        words.map(|words| Self { words }).ok_or_else(|| {
            Error::settings("credential_process is empty or has a quote that is never closed")
        })
    }

    async fn run(&self) -> Result<Credentials, Error> {
        let (program, arguments) = self
            .words
            .split_first()
            .ok_or_else(|| Error::settings("credential_process is empty"))?;
        let complain =
            |what: &str| Error::credentials(format!("credential_process {program} {what}"));
        let mut child = Command::new(program)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(|cause| complain(&format!("cannot be started: {cause}")))?;
        let mut bytes = Zeroizing::new(Vec::with_capacity(8192));
        let run = async {
            if let Some(out) = child.stdout.take() {
                out.take(MAX_BYTES).read_to_end(&mut bytes).await?;
            }
            child.wait().await
        };
        let status =
            tokio::time::timeout(TIMEOUT, run).await.map_err(|_| complain("takes too long"))?;
        match status {
            Ok(status) if status.success() => read_document(&bytes),
            Ok(status) => Err(complain(&format!("failed: {status}"))),
            Err(cause) => Err(complain(&format!("failed: {cause}"))),
        }
    }
}

impl Provide for Process {
    fn provide(&self) -> Providing<'_, Result<Credentials, Error>> {
        Box::pin(self.run())
    }
}

/// Words as a shell would take them: blanks separate, quotes hold together, a backslash protects.
fn split(line: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut letters = line.chars();
    while let Some(letter) = letters.next() {
        match (letter, quote) {
            ('\\', None | Some('"')) => word.get_or_insert_default().push(letters.next()?),
            (letter, Some(open)) if letter == open => quote = None,
            ('"' | '\'', None) => {
                quote = Some(letter);
                word.get_or_insert_default();
            }
            (letter, None) if letter.is_whitespace() => words.extend(word.take()),
            (letter, _) => word.get_or_insert_default().push(letter),
        }
    }
    words.extend(word);
    quote.is_none().then_some(words)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

    use super::*;

    #[test]
    fn quotes_hold_words_together() {
        let words = split(r#"/bin/a 'b c' "d \"e" f\ g '' "#).unwrap();
        assert_eq!(words, ["/bin/a", "b c", "d \"e", "f g", ""]);
        assert_eq!(split("'a"), None);
    }

    #[tokio::test]
    async fn what_a_program_prints_is_taken() {
        let print = r#"/bin/echo '{"Version":1,"AccessKeyId":"A","SecretAccessKey":"S","Expiration":"2026-01-31T16:20:30Z"}'"#;
        let found = Process::new(print).unwrap().run().await.unwrap();
        assert_eq!((found.access_key_id(), found.secret_access_key()), ("A", "S"));
        assert_eq!(found.expiration().unwrap().to_string(), "2026-01-31T16:20:30Z");
    }

    #[tokio::test]
    async fn a_program_that_fails_is_an_error() {
        let error = Process::new("/bin/false").unwrap().run().await.unwrap_err();
        assert_eq!(error.fault(), crate::Fault::Credentials);
    }
}
