//! A few calls to set things up, one after the other.

use crate::Result;
use crate::client::Connection;
use crate::server::Server;
use crate::signer::{Credentials, Service};

/// Calls as somebody.
pub struct Talk<'s> {
    server: &'s Server,
    credentials: &'s Credentials,
    runtime: tokio::runtime::Runtime,
}

/// The version of the API of services that take forms.
const IAM_VERSION: &str = "2010-05-08";
const STS_VERSION: &str = "2011-06-15";

impl<'s> Talk<'s> {
    /// With `server`, with `credentials`.
    ///
    /// # Errors
    /// The machine has no room for it.
    pub fn with(server: &'s Server, credentials: &'s Credentials) -> Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        Ok(Self { server, credentials, runtime })
    }

    /// Calls Secrets Manager, and answers with the body.
    ///
    /// # Errors
    /// Any answer that is not 200.
    pub fn secrets(&self, operation: &str, body: &str) -> Result<String> {
        self.json(Service::SecretsManager, operation, body)
    }

    /// Calls a service that takes JSON, and answers with the body.
    ///
    /// # Errors
    /// Any answer that is not 200.
    pub fn json(&self, service: Service, operation: &str, body: &str) -> Result<String> {
        let request = self.server.signer_as(self.credentials, service).request(operation, body);
        self.runtime.block_on(async {
            let mut connection = Connection::open(self.server.address).await?;
            let answer = connection.call(&request).await?;
            if answer.status != 200 {
                return Err(answer.describe().into());
            }
            Ok(std::str::from_utf8(answer.body)?.to_owned())
        })
    }

    /// Calls a service that takes forms, and answers with the body.
    ///
    /// # Errors
    /// Any answer that is not 200.
    pub fn form(&self, service: Service, members: &[(&str, &str)]) -> Result<String> {
        let version = if service == Service::Sts { STS_VERSION } else { IAM_VERSION };
        let mut body = format!("Version={version}");
        for (name, value) in members {
            body.push_str(&format!("&{name}="));
            value.bytes().for_each(|byte| push_encoded(byte, &mut body));
        }
        self.json(service, "", &body)
    }
}

fn push_encoded(byte: u8, out: &mut String) {
    match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
            out.push(char::from(byte));
        }
        _ => out.push_str(&format!("%{byte:02X}")),
    }
}

/// The texts of these members of a reply, whether it is JSON or XML.
///
/// # Errors
/// One is not there.
pub fn texts<const N: usize>(reply: &str, names: [&str; N]) -> Result<[String; N]> {
    let mut found = [const { String::new() }; N];
    for (text, name) in found.iter_mut().zip(names) {
        let (xml, json) = (format!("<{name}>"), format!("\"{name}\":\""));
        let rest = reply.split_once(&xml).map(|(_, rest)| (rest, '<'));
        let rest = rest.or_else(|| reply.split_once(&json).map(|(_, rest)| (rest, '"')));
        let (rest, end) = rest.ok_or_else(|| format!("a reply has no {name}: {reply}"))?;
        *text = rest.split(end).next().unwrap_or_default().to_owned();
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn texts_are_found_in_xml_and_in_json() {
        assert_eq!(texts("<a><Id>x</Id><Key>y/+</Key></a>", ["Key", "Id"]).unwrap(), ["y/+", "x"]);
        assert_eq!(texts(r#"{"Arn":"a:b","Id":"c"}"#, ["Arn"]).unwrap(), ["a:b"]);
        assert!(texts("{}", ["Arn"]).is_err());
    }
}
