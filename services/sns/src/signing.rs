//! The key that messages are signed with, its certificate, and signatures already made.

use std::sync::Arc;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::RSA_PKCS1_SHA256;
use data_encoding::HEXLOWER;
use quick_cache::sync::Cache;
use serde::{Deserialize, Serialize};
use strongroom_api::{Entropy, Result, Timestamp};
use strongroom_legacy_signature::LegacyKey;
use strongroom_records::{Record, RecordError};
use zeroize::Zeroizing;

use crate::document::{self, Links, Signed};
use crate::message::Message;
use crate::{Sns, error, paths};

/// A key as it is stored, sealed like every record.
#[derive(Serialize, Deserialize)]
struct SigningKey {
    /// The id of its certificate.
    certificate: String,
    /// When it was made.
    made: Timestamp,
    /// The private key (PKCS #8).
    pkcs8: Vec<u8>,
}

impl Record for SigningKey {
    const KIND: &'static str = "signing key";
}

/// A certificate as it is stored.
#[derive(Serialize, Deserialize)]
struct Certificate {
    pem: String,
}

impl Record for Certificate {
    const KIND: &'static str = "certificate";
}

/// A key that is ready to sign.
struct Ready {
    certificate: String,
    pair: KeyPair,
    legacy: LegacyKey,
}

/// Keys that are ready, and signatures of messages that go to many.
pub struct Signatures {
    keys: Cache<String, Arc<Ready>>,
    made: Cache<[u8; 32], Arc<Signed>>,
}

impl Default for Signatures {
    fn default() -> Self {
        Self { keys: Cache::new(4), made: Cache::new(256) }
    }
}

/// How long a key signs. Its certificate is good for twice as long, and is kept.
const KEY_DAYS: i64 = 365;
const DAY_MILLIS: i64 = 86_400_000;

impl Sns {
    /// The certificate with this id (PEM), which messages name in `SigningCertURL`.
    ///
    /// # Errors
    /// Internal only.
    pub async fn certificate(&self, id: &str) -> Result<Option<String>> {
        // Anybody may ask, so nothing but an id of ours reaches the store.
        if id.len() != 32 || !id.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Ok(None);
        }
        let found = self.records.get::<Certificate>(&paths::certificate(id)).await;
        Ok(found.map_err(error::of_record)?.map(|found| found.pem.clone()))
    }

    /// The signature of `message` as it is sent with `text`.
    pub(crate) async fn sign(
        &self,
        message: &Message,
        text: &str,
        links: &Links,
        now: Timestamp,
        entropy: &dyn Entropy,
    ) -> Result<Arc<Signed>> {
        let signed_text = document::signed_text(message, text, links);
        let key = self.signing_key(now, entropy).await?;
        let digest = aws_lc_rs::digest::digest(
            &aws_lc_rs::digest::SHA256,
            [&signed_text, "\0", &key.certificate, &message.signature_version.to_string()]
                .concat()
                .as_bytes(),
        );
        let place: [u8; 32] = digest.as_ref().try_into().map_err(error::internal)?;
        if let Some(made) = self.signatures.made.get(&place) {
            return Ok(made);
        }
        let bytes = match message.signature_version {
            1 => key.legacy.sign_sha1(signed_text.as_bytes()),
            _ => sha256(&key.pair, signed_text.as_bytes()),
        };
        let bytes = bytes.ok_or_else(|| error::internal("a message could not be signed"))?;
        let signed = Arc::new(Signed { bytes, certificate: key.certificate.clone() });
        self.signatures.made.insert(place, signed.clone());
        Ok(signed)
    }

    /// The key that signs now; made when there is none, or when the one there is has served its time.
    async fn signing_key(&self, now: Timestamp, entropy: &dyn Entropy) -> Result<Arc<Ready>> {
        loop {
            let stored = self.records.get::<SigningKey>(paths::SIGNING_KEY).await;
            let stored = stored.map_err(error::of_record)?;
            if let Some(stored) = &stored
                && now.millis() - stored.made.millis() < KEY_DAYS * DAY_MILLIS
            {
                return self.ready(stored);
            }
            let (key, certificate) = make(now, entropy)?;
            let mut changes = self.records.changes();
            let place = paths::certificate(&key.certificate);
            let written = match &stored {
                Some(stored) => changes.replace(stored, &key),
                None => changes.create(paths::SIGNING_KEY, &key),
            };
            written.map_err(error::of_record)?;
            changes.create(&place, &certificate).map_err(error::of_record)?;
            match self.records.commit(changes).await {
                // Somebody else made one meanwhile, and that one is taken.
                Ok(_) | Err(RecordError::Conflict) => {}
                Err(cause) => return Err(error::of_record(cause)),
            }
        }
    }

    fn ready(&self, stored: &SigningKey) -> Result<Arc<Ready>> {
        if let Some(ready) = self.signatures.keys.get(&stored.certificate) {
            return Ok(ready);
        }
        let damaged = || error::internal("the key that signs messages cannot be read");
        let ready = Arc::new(Ready {
            certificate: stored.certificate.clone(),
            pair: KeyPair::from_pkcs8(&stored.pkcs8).map_err(|_| damaged())?,
            legacy: LegacyKey::from_pkcs8(&stored.pkcs8).ok_or_else(damaged)?,
        });
        self.signatures.keys.insert(stored.certificate.clone(), ready.clone());
        Ok(ready)
    }
}

