//! The binary, as a person or a script uses it.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Output, Stdio};

const BINARY: &str = env!("CARGO_BIN_EXE_strongroom");

struct Server {
    child: Child,
    out: BufReader<ChildStdout>,
    data: PathBuf,
}

impl Server {
    fn start(data: &Path, more: &[&str]) -> Self {
        let mut child = command(data)
            .arg("serve")
            .args(["--listen", "127.0.0.1:0"])
            .args(["--data-dir".as_ref(), data.as_os_str()])
            .args(more)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        Self { child, out, data: data.into() }
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.out.read_line(&mut line).unwrap();
        line
    }

    fn run(&self, arguments: &[&str]) -> Output {
        run(&self.data, arguments)
    }

    /// Stops it as an operator does; it must exit 0.
    fn stop(mut self) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        assert_eq!(self.child.wait().unwrap().code(), Some(0));
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _stopped_already = self.child.kill();
        let _reaped = self.child.wait();
    }
}

fn command(data: &Path) -> Command {
    let mut command = Command::new(BINARY);
    command.current_dir(data.parent().unwrap());
    command.env_clear();
    command
}

fn run(data: &Path, arguments: &[&str]) -> Output {
    let mut all = arguments.to_vec();
    all.extend(["--data-dir", data.to_str().unwrap()]);
    command(data).args(all).output().unwrap()
}

fn out(output: &Output) -> String {
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[test]
fn serve_says_that_it_is_ready_and_env_says_how_to_use_it() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let mut server = Server::start(&data, &["--region", "eu-central-1"]);
    let ready = server.line();
    assert!(ready.starts_with("strongroom is ready at http://127.0.0.1:"), "{ready}");
    assert!(ready.contains(" (account 123456789012, region eu-central-1) in "), "{ready}");
    assert!(ready.ends_with(" ms\n"), "{ready}");
    let hint = server.line();
    assert!(hint.contains("credentials") && hint.contains("eval \"$(strongroom env)\""), "{hint}");

    let endpoint = ready.split(' ').nth(4).unwrap();
    let env = out(&server.run(&["env"]));
    assert!(env.contains(&format!("export AWS_ENDPOINT_URL={endpoint}\n")), "{env}");
    assert!(env.contains("export AWS_ACCESS_KEY_ID=AKIA"), "{env}");
    assert!(env.contains("export AWS_SECRET_ACCESS_KEY="), "{env}");
    assert!(env.contains("export AWS_REGION=eu-central-1\n"), "{env}");
    let json: serde_json::Value =
        serde_json::from_str(&out(&server.run(&["env", "--json"]))).unwrap();
    assert_eq!(json["AWS_ENDPOINT_URL"], endpoint);
    server.stop();

    let mut again = Server::start(&data, &[]);
    again.line();
    again.stop();
}

#[test]
fn orders_are_carried_out_by_the_running_server_and_without_one() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let nothing = run(&data, &["account", "list"]);
    assert_eq!(nothing.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&nothing.stderr).starts_with("error: there is no data at "));

    let mut server = Server::start(&data, &[]);
    server.line();
    out(&server.run(&["account", "create", "--id", "222233334444"]));
    let twice = server.run(&["account", "create", "--id", "222233334444"]);
    assert_eq!(twice.stderr, b"error: account 222233334444 exists already\n");
    let accounts = out(&server.run(&["account", "list"]));
    assert_eq!(accounts, "123456789012\n222233334444\n");
    let env = out(&server.run(&["env", "--profile", "222233334444"]));
    assert!(env.contains("AWS_ACCESS_KEY_ID=AKIA"), "{env}");

    let second = folder.path().join("second.key");
    let second = second.to_str().unwrap();
    let added = out(&server.run(&["seal", "add", "--new-key-file", second]));
    assert_eq!(out(&server.run(&["seal", "list"])).lines().count(), 2);
    out(&server.run(&["keyring", "rotate"]));
    server.stop();

    assert_eq!(out(&run(&data, &["keyring", "list"])).lines().count(), 2);
    std::fs::remove_file(folder.path().join("data.key")).unwrap();
    let listed = out(&run(&data, &["seal", "list", "--key-file", second]));
    let first = listed.lines().next().unwrap().split(' ').next().unwrap();
    out(&run(&data, &["seal", "remove", first, "--key-file", second]));
    let last = added.trim().strip_prefix("added ").unwrap();
    let refused = run(&data, &["seal", "remove", last, "--key-file", second]);
    assert_eq!(refused.status.code(), Some(1));

    let mut again = Server::start(&data, &["--key-file", second]);
    assert!(again.line().starts_with("strongroom is ready"));
    again.stop();
}

