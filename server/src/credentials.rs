//! The file in AWS's shared-credentials format that holds the access keys the server made.

use std::path::Path;

use strongroom_api::Sensitive;
use zeroize::Zeroizing;

use crate::failure::Failure;
use crate::files;
use crate::ports::NewAccessKey;

/// The profile of the first account.
pub const DEFAULT: &str = "default";

/// Adds `key` as `profile`, in the place of one of that name.
///
/// # Errors
/// For the operator, naming the file.
pub fn write(path: &Path, profile: &str, key: &NewAccessKey) -> Result<(), Failure> {
    let had = read_text(path)?;
    let mut text = Zeroizing::new(without(&had, profile));
    if !text.is_empty() && !text.ends_with("\n\n") {
        text.push('\n');
    }
    text.push_str(&format!(
        "[{profile}]\naws_access_key_id = {}\naws_secret_access_key = {}\n",
        key.id,
        key.secret.reveal()
    ));
    files::write_private(path, text.as_bytes())
}

/// The access key of `profile`; `None` if the file or the profile is not there.
///
/// # Errors
/// For the operator: a file that is there and cannot be read.
pub fn read(path: &Path, profile: &str) -> Result<Option<NewAccessKey>, Failure> {
    let text = read_text(path)?;
    let header = format!("[{profile}]");
    let lines = text.lines().map(str::trim).skip_while(|line| *line != header).skip(1);
    let (mut id, mut secret) = (None, None);
    for line in lines.take_while(|line| !line.starts_with('[')) {
        let Some((name, value)) = line.split_once('=') else { continue };
        match name.trim() {
            "aws_access_key_id" => id = Some(value.trim().to_owned()),
            "aws_secret_access_key" => secret = Some(Sensitive::new(value.trim().to_owned())),
            _ => {}
        }
    }
    Ok(id.zip(secret).map(|(id, secret)| NewAccessKey { id, secret }))
}

fn read_text(path: &Path) -> Result<Zeroizing<String>, Failure> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Zeroizing::new(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Zeroizing::default()),
        Err(error) => Err(Failure::of_file("read", path, &error)),
    }
}

fn without(text: &str, profile: &str) -> String {
    let header = format!("[{profile}]");
    let mut within = false;
    let mut kept = String::with_capacity(text.len() + 256);
    for line in text.lines() {
        if line.trim_start().starts_with('[') {
            within = line.trim() == header;
        }
        if !within {
            kept.push_str(line);
            kept.push('\n');
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

    use super::*;

    fn key(id: &str) -> NewAccessKey {
        NewAccessKey { id: id.to_owned(), secret: Sensitive::new(format!("{id}/secret+=")) }
    }

    #[test]
    fn profiles_stand_beside_each_other_and_are_replaced_by_name() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("credentials");
        write(&path, DEFAULT, &key("AKIA1")).unwrap();
        write(&path, "222233334444", &key("AKIA2")).unwrap();
        write(&path, DEFAULT, &key("AKIA3")).unwrap();
        let id = |profile| read(&path, profile).unwrap().map(|key| key.id);
        assert_eq!(id(DEFAULT).as_deref(), Some("AKIA3"));
        assert_eq!(id("222233334444").as_deref(), Some("AKIA2"));
        assert_eq!(id("nobody"), None);
        let secret = read(&path, DEFAULT).unwrap().unwrap().secret;
        assert_eq!(secret.reveal(), "AKIA3/secret+=");
    }
}
