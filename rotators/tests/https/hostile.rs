//! Values, services and recipes that mean no good.

use serde_json::{Value, json};
use strongroom_rotators::{Function, find};

use crate::HTTPS;
use crate::fake::Fake;
use crate::service::Service;
use crate::set::{recipe, secret};

/// What the rotation of a secret fails with; none of its values may stand in it.
async fn failure(secret: &Value) -> String {
    let fake = Fake::default().with("app", secret);
    let error = fake.rotate(HTTPS, "app", "v1").await.unwrap_err();
    let told = format!("{error} {:?}", error.details());
    for member in ["username", "password"] {
        let value = secret[member].as_str().unwrap();
        assert!(value.len() < 5 || !told.contains(value), "{told}");
    }
    assert!(!fake.made.borrow().iter().any(|made| told.contains(made)), "{told}");
    told
}

#[tokio::test]
async fn a_certificate_that_is_not_trusted_gets_no_password() {
    let (service, other) = (Service::start().await, Service::start().await);
    let mut secret = secret(&service, "app", "first");
    secret["rotation"]["authority"] = other.authority.into();
    let told = failure(&secret).await;
    assert!(told.contains("no trusted TLS connection to localhost"), "{told}");
    // The name counts, too.
    secret["rotation"] = recipe(&service);
    let url = service.url.replace("localhost", "127.0.0.1");
    secret["rotation"]["test"]["url"] = format!("{url}/me/x").into();
    let told = failure(&secret).await;
    assert!(told.contains("no trusted TLS connection to 127.0.0.1"), "{told}");
    assert_eq!(service.seen(), Vec::<String>::new());
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let service = Service::start().await;
    let mut secret = secret(&service, "app", "first");
    secret["rotation"]["test"]["url"] = format!("{}/redirect", service.url).into();
    let told = failure(&secret).await;
    assert!(told.contains("302") && told.contains("redirects are not followed"), "{told}");
    assert_eq!(service.seen(), ["GET /redirect"]);
}

#[tokio::test]
async fn a_huge_answer_is_not_read_and_a_slow_one_not_waited_for() {
    let service = Service::start().await;
    let mut secret = secret(&service, "app", "first");
    secret["rotation"]["timeout_seconds"] = 1.into();
    for (path, why) in [("huge", "the answer is too long"), ("slow", "no answer in time")] {
        secret["rotation"]["test"]["url"] = format!("{}/{path}", service.url).into();
        let told = failure(&secret).await;
        assert!(told.contains(why), "{told}");
    }
}

#[tokio::test]
async fn a_value_that_would_end_a_header_is_refused() {
    let service = Service::start().await;
    for value in ["break\r\nx-admin: yes", "break\nx", "nul\0nul", "ünïcode"] {
        let mut secret = secret(&service, "app", value);
        secret["rotation"]["test"]["auth"] = json!({ "bearer": "{this.token}" });
        secret["token"] = value.into();
        let told = failure(&secret).await;
        assert!(told.contains("cannot stand in the header authorization"), "{told}");
    }
    assert_eq!(service.seen(), Vec::<String>::new());
}

#[tokio::test]
async fn a_value_that_would_change_the_path_is_refused() {
    let service = Service::start().await;
    for value in ["", ".", "..", "../admin", "a/../b", "..\\x"] {
        let told = failure(&secret(&service, value, "first")).await;
        assert!(told.contains("a value in the url"), "{value}: {told}");
    }
    assert_eq!(service.seen(), Vec::<String>::new());
}

#[tokio::test]
async fn requests_leave_this_machine_with_tls_only_and_never_for_its_metadata() {
    let service = Service::start().await;
    for (url, why) in [
        ("http://192.0.2.1/", "without TLS, requests stay on this machine"),
        ("https://169.254.169.254/", "where no request may go"),
        ("http://169.254.170.2/", "where no request may go"),
        ("https://[fd00:ec2::254]/", "where no request may go"),
        ("https://[::ffff:169.254.169.254]/", "where no request may go"),
        ("https://[fe80::1]/", "where no request may go"),
        ("http://0.0.0.0/", "where no request may go"),
    ] {
        let mut secret = secret(&service, "app", "first");
        secret["rotation"]["test"]["url"] = url.into();
        let told = failure(&secret).await;
        assert!(told.contains(why), "{url}: {told}");
    }
}

#[tokio::test]
async fn the_function_says_which_hosts_requests_go_to() {
    let service = Service::start().await;
    let fake = Fake::default().with("app", &secret(&service, "app", "first"));
    let event = json!({ "Step": "rehearse", "SecretId": "app" }).to_string();
    for (hosts, may) in [
        ("localhost", true),
        ("other, LOCALHOST ", true),
        ("other", false),
        ("*.localhost", false),
        ("*localhost", false),
    ] {
        let variable = |name: &str| (name == "HTTPS_ALLOWED_HOSTS").then(|| hosts.to_owned());
        let function = Function::new(find(HTTPS).unwrap(), &fake, variable);
        let found = function.invoke(event.as_bytes()).await.unwrap();
        assert_eq!(found["Passed"], may, "{hosts}: {found}");
    }
}
