//! A world that takes what it is sent, or refuses it when it is told to.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use strongroom_api::{BoxFuture, Circumstances};
use strongroom_sns::ports::{Address, Email, Functions, Mail, Miss, Ports, Post, Web};

/// Who asked, and for which resource of which account.
type Asked = (String, Option<(String, String)>);

#[derive(Default)]
pub struct World {
    taken: Mutex<BTreeMap<String, Vec<Value>>>,
    headers: Mutex<BTreeMap<String, Vec<(String, String)>>>,
    broken: Mutex<BTreeMap<String, Miss>>,
    callers: Mutex<Vec<Asked>>,
}

impl World {
    pub fn ports(world: &Arc<Self>) -> Ports {
        Ports {
            address: world.clone(),
            web: world.clone(),
            mail: world.clone(),
            functions: world.clone(),
        }
    }

    /// What an endpoint has taken, as JSON if it is; it forgets it.
    pub fn take(&self, endpoint: &str) -> Vec<Value> {
        self.taken.lock().unwrap().remove(endpoint).unwrap_or_default()
    }

    /// The headers of the last message that an endpoint has taken.
    pub fn header(&self, endpoint: &str, name: &str) -> Option<String> {
        let headers = self.headers.lock().unwrap();
        let found = headers.get(endpoint)?.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.clone())
    }

    /// From now on an endpoint fails.
    pub fn break_down(&self, endpoint: &str, reason: &str, may_recover: bool) {
        let miss = Miss { reason: reason.to_owned(), may_recover };
        self.broken.lock().unwrap().insert(endpoint.to_owned(), miss);
    }

    /// From now on it works.
    pub fn mend(&self, endpoint: &str) {
        self.broken.lock().unwrap().remove(endpoint);
    }

    /// Who invoked functions: the principal, and for which resource and account.
    pub fn callers(&self) -> Vec<(String, Option<(String, String)>)> {
        self.callers.lock().unwrap().clone()
    }

    fn put(&self, endpoint: &str, what: Value) -> Result<(), Miss> {
        if let Some(miss) = self.broken.lock().unwrap().get(endpoint) {
            return Err(miss.clone());
        }
        self.taken.lock().unwrap().entry(endpoint.to_owned()).or_default().push(what);
        Ok(())
    }
}

fn read(body: &[u8]) -> Value {
    let text = String::from_utf8(body.to_vec()).unwrap();
    serde_json::from_str(&text).unwrap_or(Value::String(text))
}

impl Address for World {
    fn base_url(&self) -> String {
        "https://sns.example.com".to_owned()
    }
}

impl Web for World {
    fn post<'a>(&'a self, post: Post<'a>) -> BoxFuture<'a, Result<(), Miss>> {
        let headers = post.headers.iter().map(|(name, value)| ((*name).to_owned(), value.clone()));
        self.headers.lock().unwrap().insert(post.url.to_owned(), headers.collect());
        let outcome = self.put(post.url, read(post.body));
        Box::pin(async move { outcome })
    }
}

impl Mail for World {
    fn send<'a>(&'a self, mail: Email<'a>) -> BoxFuture<'a, Result<(), Miss>> {
        let outcome = self.put(
            mail.to,
            json!({
                "from": mail.from_name, "subject": mail.subject, "body": mail.body,
                "unsubscribe": mail.unsubscribe,
            }),
        );
        Box::pin(async move { outcome })
    }
}

impl Functions for World {
    fn invoke<'a>(
        &'a self,
        circumstances: &'a Circumstances<'a>,
        function: &'a str,
        payload: &'a [u8],
    ) -> BoxFuture<'a, Result<(), Miss>> {
        let caller = circumstances.caller;
        let entry = (caller.arn().to_owned(), caller.details.source.clone());
        self.callers.lock().unwrap().push(entry);
        let outcome = self.put(function, read(payload));
        Box::pin(async move { outcome })
    }
}
