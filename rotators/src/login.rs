//! What a secret says about how to log in.

use strongroom_wire::Sensitive;

use crate::document::Document;
use crate::engine::Facts;
use crate::error::Error;

/// The connection that a secret describes, with the fields of AWS's templates.
#[derive(Clone)]
pub struct Login {
    /// Where the server is.
    pub host: String,
    /// Its port; the engine's own when the secret names none.
    pub port: u16,
    /// Who logs in.
    pub username: String,
    /// With what.
    pub password: Sensitive<String>,
    /// The database to log into; the engine's own when the secret names none.
    pub database: Option<String>,
    /// Whether the connection is encrypted.
    pub tls: Tls,
    /// The secret of the superuser.
    pub master_arn: Option<String>,
    /// The whole secret.
    pub document: Document,
}

/// The secret's `ssl`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tls {
    /// Nothing usable is said: with TLS, and without where that fails.
    Preferred,
    /// `true`: with TLS or not at all.
    Required,
    /// `false`: without.
    Off,
}

impl Login {
    /// Reads the secret's JSON.
    ///
    /// # Errors
    /// `KeyError` for a missing field or another engine, `ValueError` for a value that cannot be.
    pub fn read(text: &str, facts: &Facts, arn: &str) -> Result<Self, Error> {
        let document = Document::parse(text)
            .ok_or_else(|| Error::value(format!("Invalid secret value json for secret {arn}.")))?;
        check_engine(&document, facts)?;
        Ok(Self {
            host: required(&document, "host")?,
            port: port(&document)?.unwrap_or(facts.port),
            username: required(&document, "username")?,
            password: Sensitive::new(required(&document, "password")?),
            database: document.text("dbname").or(facts.database.map(str::to_owned)),
            tls: Tls::read(&document),
            master_arn: document.text("masterarn"),
            document,
        })
    }
}

impl Tls {
    fn read(document: &Document) -> Self {
        let text = document.text("ssl").map(|text| text.to_lowercase());
        match text.as_deref().or(document.raw("ssl")) {
            Some("true") => Self::Required,
            Some("false") => Self::Off,
            // AWS treats whatever it does not understand as if nothing were said.
            _ => Self::Preferred,
        }
    }
}

fn check_engine(document: &Document, facts: &Facts) -> Result<(), Error> {
    let engine = document.text("engine");
    let is_fine = match &engine {
        Some(engine) => facts.engines.contains(&engine.as_str()),
        None => facts.engine_is_optional && !document.has("engine"),
    };
    if is_fine {
        return Ok(());
    }
    let wanted = facts.engines.first().copied().unwrap_or_default();
    Err(Error::key(format!(
        "Database engine must be set to '{wanted}' in order to use this rotation lambda"
    )))
}

fn required(document: &Document, name: &str) -> Result<String, Error> {
    if !document.has(name) {
        return Err(Error::key(format!("{name} key is missing from secret JSON")));
    }
    let text = document.text(name);
    // No protocol here can carry a zero byte, and some would cut the text off there.
    text.filter(|text| !text.contains('\0'))
        .ok_or_else(|| Error::value(format!("{name} in secret JSON is not a text")))
}

/// A number, or a text that is one.
fn port(document: &Document) -> Result<Option<u16>, Error> {
    let Some(raw) = document.raw("port").filter(|raw| *raw != "null") else { return Ok(None) };
    let text = document.text("port");
    let number = text.as_deref().unwrap_or(raw).trim().parse().ok().filter(|port| *port > 0);
    number.map(Some).ok_or_else(|| Error::value("port in secret JSON is not a port"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    const FACTS: Facts = Facts {
        engines: &["postgres", "aurora-postgresql"],
        engine_is_optional: false,
        port: 5432,
        database: Some("postgres"),
        excluded_characters: "",
        password_length: 32,
        longest_username: 63,
        superuser_may_set: false,
    };

    fn read(text: &str) -> Result<Login, Error> {
        Login::read(text, &FACTS, "arn")
    }

    #[test]
    fn what_is_not_said_is_the_engines() {
        let login =
            read(r#"{"engine":"postgres","host":"h","username":"u","password":"p"}"#).unwrap();
        assert_eq!((login.port, login.database.as_deref()), (5432, Some("postgres")));
        assert_eq!((login.tls, login.master_arn), (Tls::Preferred, None));
    }

    #[test]
    fn a_port_may_be_a_text() {
        let text = r#"{"engine":"postgres","host":"h","username":"u","password":"p","port":"7"}"#;
        assert_eq!(read(text).unwrap().port, 7);
        let bad = text.replace("\"7\"", "70000");
        assert_eq!(read(&bad).err().unwrap().kind(), "ValueError");
    }

    #[test]
    fn ssl_is_a_boolean_or_the_word_for_one() {
        let tls = |ssl: &str| Tls::read(&Document::parse(&format!("{{\"ssl\":{ssl}}}")).unwrap());
        assert_eq!([tls("true"), tls("\"TRUE\"")], [Tls::Required; 2]);
        assert_eq!([tls("false"), tls("\"False\"")], [Tls::Off; 2]);
        assert_eq!([tls("1"), tls("\"yes\""), tls("null")], [Tls::Preferred; 3]);
    }

    #[test]
    fn a_missing_field_is_named_and_a_wrong_engine_is_refused() {
        let missing = read(r#"{"engine":"postgres","host":"h","username":"u"}"#).err().unwrap();
        assert_eq!(missing.to_string(), "KeyError: password key is missing from secret JSON");
        let wrong = read(r#"{"engine":"oracle","host":"h","username":"u","password":"p"}"#);
        assert_eq!(
            wrong.err().unwrap().to_string(),
            "KeyError: Database engine must be set to 'postgres' in order to use this rotation lambda"
        );
    }

    #[test]
    fn a_secret_that_is_no_json_is_refused_without_quoting_it() {
        let error = read("hunter2").err().unwrap();
        assert_eq!(error.message(), "Invalid secret value json for secret arn.");
    }
}
