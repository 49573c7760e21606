//! The client against a service that answers as the test wants.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use strongroom_client::{
    Client, Credentials, Enrolment, Error, Fault, HostKey, HostSessions, Machine, Provide as _,
    Request, SECRETS_MANAGER, STS, Settings, Static, Variables, chain,
};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

/// Always the same moment, and no delays.
struct Fixed;

impl Machine for Fixed {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(1_700_000_000).unwrap()
    }

    fn fill(&self, bytes: &mut [u8]) -> Result<(), Error> {
        bytes.fill(0);
        Ok(())
    }
}

/// Answers one connection after the other with the next of `answers`, and remembers the requests.
struct Service {
    url: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Service {
    async fn answering(answers: Vec<String>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&asked);
        tokio::spawn(async move {
            for answer in answers {
                let (mut stream, _) = listener.accept().await.unwrap();
                let request = read(&mut stream).await;
                heard.lock().unwrap().push(request);
                stream.write_all(answer.as_bytes()).await.unwrap();
            }
        });
        Self { url, asked }
    }

    fn client(&self) -> Client {
        let key = Static(Credentials::new("AKID", "secret", None));
        let settings = Settings::for_region("eu-central-1").at(&self.url);
        Client::new(settings, Arc::new(key), Arc::new(Fixed))
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }

    /// The chain's answer for these variables, in which `{url}` is this service.
    async fn found(&self, pairs: &[(&str, &str)]) -> Result<Credentials, Error> {
        let pairs: Vec<(String, String)> = pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.replace("{url}", &self.url)))
            .collect();
        let variables: Variables = Arc::new(move |wanted| {
            pairs.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.clone())
        });
        let settings = Settings::for_region("eu-central-1").at(&self.url);
        let machine: Arc<dyn Machine> = Arc::new(Fixed);
        chain(&variables, &settings, &machine)?.provide().await
    }
}

async fn read(stream: &mut tokio::net::TcpStream) -> String {
    let mut bytes = Vec::new();
    loop {
        let mut more = [0; 4096];
        let count = stream.read(&mut more).await.unwrap();
        bytes.extend_from_slice(&more[..count]);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head
            .lines()
            .filter_map(|line| line.split_once(": "))
            .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
            .map_or(0, |(_, value)| value.parse().unwrap());
        if body.len() >= length {
            return text;
        }
    }
}

