//! The keys that sign digests of the trail, kept among the sealed records.

use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256};
use serde::{Deserialize, Serialize};
use strongroom_api::{BoxFuture, Error, Result, Timestamp};
use strongroom_cloudtrail::{PublicKey, PublicKeys};
use strongroom_records::{Record, RecordError, Records, Stored};
use strongroom_trail::hex;
use zeroize::Zeroizing;

/// The keys that sign digests.
pub struct DigestKeys(Arc<Records>);

/// Where they are kept.
const PLACE: &str = "system/trail-keys";
/// How long a key signs, in milliseconds; then another one does.
pub const KEY_MILLIS: i64 = 90 * 86_400_000;

#[derive(Clone, Default, Serialize, Deserialize)]
struct Kept {
    keys: Vec<KeptKey>,
}

#[derive(Clone, Serialize, Deserialize)]
struct KeptKey {
    /// PKCS #8, DER. Wiped where it is used; the record is sealed.
    private: Zeroizing<Vec<u8>>,
    public: Vec<u8>,
    from: i64,
    to: i64,
}

impl Record for Kept {
    const KIND: &'static str = "keys of the trail";
}

/// A key that can sign.
pub struct SigningKey {
    pair: KeyPair,
    /// What is known of it to everybody.
    pub public: PublicKey,
    /// The key before it, which endorses it; nothing for the first.
    pub before: Option<Box<SigningKey>>,
}

impl DigestKeys {
    /// Those among `records`.
    #[must_use]
    pub fn new(records: Arc<Records>) -> Self {
        Self(records)
    }

    /// The key that signs at `now`; made if there is none any more.
    ///
    /// # Errors
    /// Internal only.
    pub async fn signing(&self, now: Timestamp) -> Result<SigningKey> {
        let stored = self.0.get::<Kept>(PLACE).await.map_err(Error::internal)?;
        let mut kept = stored.as_ref().map_or_else(Kept::default, |stored| stored.value.clone());
        let is_due = |last: &KeptKey| last.to <= now.millis();
        if kept.keys.last().is_none_or(is_due) {
            kept.keys.push(generate(now).await?);
            self.save(stored.as_deref(), &kept).await.map_err(Error::internal)?;
        }
        let mut keys = kept.keys.iter().rev();
        let (last, before) = (keys.next(), keys.next());
        let last = last.ok_or_else(|| Error::internal("there is no key that signs"))?;
        let before = before.map(|before| before.open(None)).transpose()?;
        last.open(before)
    }

    async fn save(&self, read: Option<&Stored<Kept>>, kept: &Kept) -> Result<(), RecordError> {
        let mut changes = self.0.changes();
        match read {
            Some(read) => changes.replace(read, kept)?,
            None => changes.create(PLACE, kept)?,
        }
        self.0.commit(changes).await.map(drop)
    }
}

impl PublicKeys for DigestKeys {
    fn public_keys(&self) -> BoxFuture<'_, Result<Vec<PublicKey>>> {
        Box::pin(async move {
            let stored = self.0.get::<Kept>(PLACE).await.map_err(Error::internal)?;
            Ok(stored.map_or_else(Vec::new, |kept| kept.keys.iter().map(KeptKey::show).collect()))
        })
    }
}

impl SigningKey {
    /// The signature of `message`: RSA PKCS #1 v1.5 with SHA-256, as CloudTrail's.
    ///
    /// # Errors
    /// Internal only.
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>> {
        let mut signature = vec![0; self.pair.public_modulus_len()];
        let random = SystemRandom::new();
        let signed = self.pair.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature);
        signed.map_err(|_| Error::internal("a digest could not be signed"))?;
        Ok(signature)
    }
}

impl KeptKey {
    fn show(&self) -> PublicKey {
        PublicKey {
            value: self.public.clone(),
            from: Timestamp::from_millis(self.from),
            to: Timestamp::from_millis(self.to),
            fingerprint: fingerprint(&self.public),
        }
    }

    fn open(&self, before: Option<SigningKey>) -> Result<SigningKey> {
        let pair = KeyPair::from_pkcs8(&self.private)
            .map_err(|_| Error::internal("a key of the trail is damaged"))?;
        Ok(SigningKey { pair, public: self.show(), before: before.map(Box::new) })
    }
}

/// The first half of the SHA-256 of a public key, as 32 hexadecimal digits.
#[must_use]
pub fn fingerprint(public: &[u8]) -> String {
    hex(&digest(&SHA256, public).as_ref()[..16])
}

async fn generate(now: Timestamp) -> Result<KeptKey> {
    // Takes long enough to be noticed by others on the same thread.
    let made = tokio::task::spawn_blocking(|| KeyPair::generate(KeySize::Rsa2048)).await;
    let failed = |_| Error::internal("a key could not be made");
    let pair = made.map_err(Error::internal)?.map_err(failed)?;
    let private: Pkcs8V1Der<'_> = pair.as_der().map_err(failed)?;
    Ok(KeptKey {
        private: Zeroizing::new(private.as_ref().to_vec()),
        public: pair.public_key().as_ref().to_vec(),
        from: now.millis(),
        to: now.millis() + KEY_MILLIS,
    })
}
