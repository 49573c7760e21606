//! Filter patterns of logs: parsed, and asked about messages.

use strongroom_logs::pattern::{Message, Pattern};

/// Messages of every kind that patterns look for.
const MESSAGES: [&str; 6] = [
    "",
    "ERROR could not open /etc/passwd",
    r#"127.0.0.1 - frank [10/Oct/2000:13:25:15 -0700] "GET /index.html HTTP/1.0" 404 1534"#,
    r#"{"eventSource":"secretsmanager.amazonaws.com","a":{"b":[1,{"c":null}]},"n":-1.5e3,"t":true}"#,
    r#"{"a":"x","a":"y","":{"":""}}"#,
    "{\"a\":",
];

/// The first line is the pattern, what follows is a message. A pattern names parts of exactly those
/// messages that it means.
pub fn run(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let (pattern, message) = text.split_once('\n').unwrap_or((&text, ""));
    let Ok(pattern) = Pattern::parse(pattern) else { return };
    for message in MESSAGES.into_iter().chain([message]) {
        let matches = pattern.matches(message);
        assert_eq!(matches, pattern.extract(&Message::new(message)).is_some(), "{text}");
    }
}

/// Patterns that use every part of the language.
pub fn seeds() -> Vec<Vec<u8>> {
    [
        "",
        "ERROR \"not found\" -DEBUG %[0-9]{3}%\nERROR not found 404",
        "?ERROR ?WARN -\"a \\\"b\\\"\"",
        r#"{ ($.eventSource = "secrets*") && ($.a.b[1].c IS NULL || $.n < -1e2) && $.x NOT EXISTS }"#,
        r#"{ $.["a"].b[*] = 1 && $.t IS TRUE || $.a != 'y' }"#,
        r#"{ $.* = %^se.+\.com$% }"#,
        "[ip, user, ..., status = 4* && status != 404 || status = %5..%, bytes >= 1000]\na b 500 2",
        "[..., size]",
    ]
    .map(|pattern| pattern.as_bytes().to_vec())
    .into()
}
