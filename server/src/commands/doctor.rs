//! `strongroom doctor`: looks for what would keep a server from running well, and says what to do.

use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::Path;
use std::process::ExitCode;

use serde_json::Value;
use strongroom_api::Timestamp;

use crate::admin::{Order, ask};
use crate::clock::{Clock as _, SystemClock};
use crate::commands::office::runtime;
use crate::config::Config;
use crate::failure::Failure;
use crate::seal::Seal;
use crate::tls::Pair;

/// What a check came to.
enum Finding {
    Good(String),
    Poor(String, String),
    Bad(String, String),
}

use Finding::{Bad, Good, Poor};

/// Checks everything; changes nothing.
///
/// # Errors
/// None; what is found is printed, and the exit code is 1 if something is bad.
pub fn run(config: &Config) -> Result<ExitCode, Failure> {
    let status = match config.dev {
        true => None,
        false => runtime()?.block_on(ask(&config.data.admin_socket(), &Order::Status)),
    };
    let status = status.and_then(Result::ok);
    let mut findings = Vec::new();
    if config.dev {
        findings.push(Good("nothing is kept: --dev".to_owned()));
    } else {
        findings.extend(data_directory(config));
        findings.push(seal(config));
        findings.extend(private_file(&config.data.credentials(), "access keys"));
    }
    findings.push(clock(config));
    findings.push(port(config, status.as_ref()));
    findings.extend(certificate(config));
    findings.push(open_files(config));
    findings.push(memory());
    let is_bad = findings.iter().any(|finding| matches!(finding, Bad(..)));
    findings.iter().for_each(print);
    Ok(if is_bad { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn print(finding: &Finding) {
    let (mark, text, hint) = match finding {
        Good(text) => ("ok  ", text, None),
        Poor(text, hint) => ("note", text, Some(hint)),
        Bad(text, hint) => ("BAD ", text, Some(hint)),
    };
    println!("{mark}  {text}");
    if let Some(hint) = hint {
        println!("      {hint}");
    }
}

fn data_directory(config: &Config) -> Vec<Finding> {
    let path = config.data.path();
    let shown = path.display();
    let Ok(metadata) = std::fs::metadata(path) else {
        let hint = "`strongroom serve` creates it; or name another one with --data-dir";
        return vec![Poor(format!("data directory {shown} does not exist yet"), hint.to_owned())];
    };
    let mut findings = Vec::new();
    let mode = metadata.permissions().mode() & 0o777;
    match mode & 0o077 {
        0 => findings.push(Good(format!("data directory {shown} is ours alone"))),
        _ => findings.push(Bad(
            format!("data directory {shown} can be entered by others (mode {mode:03o})"),
            format!("run: chmod 700 {shown}"),
        )),
    }
    let probe = path.join(".doctor");
    match std::fs::write(&probe, b"").and_then(|()| std::fs::remove_file(&probe)) {
        Ok(()) => {}
        Err(cause) => findings.push(Bad(
            format!("data directory {shown} cannot be written: {cause}"),
            format!("it belongs to uid {}; run the server as that user", metadata.uid()),
        )),
    }
    findings.extend(private_file(&config.data.store(), "the store"));
    findings
}

fn seal(config: &Config) -> Finding {
    if config.data.is_fresh() {
        return Poor(
            "there is no seal yet".to_owned(),
            format!(
                "the first start creates one and its key at {}",
                config.data.key_file().display()
            ),
        );
    }
    if let Some(key) =
        config.keys.key_file.as_ref().filter(|key| key.starts_with(config.data.path()))
    {
        return Bad(
            format!("the key file {} lies within the data that it opens", key.display()),
            "move it elsewhere: whoever copies the folder has both".to_owned(),
        );
    }
    match Seal::open(config) {
        Ok(_) => Good("the keys at hand open the seal".to_owned()),
        Err(failure) => {
            Bad(failure.message().to_owned(), failure.advice().unwrap_or_default().to_owned())
        }
    }
}

fn private_file(path: &Path, what: &str) -> Option<Finding> {
    let mode = std::fs::metadata(path).ok()?.permissions().mode() & 0o777;
    let shown = path.display();
    Some(match mode & 0o077 {
        0 => Good(format!("{what} in {shown}: readable by us alone")),
        _ => Bad(
            format!("{what} in {shown}: readable by others (mode {mode:03o})"),
            format!("run: chmod 600 {shown}"),
        ),
    })
}

/// 2026 began.
const NOT_BEFORE_SECONDS: i64 = 1_767_225_600;

fn clock(config: &Config) -> Finding {
    let now = SystemClock.now().seconds();
    let hint = "signatures of other machines are refused then; set the clock, or run an NTP client";
    let written = std::fs::metadata(config.data.store()).map_or(0, |file| file.mtime());
    if now < NOT_BEFORE_SECONDS {
        return Bad("the clock is years behind".to_owned(), hint.to_owned());
    }
    // A write of a moment ago may bear a time slightly ahead.
    if now + 60 < written {
        return Bad(
            "the clock is behind the latest write of the store".to_owned(),
            hint.to_owned(),
        );
    }
    Good(format!("the clock says {}", SystemClock.now().iso8601()))
}

fn port(config: &Config, status: Option<&Value>) -> Finding {
    if let Some(status) = status {
        let endpoint = status["endpoint"].as_str().unwrap_or_default();
        return Good(format!("a server runs at {endpoint} (pid {})", status["pid"]));
    }
    match std::net::TcpListener::bind(config.listen) {
        Ok(_) => Good(format!("{} is free; no server runs on this data", config.listen)),
        Err(cause) => Bad(
            format!("{} cannot be listened on: {cause}", config.listen),
            "stop what listens there, or choose another address with --listen".to_owned(),
        ),
    }
}

fn certificate(config: &Config) -> Option<Finding> {
    let files = config.certificate()?;
    Some(match files.read() {
        Ok(pair) => term(&pair, &files.certificate.display().to_string(), SystemClock.now()),
        Err(failure) => {
            Bad(failure.message().to_owned(), failure.advice().unwrap_or_default().to_owned())
        }
    })
}

/// Who renews late hears of it this long before.
const RENEWAL_DAYS: i64 = 14;
const DAY_MILLIS: i64 = 86_400_000;

fn term(pair: &Pair, shown: &str, now: Timestamp) -> Finding {
    let hint =
        "put a new certificate and its key in place; a running server takes them up by itself";
    let days = (pair.ends.millis() - now.millis()) / DAY_MILLIS;
    let ends = pair.ends.iso8601();
    if pair.ends <= now {
        return Bad(format!("certificate {shown} ended at {ends}"), hint.to_owned());
    }
    if pair.begins > now {
        let begins = pair.begins.iso8601();
        return Bad(format!("certificate {shown} is good from {begins} on only"), hint.to_owned());
    }
    if days < RENEWAL_DAYS {
        let text = format!("certificate {shown} ends at {ends}, in {days} days");
        return Poor(text, hint.to_owned());
    }
    Good(format!("certificate {shown} and its key belong together, until {ends}"))
}

fn open_files(config: &Config) -> Finding {
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let line = limits.lines().find(|line| line.starts_with("Max open files"));
    let limit = line.and_then(|line| line.split_whitespace().nth(3)?.parse::<usize>().ok());
    let wanted = config.limits.connections + 64;
    match limit {
        Some(limit) if limit < wanted => Poor(
            format!("{limit} files may be open at once, {wanted} would be needed under full load"),
            "raise it (ulimit -n, LimitNOFILE=) or lower max_connections".to_owned(),
        ),
        _ => Good("enough files may be open at once".to_owned()),
    }
}

fn memory() -> Finding {
    match strongroom_memory::LockedKey::new(|_| {}) {
        Ok(key) if key.is_locked() => Good("keys can be kept out of swap".to_owned()),
        _ => Poor(
            "keys cannot be kept out of swap".to_owned(),
            "raise the limit of locked memory (ulimit -l, LimitMEMLOCK=), or run without swap"
                .to_owned(),
        ),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

    use super::*;
    use crate::tls;

    #[test]
    fn a_certificate_is_called_out_two_weeks_before_it_ends() {
        let folder = tempfile::tempdir().unwrap();
        let day = jiff::civil::date(2026, 1, 1);
        let made = tls::init(folder.path(), &["localhost".to_owned()], day).unwrap();
        let pair = made.server.read().unwrap();
        let found = |before_end: i64| {
            let now = Timestamp::from_millis(pair.ends.millis() - before_end * DAY_MILLIS);
            match term(&pair, "server.pem", now) {
                Good(_) => "good",
                Poor(..) => "poor",
                Bad(..) => "bad",
            }
        };
        assert_eq!([found(14), found(13), found(0), found(900)], ["good", "poor", "bad", "bad"]);
    }
}