fn sha256(pair: &KeyPair, text: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = vec![0; pair.public_modulus_len()];
    pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), text, &mut bytes).ok()?;
    Some(bytes)
}

/// A key and its certificate. The certificate names the service as AWS's does.
fn make(now: Timestamp, entropy: &dyn Entropy) -> Result<(SigningKey, Certificate)> {
    let mut id = [0; 16];
    entropy.fill(&mut id);
    let pair = KeyPair::generate(KeySize::Rsa2048).map_err(error::internal)?;
    let der: Pkcs8V1Der<'_> = pair.as_der().map_err(error::internal)?;
    let pkcs8 = Zeroizing::new(der.as_ref().to_vec());
    let pem = certificate(&pkcs8, now, &id).map_err(error::internal)?;
    let key = SigningKey { certificate: HEXLOWER.encode(&id), made: now, pkcs8: pkcs8.to_vec() };
    Ok((key, Certificate { pem }))
}

fn certificate(pkcs8: &[u8], now: Timestamp, serial: &[u8]) -> Result<String, rcgen::Error> {
    use rcgen::{CertificateParams, DnType, KeyPair, KeyUsagePurpose, SerialNumber};

    let key = rustls_pki_types::PrivatePkcs8KeyDer::from(pkcs8);
    let key = KeyPair::from_pkcs8_der_and_sign_algo(&key, &rcgen::PKCS_RSA_SHA256)?;
    let mut params = CertificateParams::new(vec!["sns.amazonaws.com".to_owned()])?;
    params.distinguished_name.push(DnType::CommonName, "sns.amazonaws.com");
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    // A positive number of at most twenty bytes.
    let mut number = serial.to_vec();
    number[0] &= 0x7f;
    params.serial_number = Some(SerialNumber::from(number));
    let on = |at: Timestamp| {
        let text = at.iso8601();
        let part = |from, to| text.get(from..to).and_then(|part| part.parse::<u16>().ok());
        let (year, month, day) = (part(0, 4), part(5, 7), part(8, 10));
        let day = u8::try_from(day.unwrap_or(1)).unwrap_or(1);
        let month = u8::try_from(month.unwrap_or(1)).unwrap_or(1);
        rcgen::date_time_ymd(i32::from(year.unwrap_or(2_000)), month, day)
    };
    params.not_before = on(now.plus_millis(-DAY_MILLIS));
    params.not_after = on(now.plus_millis(2 * KEY_DAYS * DAY_MILLIS));
    Ok(params.self_signed(&key)?.pem())
}
