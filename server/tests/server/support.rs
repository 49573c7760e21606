//! A server to ask, and ways to ask it.

use std::net::SocketAddr;
use std::time::SystemTime;

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{
    PercentEncodingMode, SignableBody, SignableRequest, SignatureLocation, SigningSettings, sign,
};
use aws_sigv4::sign::v4;
use serde_json::Value;
use strongroom::compose::{self, Running};
use strongroom::config::{self, Config};
use strongroom::settings::Layers;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::tiny;

/// A configuration of these settings; everything else is the default, on a free port.
pub fn configured(settings: &[(&'static str, &str)]) -> Config {
    let flag = |key: &str| {
        let given = settings.iter().find(|(name, _)| *name == key);
        given.map(|(_, value)| (*value).to_owned()).or_else(|| match key {
            "listen" => Some("127.0.0.1:0".to_owned()),
            _ => None,
        })
    };
    config::read(&Layers::gather(flag, |_| None, None).unwrap(), |_| None).unwrap()
}

/// A server in memory.
pub async fn dev() -> Running {
    dev_with(&[]).await
}

pub async fn dev_with(settings: &[(&'static str, &str)]) -> Running {
    let mut all = vec![("dev", "true")];
    all.extend(settings);
    compose::start(&configured(&all), tiny::build).await.unwrap()
}

/// What came back.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Reply {
    pub fn parse(text: &[u8]) -> Self {
        let text = String::from_utf8_lossy(text);
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        let status = head.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or(0);
        Self { status, head: head.to_lowercase(), body: body.to_owned() }
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("not JSON: {self:?}"))
    }

    pub fn code(&self) -> String {
        self.json()["__type"].as_str().unwrap_or_default().to_owned()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().skip(1).filter_map(|line| line.split_once(": "));
        lines.into_iter().find(|(one, _)| *one == name).map(|(_, value)| value)
    }
}

/// Sends these bytes and reads until the server closes.
pub async fn send(address: SocketAddr, bytes: &[u8]) -> Reply {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(bytes).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    Reply::parse(&answer)
}

/// A request in the making.
#[derive(Clone)]
pub struct Ask {
    pub method: &'static str,
    pub target: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    pub key: &'static str,
    pub secret: &'static str,
    pub region: &'static str,
    pub service: &'static str,
    pub time: SystemTime,
}

impl Ask {
    pub fn json(target: &str, body: &str) -> Self {
        Self {
            method: "POST",
            target: "/".to_owned(),
            headers: vec![
                ("content-type".into(), "application/x-amz-json-1.1".into()),
                ("x-amz-target".into(), target.into()),
            ],
            body: body.as_bytes().to_vec(),
            key: "test",
            secret: "test",
            region: "eu-central-1",
            service: "echo",
            time: SystemTime::now(),
        }
    }

    pub fn say(text: &str) -> Self {
        Self::json("Echo_20260101.Say", &serde_json::json!({ "Text": text }).to_string())
    }

    pub fn query(form: &str) -> Self {
        Self {
            headers: vec![(
                "content-type".into(),
                "application/x-www-form-urlencoded; charset=utf-8".into(),
            )],
            service: "sts",
            ..Self::json("", form)
        }
    }

    pub fn who_am_i() -> Self {
        Self::query("Action=GetCallerIdentity&Version=2011-06-15")
    }

    /// The request, signed in its headers, as HTTP/1.1 text.
    pub fn signed(&self, address: SocketAddr) -> Vec<u8> {
        let mut ask = self.clone();
        ask.headers.push(("host".into(), address.to_string()));
        ask.sign(SignatureLocation::Headers);
        ask.text()
    }

    /// The request, signed in its query string.
    pub fn presigned(&self, address: SocketAddr) -> Vec<u8> {
        let mut ask = self.clone();
        ask.headers.push(("host".into(), address.to_string()));
        ask.sign(SignatureLocation::QueryParams);
        ask.text()
    }

    /// The request without any signature.
    pub fn unsigned(&self, address: SocketAddr) -> Vec<u8> {
        let mut ask = self.clone();
        ask.headers.push(("host".into(), address.to_string()));
        ask.text()
    }

    pub async fn of(&self, server: &Running) -> Reply {
        send(server.address, &self.signed(server.address)).await
    }

    pub fn sign(&mut self, location: SignatureLocation) {
        let identity = Credentials::from_keys(self.key, self.secret, None).into();
        let mut settings = SigningSettings::default();
        settings.signature_location = location;
        settings.percent_encoding_mode = PercentEncodingMode::Double;
        if location == SignatureLocation::QueryParams {
            settings.expires_in = Some(std::time::Duration::from_secs(300));
        }
        let params = v4::SigningParams::builder()
            .identity(&identity)
            .region(self.region)
            .name(self.service)
            .time(self.time)
            .settings(settings)
            .build()
            .unwrap()
            .into();
        let host = &self.headers.iter().find(|(name, _)| name == "host").unwrap().1;
        let uri = format!("http://{host}{}", self.target);
        let headers = self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let body = SignableBody::Bytes(&self.body);
        let request = SignableRequest::new(self.method, uri, headers, body).unwrap();
        let (instructions, _) = sign(request, &params).unwrap().into_parts();
        let (headers, parameters) = instructions.into_parts();
        for header in headers {
            self.headers.push((header.name().to_owned(), header.value().to_owned()));
        }
        for (name, value) in parameters {
            let separator = if self.target.contains('?') { '&' } else { '?' };
            let encoded: String = value
                .bytes()
                .map(|byte| match byte {
                    b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                        char::from(byte).to_string()
                    }
                    byte => format!("%{byte:02X}"),
                })
                .collect();
            self.target.push_str(&format!("{separator}{name}={encoded}"));
        }
    }

    fn text(&self) -> Vec<u8> {
        let mut text = format!("{} {} HTTP/1.1\r\n", self.method, self.target);
        for (name, value) in &self.headers {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        text.push_str(&format!("content-length: {}\r\nconnection: close\r\n\r\n", self.body.len()));
        [text.into_bytes(), self.body.clone()].concat()
    }
}
