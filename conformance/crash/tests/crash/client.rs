//! A client that remembers every answer it got.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use serde_json::Value;
use strongroom_benches::Result;
use strongroom_benches::client::Connection;
use strongroom_benches::signer::Signer;

/// A request that was answered: its id and the operation.
pub type Answered = (String, &'static str);

/// A client with one connection.
pub struct Client {
    connection: Connection,
    signer: Arc<Signer>,
    /// Every request that was answered.
    pub answered: Vec<Answered>,
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    status: u16,
    /// The body.
    pub body: Value,
}

impl Client {
    pub async fn open(address: SocketAddr, signer: &Arc<Signer>) -> Result<Self> {
        let connection = Connection::open(address).await?;
        Ok(Self { connection, signer: Arc::clone(signer), answered: Vec::new() })
    }

    /// Asks for `operation`; an error means that there was no answer.
    pub async fn ask(&mut self, operation: &'static str, input: &Value) -> io::Result<Answer> {
        let request = self.signer.request(operation, &input.to_string());
        let response = self.connection.call(&request).await?;
        let id = response.header("x-amzn-requestid").unwrap_or_default().to_owned();
        self.answered.push((id, operation));
        let body = serde_json::from_slice(response.body)?;
        Ok(Answer { status: response.status, body })
    }
}

impl Answer {
    pub fn is_ok(&self) -> bool {
        self.status == 200
    }

    /// Whether it is this error.
    pub fn is(&self, error: &str) -> bool {
        self.status == 400 && self.body["__type"].as_str() == Some(error)
    }

    pub fn is_no_such_secret(&self) -> bool {
        self.is("ResourceNotFoundException")
    }

    /// The body of an answer that must be 200.
    pub fn expect(self, asked: &str) -> Result<Value> {
        if self.is_ok() { Ok(self.body) } else { Err(format!("{asked}: {self:?}").into()) }
    }
}
