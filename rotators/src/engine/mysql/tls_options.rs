//! Which TLS an account requires.

use crate::sql::literal;

/// `ssl_type`, `ssl_cipher`, `x509_issuer` and `x509_subject` of `mysql.user`.
pub(super) type TlsOptions = (Option<String>, Option<Vec<u8>>, Option<Vec<u8>>, Option<Vec<u8>>);

/// What stands after `REQUIRE` for an account with these options.
pub(super) fn requirement((kind, cipher, issuer, subject): TlsOptions) -> String {
    match kind.as_deref() {
        None | Some("") => "NONE".to_owned(),
        Some("ANY") => "SSL".to_owned(),
        Some("X509") => "X509".to_owned(),
        Some(_) => specified(&[("CIPHER", cipher), ("ISSUER", issuer), ("SUBJECT", subject)]),
    }
}

fn specified(options: &[(&str, Option<Vec<u8>>)]) -> String {
    let given = options.iter().filter_map(|(name, value)| {
        let value = value.as_deref().filter(|value| !value.is_empty())?;
        Some(format!("{name} {}", literal(&String::from_utf8_lossy(value))))
    });
    let given: Vec<String> = given.collect();
    // An account that asks for something nobody remembers still asks for TLS.
    if given.is_empty() { "SSL".to_owned() } else { given.join(" AND ") }
}

#[cfg(test)]
mod tests {
    use super::requirement;

    #[test]
    fn only_what_was_asked_for_is_required() {
        let kind = |kind: &str| requirement((Some(kind.to_owned()), None, None, None));
        assert_eq!([kind(""), kind("ANY"), kind("X509")], ["NONE", "SSL", "X509"]);
        let issuer = Some(b"/CN=it's".to_vec());
        let required = requirement((Some("SPECIFIED".to_owned()), Some(vec![]), issuer, None));
        assert_eq!(required, "ISSUER '/CN=it''s'");
    }
}
