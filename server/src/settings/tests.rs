//! Where settings are taken from, and how wrong ones are named.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use super::*;

fn from_file(text: &str) -> (tempfile::TempDir, Result<Layers, Failure>) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("strongroom.toml");
    std::fs::write(&path, text).unwrap();
    let layers = Layers::gather(|_| None, |_| None, Some(&path));
    (folder, layers)
}

#[test]
fn a_flag_beats_the_environment_beats_the_file_beats_the_default() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("strongroom.toml");
    std::fs::write(&path, "region = \"file-1\"\nlisten = \"file\"\ndata_dir = \"file\"").unwrap();
    let flags = |key: &str| (key == "region").then(|| "flag".to_owned());
    let environment = |name: &str| {
        ["STRONGROOM_REGION", "STRONGROOM_LISTEN"].contains(&name).then(|| "env".to_owned())
    };
    let layers = Layers::gather(flags, environment, Some(&path)).unwrap();
    let text = |key| layers.given(key).unwrap().text;
    assert_eq!(text("region"), "flag");
    assert_eq!(text("listen"), "env");
    assert_eq!(text("data_dir"), "file");
    assert_eq!(text("account_id"), "123456789012");
}

#[test]
fn a_wrong_value_is_named_with_its_key_and_line() {
    let (_folder, layers) =
        from_file("# a comment\n\nmax_connections = 12\nlog_format = \"xml\"\n");
    let refuse = |_: &str| Err::<(), _>("expected text or json".to_owned());
    let failure = layers.unwrap().read("log_format", refuse).unwrap_err();
    let message = failure.message();
    assert!(message.starts_with("log_format = \"xml\" ("), "{message}");
    assert!(message.ends_with("strongroom.toml line 4): expected text or json"), "{message}");
}

#[test]
fn an_unknown_key_is_named_with_its_line_and_what_was_meant() {
    let (_folder, layers) = from_file("\nlog_fromat = 1");
    let failure = layers.unwrap_err();
    assert!(failure.message().ends_with("line 2: unknown key `log_fromat`"), "{failure}");
    assert_eq!(failure.advice(), Some("did you mean `log_level`?"));
}

#[test]
fn a_file_that_is_no_toml_is_named_with_its_line() {
    let (_folder, layers) = from_file("region = \"a-1\"\nlisten = = 1");
    assert!(layers.unwrap_err().message().contains("line 2: "));
}
