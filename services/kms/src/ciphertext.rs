//! Ciphertexts of symmetric keys.
//!
//! ```text
//! 01 02 02 00 78 │ version │ account │ id kind │ key id │ material id │ check │ salt ‖ sealed ‖ tag
//!       5        │    1    │    6    │    1    │   16   │     16      │   4   │ 24   ‖   n    ‖ 16
//! ```
//!
//! It begins as AWS's do, for tools that look. Everything before the salt, and the canonical encryption
//! context, is associated data: a ciphertext opens only under the key, the material and the context
//! that it was made for. The region is not part of it, so that the replicas of a multi-Region key open
//! each other's ciphertexts; the ids of other keys are unique without it. Each message has a key of its
//! own (see [`SealingKey`]), so a key may seal any number of them.
//!
//! The check tells a header that was altered from one that names another key before any key is looked
//! up. It protects nothing; the tag does.

use data_encoding::HEXLOWER;
use strongroom_api::Entropy;
use strongroom_seal::SealingKey;
use strongroom_wire::Result;

use crate::encryption::Opened;
use crate::encryption_context::EncryptionContext;
use crate::error;
use crate::key::Key;
use crate::material::Material;

const PREFIX: [u8; 5] = [0x01, 0x02, 0x02, 0x00, 0x78];
const VERSION: u8 = 1;
const HEADER_LEN: usize = 49;
const CHECKED_LEN: usize = 45;
const PLAIN_ID: u8 = 0;
const MULTI_REGION_ID: u8 = 1;

/// What a ciphertext says about itself. Nothing of it is to be believed before it opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// The account of the key.
    pub account: String,
    /// The id of the key.
    pub key_id: String,
    material: [u8; 16],
}

impl Header {
    /// Reads the header of `blob`; `None` if it is none of ours.
    pub fn read(blob: &[u8]) -> Option<Self> {
        let header = blob.first_chunk::<HEADER_LEN>()?;
        let (prefix, rest) = header.split_at(PREFIX.len());
        if prefix != PREFIX || rest[0] != VERSION || blob.len() < HEADER_LEN + SealingKey::OVERHEAD
        {
            return None;
        }
        if header[CHECKED_LEN..] != check(&header[..CHECKED_LEN]) {
            return None;
        }
        let mut account = [0; 8];
        account[2..].copy_from_slice(&rest[1..7]);
        let account = format!("{:012}", u64::from_be_bytes(account));
        let hex = HEXLOWER.encode(&rest[8..24]);
        let key_id = match rest[7] {
            PLAIN_ID => hyphenated(&hex),
            MULTI_REGION_ID => format!("mrk-{hex}"),
            _ => return None,
        };
        let material = rest[24..40].try_into().ok()?;
        (account.len() == 12).then_some(Self { account, key_id, material })
    }

    /// The material that it was sealed with, if the key has it.
    pub fn material<'k>(&self, key: &'k Key) -> Option<&'k Material> {
        key.materials.iter().rfind(|material| material.short_id() == Some(self.material))
    }
}

/// Seals `plaintext` under the current material of `key`.
///
/// # Errors
/// Internal only.
pub fn seal(
    key: &Key,
    context: Option<&EncryptionContext>,
    plaintext: &[u8],
    entropy: &dyn Entropy,
) -> Result<Vec<u8>> {
    let material = key.usable_material()?;
    let no_key = || error::internal(format!("{} has no symmetric key", key.arn()));
    let sealing_key = material.sealing_key().ok_or_else(no_key)?;
    let mut blob = Vec::with_capacity(HEADER_LEN + plaintext.len() + SealingKey::OVERHEAD);
    push_header(&mut blob, key, material).ok_or_else(no_key)?;
    let associated = associated(&blob, context);
    sealing_key.seal_onto(&mut blob, &associated, plaintext, entropy);
    Ok(blob)
}

/// Opens what [`seal`] made with `key` and `context`.
///
/// # Errors
/// InvalidCiphertextException for anything else.
pub fn open(
    key: &Key,
    context: Option<&EncryptionContext>,
    header: &Header,
    blob: &[u8],
) -> Result<Opened> {
    let (head, sealed) = blob.split_at_checked(HEADER_LEN).ok_or_else(error::invalid_ciphertext)?;
    let material = header.material(key).ok_or_else(error::invalid_ciphertext)?;
    let sealing_key = material.sealing_key().ok_or_else(error::invalid_ciphertext)?;
    let plaintext = sealing_key
        .open(&associated(head, context), sealed)
        .map_err(|cause| error::invalid_ciphertext().because(cause))?;
    Ok(Opened { plaintext, material_id: Some(material.id.clone()) })
}

fn associated(header: &[u8], context: Option<&EncryptionContext>) -> Vec<u8> {
    let mut associated = Vec::with_capacity(256);
    associated.extend_from_slice(header);
    if let Some(context) = context {
        context.push_canonical(&mut associated);
    }
    associated
}

fn push_header(out: &mut Vec<u8>, key: &Key, material: &Material) -> Option<()> {
    let account: u64 = key.account.parse().ok()?;
    let (kind, hex) = match key.id.strip_prefix("mrk-") {
        Some(hex) => (MULTI_REGION_ID, hex.to_owned()),
        None => (PLAIN_ID, key.id.replace('-', "")),
    };
    let id: [u8; 16] = HEXLOWER.decode(hex.as_bytes()).ok()?.try_into().ok()?;
    out.extend_from_slice(&PREFIX);
    out.push(VERSION);
    out.extend_from_slice(&account.to_be_bytes()[2..]);
    out.push(kind);
    out.extend_from_slice(&id);
    out.extend_from_slice(&material.short_id()?);
    out.extend_from_slice(&check(out));
    Some(())
}

/// FNV-1a: every step is a bijection, so no change of one byte goes unnoticed.
fn check(header: &[u8]) -> [u8; 4] {
    let step = |hash: u32, byte: &u8| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193);
    header.iter().fold(0x811c_9dc5, step).to_be_bytes()
}

fn hyphenated(hex: &str) -> String {
    [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
}
