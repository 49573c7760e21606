//! One way to the root key: the root key sealed by a key of one kind.

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use crate::candidate::{Material, extracted};
use crate::encoding::{from_base64, hex, to_base64};
use crate::root_key::UnwrapFailed;
use crate::{Candidate, Entropy, PassphraseCost, RootKey, SealError, SealingKey};

const KEY_FILE: &str = "key-file";
const PASSPHRASE: &str = "passphrase";
const CREDENTIAL: &str = "credential";

/// The root key wrapped by one key. `parameters` belong to the kind; a kind unknown to this version
/// is carried along unread, so that an older version may add or remove other wraps.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Wrap {
    pub(crate) id: String,
    pub(crate) kind: String,
    pub(crate) created_ms: u64,
    #[serde(default)]
    parameters: Map<String, Value>,
    #[serde(default, serialize_with = "to_base64", deserialize_with = "from_base64")]
    wrapped_root_key: Vec<u8>,
}

#[derive(Serialize, Deserialize)]
struct PassphraseParameters {
    #[serde(flatten)]
    cost: PassphraseCost,
    #[serde(serialize_with = "to_base64", deserialize_with = "from_base64")]
    salt: Vec<u8>,
}

/// What came of trying a candidate on a wrap.
pub(crate) enum Attempt {
    Opened(RootKey),
    /// The candidate is of another kind, or not the one that made this wrap.
    Refused,
    /// The wrap itself makes no sense.
    Malformed(String),
    /// The system could not try.
    Failed(SealError),
}

impl Wrap {
    /// Wraps `root` so that `candidate` opens it.
    pub(crate) fn new(
        root: &RootKey,
        candidate: &Candidate,
        created_ms: u64,
        entropy: &dyn Entropy,
    ) -> Result<Self, SealError> {
        let mut id = [0; 8];
        entropy.fill(&mut id);
        let mut wrap = Self {
            id: hex(&id),
            kind: kind(candidate).to_owned(),
            created_ms,
            parameters: parameters(candidate, entropy),
            wrapped_root_key: Vec::new(),
        };
        let key = wrap.key(candidate).map_err(|reason| SealError::UnusableKey {
            what: format!("the {}", wrap.kind),
            reason,
        })?;
        wrap.wrapped_root_key = root.wrapped(&SealingKey::new(&key), &wrap.associated(), entropy);
        Ok(wrap)
    }

    /// Whether this version can open wraps of this kind.
    pub(crate) fn is_supported(&self) -> bool {
        [KEY_FILE, PASSPHRASE, CREDENTIAL].contains(&self.kind.as_str())
    }

    pub(crate) fn try_open(&self, candidate: &Candidate) -> Attempt {
        if self.kind != kind(candidate) {
            return Attempt::Refused;
        }
        let key = match self.key(candidate) {
            Ok(key) => SealingKey::new(&key),
            Err(reason) => return Attempt::Malformed(reason),
        };
        match RootKey::unwrapped(&key, &self.associated(), &self.wrapped_root_key) {
            Ok(root) => Attempt::Opened(root),
            Err(UnwrapFailed::Refused) => Attempt::Refused,
            Err(UnwrapFailed::Memory(error)) => Attempt::Failed(error),
        }
    }

    /// The wrapping key that `candidate`, of this wrap's kind, yields with its parameters.
    fn key(&self, candidate: &Candidate) -> Result<Zeroizing<[u8; 32]>, String> {
        let extract = |material: &[u8]| {
            extracted(material, self.kind.as_bytes()).ok_or_else(|| "no key from it".to_owned())
        };
        match &candidate.material {
            Material::KeyFile(file) => extract(&*file.bytes),
            Material::Credential(bytes) => extract(bytes),
            Material::Passphrase { text, .. } => {
                let parameters: PassphraseParameters = self.parameters_as()?;
                parameters.cost.stretch(text.as_bytes(), &parameters.salt)
            }
        }
    }

    fn parameters_as<T: DeserializeOwned>(&self) -> Result<T, String> {
        serde_json::from_value(Value::Object(self.parameters.clone()))
            .map_err(|error| error.to_string())
    }

    /// Binds the wrapped key to this wrap, so that it opens as no other kind and under no other id.
    fn associated(&self) -> Vec<u8> {
        format!("strongroom root key 1\0{}\0{}", self.kind, self.id).into_bytes()
    }
}

fn kind(candidate: &Candidate) -> &'static str {
    match candidate.material {
        Material::KeyFile(_) => KEY_FILE,
        Material::Passphrase { .. } => PASSPHRASE,
        Material::Credential(_) => CREDENTIAL,
    }
}

fn parameters(candidate: &Candidate, entropy: &dyn Entropy) -> Map<String, Value> {
    let Material::Passphrase { cost, .. } = candidate.material else { return Map::new() };
    let mut salt = vec![0; 16];
    entropy.fill(&mut salt);
    match serde_json::to_value(PassphraseParameters { cost, salt }) {
        Ok(Value::Object(parameters)) => parameters,
        // Never: three integers and a text always make an object. Empty ones are refused later.
        _ => Map::new(),
    }
}
