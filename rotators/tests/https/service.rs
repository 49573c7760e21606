//! A web service with users and keys, over TLS, which really looks at credentials.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use data_encoding::BASE64;
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

/// The service, and what it has seen.
#[derive(Clone)]
pub struct Service {
    /// `https://localhost:port`
    pub url: String,
    /// The authority of its certificate, in PEM.
    pub authority: String,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    users: BTreeMap<String, String>,
    /// Labels by key.
    keys: BTreeMap<String, String>,
    made: usize,
    /// The method of the next request that is done and not answered.
    cut_off: Option<&'static str>,
    is_out_of_order: bool,
    seen: Vec<String>,
}

struct Request {
    method: String,
    path: String,
    query: String,
    authorization: String,
    body: Vec<u8>,
}

impl Service {
    /// Starts one, with the user `app` and an administrator.
    pub async fn start() -> Self {
        let key = rcgen::KeyPair::generate().unwrap();
        let params = rcgen::CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        let certificate = params.self_signed(&key).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(
                vec![certificate.der().clone()],
                rustls_pki_types::PrivatePkcs8KeyDer::from(key.serialize_der()).into(),
            )
            .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let mut state = State::default();
        state.users.insert("app".to_owned(), "first".to_owned());
        state.users.insert("admin".to_owned(), "root".to_owned());
        state.keys.insert("key-0".to_owned(), "first".to_owned());
        let state = Arc::new(Mutex::new(state));
        let service =
            Self { url: format!("https://localhost:{port}"), authority: certificate.pem(), state };
        let serving = service.clone();
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                tokio::spawn(serving.clone().serve(acceptor.clone(), stream));
            }
        });
        service
    }

    /// Whether a password logs in.
    pub fn knows(&self, user: &str, password: &str) -> bool {
        self.state.lock().unwrap().users.get(user).is_some_and(|known| known == password)
    }

    /// The keys that are valid.
    pub fn keys(&self) -> Vec<String> {
        self.state.lock().unwrap().keys.keys().cloned().collect()
    }

    /// Has the next request of this method be done, and its answer lost.
    pub fn cut_off(&self, method: &'static str) {
        self.state.lock().unwrap().cut_off = Some(method);
    }

    /// Has it answer 503, or not any more.
    pub fn out_of_order(&self, is: bool) {
        self.state.lock().unwrap().is_out_of_order = is;
    }

    /// Gives a user a password.
    pub fn set(&self, user: &str, password: &str) {
        self.state.lock().unwrap().users.insert(user.to_owned(), password.to_owned());
    }

    /// Requests so far, as `METHOD /path`.
    pub fn seen(&self) -> Vec<String> {
        self.state.lock().unwrap().seen.clone()
    }

    async fn serve(self, acceptor: TlsAcceptor, stream: TcpStream) {
        let Ok(mut stream) = acceptor.accept(stream).await else { return };
        let Some(request) = read(&mut stream).await else { return };
        let (status, body) = match request.path.as_str() {
            "/slow" => std::future::pending().await,
            "/huge" => (200, "x".repeat(1 << 20)),
            _ => self.answer(&request),
        };
        if self.is_cut_off(&request.method) {
            return;
        }
        let location = format!("{}/me", self.url);
        let head = format!(
            "HTTP/1.1 {status} X\r\nContent-Length: {}\r\nLocation: {location}\r\n\r\n",
            body.len()
        );
        let _gone = stream.write_all((head + &body).as_bytes()).await;
        let _gone = stream.shutdown().await;
    }

    fn is_cut_off(&self, method: &str) -> bool {
        self.state.lock().unwrap().cut_off.take_if(|cut| *cut == method).is_some()
    }

    fn answer(&self, request: &Request) -> (u16, String) {
        let mut state = self.state.lock().unwrap();
        state.seen.push(format!("{} {}", request.method, request.path));
        if state.is_out_of_order {
            return (503, String::new());
        }
        let said: Value = serde_json::from_slice(&request.body).unwrap_or(Value::Null);
        let user = state.user(&request.authorization);
        let holds_key = state.holds_key(&request.authorization);
        let parts: Vec<String> = request.path.split('/').skip(1).map(decoded).collect();
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        match (request.method.as_str(), parts.as_slice()) {
            ("GET", ["redirect"]) => (302, String::new()),
            ("GET", ["soft"]) => (200, json!({ "ok": user.is_some() }).to_string()),
            ("GET", ["me", name]) if user.as_deref() == Some(name) => (200, "{}".to_owned()),
            ("GET", ["keys", "mine"]) if holds_key => (200, "{}".to_owned()),
            ("PUT", ["users", name, "password"])
                if user.as_deref() == Some(name) || user.as_deref() == Some("admin") =>
            {
                // Whoever can add members becomes somebody else.
                if said.as_object().is_none_or(|members| members.len() != 1) {
                    return (400, String::new());
                }
                let password = said["new"].as_str().unwrap().to_owned();
                state.users.insert((*name).to_owned(), password);
                (204, String::new())
            }
            ("POST", ["keys"]) if holds_key || user.as_deref() == Some("admin") => {
                state.made += 1;
                let key = format!("key-{}", state.made);
                state.keys.insert(key.clone(), said["label"].as_str().unwrap().to_owned());
                (201, json!({ "data": { "key": key, "id": state.made } }).to_string())
            }
            ("DELETE", ["keys"]) if holds_key => {
                let label = decoded(request.query.strip_prefix("label=").unwrap());
                let before = state.keys.len();
                state.keys.retain(|_, of| *of != label);
                (if state.keys.len() < before { 204 } else { 404 }, String::new())
            }
            ("DELETE", ["keys", key]) if holds_key => {
                let known = state.keys.remove(*key).is_some();
                (if known { 204 } else { 404 }, String::new())
            }
            _ => (401, String::new()),
        }
    }
}