fn answer(status: u16, body: &str) -> String {
    format!(
        "HTTP/1.1 {status} X\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    )
}

const SESSION: &str = "<AssumeRoleResponse><AssumeRoleResult><Credentials>\
    <AccessKeyId>ASIA1</AccessKeyId><SecretAccessKey>a&amp;b</SecretAccessKey>\
    <SessionToken>tok</SessionToken><Expiration>2026-01-31T16:20:30Z</Expiration>\
    </Credentials></AssumeRoleResult></AssumeRoleResponse>";

const DOCUMENT: &str = r#"{"Code":"Success","AccessKeyId":"ASIA2","SecretAccessKey":"s","Token":"t","Expiration":"2026-01-31T16:20:30Z"}"#;

#[tokio::test]
async fn a_request_names_its_operation_and_is_signed() {
    let service = Service::answering(vec![answer(200, "{}")]).await;
    let reply = service.client().json(SECRETS_MANAGER, "secretsmanager.ListSecrets", b"{}").await;
    assert_eq!(reply.unwrap().text().unwrap(), "{}");
    let request = &service.asked()[0];
    assert!(request.contains("x-amz-target: secretsmanager.ListSecrets\r\n"), "{request}");
    let scope = "Credential=AKID/20231114/eu-central-1/secretsmanager/aws4_request, ";
    assert!(request.contains(scope), "{request}");
}

#[tokio::test(start_paused = true)]
async fn what_is_transient_is_tried_again_and_what_is_not_is_not() {
    let busy = answer(400, r#"{"__type":"ThrottlingException","message":"slow"}"#);
    let service = Service::answering(vec![busy, answer(503, ""), answer(200, "{}")]).await;
    service.client().json(SECRETS_MANAGER, "a.B", b"{}").await.unwrap();
    assert_eq!(service.asked().len(), 3);

    let refusal =
        r#"{"__type":"com.amazonaws#ResourceNotFoundException","Message":"no","message":"no"}"#;
    let service = Service::answering(vec![answer(400, refusal), answer(200, "{}")]).await;
    let error = service.client().json(SECRETS_MANAGER, "a.B", b"{}").await.err().unwrap();
    assert_eq!(
        (error.status(), error.code(), error.message()),
        (400, "ResourceNotFoundException", "no")
    );
    assert_eq!(service.asked().len(), 1);
}

fn dated(answer: &str, date: &str) -> String {
    answer.replacen("\r\n", &format!("\r\ndate: {date}\r\n"), 1)
}

/// The machine says 2023-11-14T22:13:20Z.
const LATER: &str = "Wed, 15 Nov 2023 00:13:20 GMT";
const NEARLY_NOW: &str = "Tue, 14 Nov 2023 22:16:20 GMT";

#[tokio::test]
async fn a_clock_that_is_wrong_is_corrected_by_the_service_s() {
    let refusal = answer(403, r#"{"__type":"InvalidSignatureException","message":"expired"}"#);
    let refused = dated(&refusal, LATER);
    let good = || answer(200, "{}");
    let service = Service::answering(vec![refused, good(), good(), refusal.clone()]).await;
    let client = service.client();
    for _ in 0..2 {
        client.json(SECRETS_MANAGER, "a.B", b"{}").await.unwrap();
    }
    // Whose signature is refused at the right time is refused.
    assert!(client.json(SECRETS_MANAGER, "a.B", b"{}").await.is_err());
    let asked = service.asked();
    assert!(asked[0].contains("x-amz-date: 20231114T221320Z\r\n"), "{asked:?}");
    for later in &asked[1..4] {
        assert!(later.contains("x-amz-date: 20231115T001320Z\r\n"), "{later}");
    }
}

#[tokio::test]
async fn a_signature_refused_while_the_clocks_agree_is_not_tried_again() {
    let refusal = answer(403, r#"{"__type":"InvalidSignatureException","message":"wrong"}"#);
    let service = Service::answering(vec![dated(&refusal, NEARLY_NOW), answer(200, "{}")]).await;
    let error = service.client().json(SECRETS_MANAGER, "a.B", b"{}").await.err().unwrap();
    assert_eq!((error.code(), service.asked().len()), ("InvalidSignatureException", 1));
    // Nor does a service move the clock that refuses something else.
    let refusal = answer(400, r#"{"__type":"AccessDeniedException","message":"no"}"#);
    let service = Service::answering(vec![dated(&refusal, LATER), answer(200, "{}")]).await;
    assert!(service.client().json(SECRETS_MANAGER, "a.B", b"{}").await.is_err());
    assert_eq!(service.asked().len(), 1);
}

#[tokio::test]
async fn a_stream_is_opened_with_the_service_s_clock() {
    let refused = dated(&answer(403, ""), LATER);
    let service = Service::answering(vec![refused, answer(200, "told"), answer(403, "")]).await;
    let client = service.client();
    let request = || Request {
        service: SECRETS_MANAGER,
        method: http::Method::GET,
        target: "/events".to_owned(),
        headers: http::HeaderMap::new(),
        body: zeroize::Zeroizing::default(),
    };
    let mut stream = client.open(&request()).await.unwrap();
    assert_eq!(&stream.next().await.unwrap().unwrap()[..], b"told");
    assert_eq!(client.open(&request()).await.err().unwrap().status(), 403);
    assert!(service.asked()[1].contains("x-amz-date: 20231115T001320Z\r\n"));
}

#[tokio::test]
async fn a_refusal_in_xml_is_read() {
    let xml = "<ErrorResponse><Error><Code>AccessDenied</Code><Message>not &lt;you&gt;</Message></Error></ErrorResponse>";
    let service = Service::answering(vec![answer(403, xml)]).await;
    let error = service.client().query(STS, "AssumeRole", &[]).await.err().unwrap();
    assert_eq!((error.code(), error.message()), ("AccessDenied", "not <you>"));
}

#[tokio::test]
async fn a_service_that_is_not_there_is_a_fault_of_the_connection() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let key = Static(Credentials::new("AKID", "secret", None));
    let settings = Settings { max_attempts: 1, ..Settings::for_region("r").at(&url) };
    let client = Client::new(settings, Arc::new(key), Arc::new(Fixed));
    let error = client.json(SECRETS_MANAGER, "a.B", b"{}").await.err().unwrap();
    assert_eq!(error.fault(), Fault::Connection);
}

#[tokio::test]
async fn a_service_that_says_nothing_is_given_up() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let key = Static(Credentials::new("AKID", "secret", None));
    let settings = Settings {
        max_attempts: 1,
        timeout: Duration::from_millis(20),
        ..Settings::for_region("r").at(&url)
    };
    let client = Client::new(settings, Arc::new(key), Arc::new(Fixed));
    let error = client.json(SECRETS_MANAGER, "a.B", b"{}").await.err().unwrap();
    assert_eq!(error.fault(), Fault::Timeout);
    drop(listener);
}

#[tokio::test]
async fn a_role_is_assumed_and_its_key_unescaped() {
    let service = Service::answering(vec![answer(200, SESSION), answer(200, "{}")]).await;
    let client = service.client().as_role("arn:aws:iam::123456789012:role/app", "me");
    client.json(SECRETS_MANAGER, "a.B", b"{}").await.unwrap();
    let asked = service.asked();
    assert!(
        asked[0].contains("Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam"),
        "{asked:?}"
    );
    // The fixed clock is past nobody's expiration, so the second request bears the session's key.
    assert!(
        asked[1].contains("Credential=ASIA1/") && asked[1].contains("x-amz-security-token: tok")
    );
}

#[tokio::test]
async fn variables_win_over_every_other_source() {
    let service = Service::answering(vec![]).await;
    let found = service
        .found(&[
            ("AWS_ACCESS_KEY_ID", "A"),
            ("AWS_SECRET_ACCESS_KEY", "S"),
            ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "{url}/"),
        ])
        .await;
    assert_eq!(found.unwrap().access_key_id(), "A");
}

#[tokio::test]
async fn the_container_endpoint_is_asked_with_its_token() {
    let service = Service::answering(vec![answer(200, DOCUMENT)]).await;
    let found = service
        .found(&[
            ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "{url}/v1/credentials"),
            ("AWS_CONTAINER_AUTHORIZATION_TOKEN", "sesame"),
        ])
        .await
        .unwrap();
    assert_eq!((found.access_key_id(), found.session_token()), ("ASIA2", Some("t")));
    let end = Timestamp::from_second(1_769_876_430).unwrap();
    assert_eq!(found.expiration().unwrap().duration_since(end), SignedDuration::ZERO);
    assert!(service.asked()[0].contains("authorization: sesame"));
}

#[tokio::test]
async fn instance_metadata_is_asked_with_a_session_token() {
    let answers = vec![answer(200, "session"), answer(200, "app\n"), answer(200, DOCUMENT)];
    let service = Service::answering(answers).await;
    let found = service.found(&[("AWS_EC2_METADATA_SERVICE_ENDPOINT", "{url}/")]).await.unwrap();
    assert_eq!(found.access_key_id(), "ASIA2");
    let asked = service.asked();
    assert!(asked[0].starts_with("PUT /latest/api/token "), "{asked:?}");
    assert!(asked[2].starts_with("GET /latest/meta-data/iam/security-credentials/app "));
    assert!(asked[2].contains("x-aws-ec2-metadata-token: session"));
}

#[tokio::test]
async fn a_web_identity_token_is_exchanged_without_a_signature() {
    let service = Service::answering(vec![answer(200, SESSION)]).await;
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "a.b.c\n").unwrap();
    let found = service
        .found(&[
            ("AWS_WEB_IDENTITY_TOKEN_FILE", file.path().to_str().unwrap()),
            ("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/app"),
        ])
        .await
        .unwrap();
    assert_eq!((found.access_key_id(), found.secret_access_key()), ("ASIA1", "a&b"));
    let request = &service.asked()[0];
    assert!(request.contains("WebIdentityToken=a.b.c"), "{request}");
    assert!(!request.contains("authorization:"), "{request}");
}

