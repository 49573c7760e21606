//! Accounts in the databases of the run.

use aws_lc_rs::rand;
use serde_json::{Value, json};

/// The port of a server, and that this is the run it belongs to.
pub fn port(variable: &str) -> u16 {
    let known = std::env::var(variable);
    let port = known.unwrap_or_else(|_| panic!("{variable} is unset: start by servers.py"));
    let _earlier = rustls::crypto::aws_lc_rs::default_provider().install_default();
    port.parse().unwrap()
}

/// The superuser's name and password.
pub fn admin() -> (String, String) {
    let variable = |name| std::env::var(name).unwrap();
    (variable("ROTATION_ADMIN"), variable("ROTATION_ADMIN_PASSWORD"))
}

/// The superuser's secret.
pub fn master(engine: &str, port: u16) -> Value {
    let (user, password) = admin();
    secret(engine, port, &user, &password)
}

/// The secret of a user.
pub fn secret(engine: &str, port: u16, user: &str, password: &str) -> Value {
    json!({
        "engine": engine, "host": "localhost", "port": port,
        "username": user, "password": password,
    })
}

/// A name that no other test uses.
pub fn name(begin: &str) -> String {
    let mut bytes = [0; 8];
    rand::fill(&mut bytes).unwrap();
    let letters = bytes.iter().map(|byte| char::from(b'a' + byte % 26));
    format!("{begin}{}", letters.collect::<String>())
}