impl State {
    fn user(&self, authorization: &str) -> Option<String> {
        let both = BASE64.decode(authorization.strip_prefix("Basic ")?.as_bytes()).ok()?;
        let both = String::from_utf8(both).ok()?;
        let (user, password) = both.split_once(':')?;
        self.users.get(user).filter(|known| *known == password).map(|_| user.to_owned())
    }

    fn holds_key(&self, authorization: &str) -> bool {
        authorization.strip_prefix("Bearer ").is_some_and(|key| self.keys.contains_key(key))
    }
}

async fn read(stream: &mut (impl tokio::io::AsyncRead + Unpin)) -> Option<Request> {
    let mut seen = Vec::new();
    let mut buffer = [0; 4_096];
    let end = loop {
        let count = stream.read(&mut buffer).await.ok().filter(|count| *count > 0)?;
        seen.extend_from_slice(&buffer[..count]);
        if let Some(end) = seen.windows(4).position(|window| window == b"\r\n\r\n") {
            break end + 4;
        }
    };
    let head = String::from_utf8(seen[..end].to_vec()).unwrap();
    let header = |name: &str| {
        let line = head.lines().find(|line| line.to_ascii_lowercase().starts_with(name));
        line.map(|line| line[name.len()..].trim().to_owned()).unwrap_or_default()
    };
    let length = header("content-length:").parse().unwrap_or(0);
    let mut body = seen[end..].to_vec();
    while body.len() < length {
        let count = stream.read(&mut buffer).await.ok().filter(|count| *count > 0)?;
        body.extend_from_slice(&buffer[..count]);
    }
    let mut words = head.split(' ');
    let method = words.next()?.to_owned();
    let target = words.next()?;
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    Some(Request {
        method,
        path: path.to_owned(),
        query: query.to_owned(),
        authorization: header("authorization:"),
        body,
    })
}

fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8().unwrap().into_owned()
}