#[tokio::test]
async fn a_profile_may_assume_a_role_with_the_key_of_another() {
    let service = Service::answering(vec![answer(200, SESSION)]).await;
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("config");
    let text = "[profile app]\nrole_arn = arn:aws:iam::123456789012:role/app\nsource_profile = base\n\
        external_id = e1\n[profile base]\naws_access_key_id = BASE\naws_secret_access_key = s\n";
    std::fs::write(&config, text).unwrap();
    let pairs = [("AWS_PROFILE", "app"), ("AWS_CONFIG_FILE", config.to_str().unwrap())];
    assert_eq!(service.found(&pairs).await.unwrap().access_key_id(), "ASIA1");
    let request = &service.asked()[0];
    assert!(request.contains("Credential=BASE/") && request.contains("ExternalId=e1"), "{request}");
}

fn enrolment() -> Enrolment {
    Enrolment {
        host_id: "i-0123456789abcdef0".to_owned(),
        account: "123456789012".to_owned(),
        region: "eu-central-1".to_owned(),
        role_arn: "arn:aws:iam::123456789012:role/web".to_owned(),
        instance_profile_arn: None,
        instance_profile_id: None,
    }
}

const CHALLENGE: &str = r#"{"Challenge":"sealed","Expiration":1}"#;
const HOST_SESSION: &str = r#"{"Credentials":{"AccessKeyId":"ASIA3","SecretAccessKey":"s","SessionToken":"t",
    "Expiration":1769876430},"RoleArn":"arn:aws:iam::123456789012:role/api","SourceIdentity":"i-0123456789abcdef0"}"#;