#[test]
fn a_folder_with_a_long_name_takes_orders_too() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("x".repeat(150)).join("data");
    std::fs::create_dir_all(data.parent().unwrap()).unwrap();
    let mut server = Server::start(&data, &[]);
    let ready = server.line();
    let endpoint = ready.split(' ').nth(4).unwrap();
    assert!(out(&server.run(&["env"])).contains(endpoint));
    server.stop();
}

#[test]
fn the_trail_is_proved_and_shown() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let mut server = Server::start(&data, &[]);
    server.line();
    let proved = out(&server.run(&["trail", "verify"]));
    assert!(proved.ends_with("every record is as it was written\n"), "{proved}");
    assert_eq!(out(&server.run(&["trail", "tail"])), "");
    server.stop();
}

#[test]
fn doctor_finds_what_is_wrong_and_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let mut server = Server::start(&data, &[]);
    server.line();
    let healthy = out(&server.run(&["doctor"]));
    assert!(healthy.contains("ok    a server runs at http://127.0.0.1:"), "{healthy}");
    server.stop();

    use std::os::unix::fs::PermissionsExt as _;
    let everyones = std::fs::Permissions::from_mode(0o644);
    std::fs::set_permissions(data.join("credentials"), everyones).unwrap();
    let sick = run(&data, &["doctor", "--listen", "127.0.0.1:0"]);
    assert_eq!(sick.status.code(), Some(1));
    let text = String::from_utf8(sick.stdout).unwrap();
    assert!(text.contains("BAD   access keys in "), "{text}");
    assert!(text.contains("run: chmod 600 "), "{text}");
}

#[test]
fn a_wrong_setting_is_an_error_with_a_hint_and_exit_code_1() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let refused = run(&data, &["serve", "--listen", "0.0.0.0:0"]);
    assert_eq!(refused.status.code(), Some(1));
    let text = String::from_utf8(refused.stderr).unwrap();
    assert_eq!(
        text,
        "error: listen = \"0.0.0.0:0\" (flag --listen): secrets would cross the network in the \
         clear\nhint: give --tls, or --tls-cert and --tls-key; or say --allow-plain-http\n"
    );
    assert!(!data.exists());
}

#[test]
fn a_server_in_memory_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let mut server = Server::start(&data, &["--dev"]);
    assert!(server.line().starts_with("strongroom is ready at "));
    server.stop();
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    let env = out(&run(&data, &["env", "--dev"]));
    assert!(env.contains("export AWS_ACCESS_KEY_ID=test\n"), "{env}");
}

#[test]
fn every_command_has_help_and_shells_have_completions() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    for arguments in [&["--help"][..], &["serve", "--help"], &["seal", "add", "--help"]] {
        let output = command(&data).args(arguments).output().unwrap();
        assert!(out(&output).contains("Usage: strongroom"), "{arguments:?}");
    }
    let bash = command(&data).args(["completions", "bash"]).output().unwrap();
    assert!(out(&bash).contains("_strongroom"));
    let model = command(&data).arg("model").output().unwrap();
    assert!(serde_json::from_str::<serde_json::Value>(&out(&model)).unwrap().is_object());
}