#[tokio::test]
async fn a_host_signs_each_challenge_with_its_key_and_nothing_with_an_access_key() {
    let used = r#"{"__type":"InvalidChallengeException","message":"used"}"#;
    let service = Service::answering(vec![
        answer(200, CHALLENGE),
        answer(400, used),
        answer(200, CHALLENGE),
        answer(200, HOST_SESSION),
    ])
    .await;
    let key = HostKey::generate().unwrap();
    let sessions = HostSessions::new(&service.client(), key, &enrolment());
    let found = sessions.provide().await.unwrap();
    assert_eq!((found.access_key_id(), found.session_token()), ("ASIA3", Some("t")));
    assert_eq!(found.expiration().unwrap().as_second(), 1_769_876_430);
    assert_eq!(sessions.role_arn().as_deref(), Some("arn:aws:iam::123456789012:role/api"));
    let asked = service.asked();
    let names = ["Challenge", "Session", "Challenge", "Session"];
    for (request, name) in asked.iter().zip(names) {
        let head = request.to_lowercase();
        assert!(
            head.contains(
                &format!("x-amz-target: strongroomhosts.createhost{name}").to_lowercase()
            )
        );
        assert!(!head.contains("authorization:"), "{request}");
    }
    // Two challenges, two signatures.
    assert_ne!(asked[1], asked[3]);
    assert!(asked[1].contains(r#""Challenge":"sealed""#) && asked[1].contains("Signature"));
}

#[tokio::test]
async fn what_a_host_is_refused_is_told_and_not_asked_for_again() {
    let refusal = r#"{"__type":"AccessDeniedException","message":"The host is not enrolled"}"#;
    let service = Service::answering(vec![answer(200, CHALLENGE), answer(400, refusal)]).await;
    let key = HostKey::generate().unwrap();
    let sessions = HostSessions::new(&service.client(), key, &enrolment());
    let error = sessions.provide().await.unwrap_err();
    assert_eq!(
        (error.code(), error.message()),
        ("AccessDeniedException", "The host is not enrolled")
    );
    assert_eq!((service.asked().len(), sessions.role_arn()), (2, None));
}

#[tokio::test]
async fn a_host_joins_with_its_token_in_the_body_alone() {
    let told = serde_json::to_string(&enrolment()).unwrap();
    let service = Service::answering(vec![answer(200, &told)]).await;
    let key = HostKey::generate().unwrap();
    let token = "srj.123456789012.jt-0123456789abcdef0.secret";
    let joined = Enrolment::join(&service.client(), token, &key).await.unwrap();
    assert_eq!(joined, enrolment());
    let asked = service.asked();
    let (head, body) = asked[0].split_once("\r\n\r\n").unwrap();
    assert!(!head.contains("secret") && body.contains(token));
    assert!(!head.to_lowercase().contains("authorization:"));
}
