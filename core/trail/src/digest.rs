//! Digests: signed statements, one after another, of how far the trail had come.
//!
//! A digest says at which [`Position`] the trail stood, and since the chain up to there covers every
//! record, it vouches for all of them. Digests are chained as those of CloudTrail: each has the hash
//! and the signature of the one before. A file holds the digest on its first line and the signature on
//! its second, and lies in `digests/` beside the segments. What is signed is, as in CloudTrail,
//!
//! ```text
//! end time LF file name LF SHA-256 of the first line, hex LF signature before, hex, or `null`
//! ```
//!
//! `digests/keys.jsonl` has the public keys. Each is endorsed by the one before it, so that whoever
//! remembers one fingerprint can check everything that was signed since.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use aws_lc_rs::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};

use crate::log::failed;
use crate::{Position, TrailError, hex, segment};

/// What a digest says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Digest {
    /// Counts up from 1 without gaps.
    pub digest_number: u64,
    /// `2026-01-31T10:20:30Z`: the end of the digest before, or the beginning of the trail.
    pub digest_start_time: String,
    /// When it was made.
    pub digest_end_time: String,
    /// Where the trail stood.
    pub position: Position,
    /// Where what is kept of it begins; everything before was retired.
    pub begins_after: Position,
    /// The key that signs it.
    pub digest_public_key_fingerprint: String,
    /// `SHA256withRSA`.
    pub digest_signature_algorithm: String,
    /// SHA-256 of the first line of the digest before, hex; nothing for the first.
    pub previous_digest_hash_value: Option<String>,
    /// `SHA-256`.
    pub previous_digest_hash_algorithm: String,
    /// The signature of the digest before, hex; nothing for the first.
    pub previous_digest_signature: Option<String>,
    /// For the first digest of a trail that takes the place of another one: where that stood.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<Position>,
}

#[derive(Serialize, Deserialize)]
struct Signature {
    signature: String,
}

/// A digest as it stands in its file.
#[derive(Clone, Debug)]
pub struct Signed {
    /// What it says.
    pub digest: Digest,
    /// Its signature, hex.
    pub signature: String,
    /// Its file.
    pub file: PathBuf,
    /// SHA-256 of its first line, hex.
    pub hash: String,
}

/// A key that signs digests, as everybody may see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DigestKey {
    /// 32 hex digits of the SHA-256 of the public key.
    pub fingerprint: String,
    /// PKCS #1, DER, hex.
    pub public_key: String,
    /// From when on it signs, in milliseconds since the epoch.
    pub from: i64,
    /// Until when.
    pub to: i64,
    /// The signature of the key before it over [`endorsed`](Self::endorsed), hex; nothing for the first.
    pub endorsement: Option<String>,
}

/// The one algorithm.
pub const ALGORITHM: &str = "SHA256withRSA";
const HASH: &str = "SHA-256";
const FOLDER: &str = "digests";
const KEYS: &str = "keys.jsonl";
const LONGEST_FILE: u64 = 64 * 1024;
const LONGEST_KEYS: u64 = 16 * 1024 * 1024;

impl DigestKey {
    /// What the key before it signs.
    #[must_use]
    pub fn endorsed(&self) -> Vec<u8> {
        format!("{}\n{}\n{}\n{}", self.fingerprint, self.public_key, self.from, self.to)
            .into_bytes()
    }
}

/// How the next digest is made.
#[derive(Clone, Debug)]
pub struct Draft {
    /// Where the trail stands, on disk.
    pub position: Position,
    /// Where what is kept of it begins; nothing changes that if absent.
    pub begins_after: Option<Position>,
    /// Now, in milliseconds since the epoch.
    pub now_ms: u64,
    /// The key that signs.
    pub fingerprint: String,
    /// For the first digest: where a trail stood that this one takes the place of.
    pub replaces: Option<Position>,
}

/// Writes the next digest of the trail in `folder`, signed by `sign`, and brings it to disk.
///
/// # Errors
/// It cannot be written or signed; then it is not there.
pub fn write_digest(
    folder: &Path,
    draft: Draft,
    sign: impl FnOnce(&[u8]) -> io::Result<Vec<u8>>,
) -> Result<Signed, TrailError> {
    let digests = make_folder(folder)?;
    let before = last_digest(folder)?;
    let end = extended(&segment::compact_time(draft.now_ms));
    let said = before.as_ref().map(|before| &before.digest);
    let digest = Digest {
        digest_number: said.map_or(1, |before| before.digest_number + 1),
        digest_start_time: said.map_or_else(|| end.clone(), |one| one.digest_end_time.clone()),
        digest_end_time: end,
        position: draft.position,
        begins_after: draft
            .begins_after
            .or(said.map(|before| before.begins_after))
            .unwrap_or(Position::START),
        digest_public_key_fingerprint: draft.fingerprint,
        digest_signature_algorithm: ALGORITHM.to_owned(),
        previous_digest_hash_value: before.as_ref().map(|before| before.hash.clone()),
        previous_digest_hash_algorithm: HASH.to_owned(),
        previous_digest_signature: before.as_ref().map(|before| before.signature.clone()),
        replaces: draft.replaces.filter(|_| before.is_none()),
    };
    let name = name(digest.digest_number, &segment::compact_time(draft.now_ms));
    let file = digests.join(&name);
    let failing = |source: io::Error| failed("write", &file)(source);
    let line = serde_json::to_string(&digest).map_err(|error| failing(error.into()))?;
    let hash = hash(line.as_bytes());
    let signature = hex(&sign(&signed_text(&digest, &name, &hash)).map_err(failing)?);
    let second = serde_json::to_string(&Signature { signature: signature.clone() });
    let second = second.map_err(|error| failing(error.into()))?;
    replace(&file, format!("{line}\n{second}\n").as_bytes()).map_err(failing)?;
    Ok(Signed { digest, signature, file, hash })
}

/// Puts `keys` where whoever verifies the trail in `folder` finds them.
///
/// # Errors
/// They cannot be written.
pub fn write_keys(folder: &Path, keys: &[DigestKey]) -> Result<(), TrailError> {
    let path = make_folder(folder)?.join(KEYS);
    let mut text = Vec::new();
    for key in keys {
        serde_json::to_writer(&mut text, key)
            .map_err(|error| failed("write", &path)(error.into()))?;
        text.push(b'\n');
    }
    replace(&path, &text).map_err(failed("write", &path))
}

/// The keys that lie beside the digests of the trail in `folder`. Lines that are none do not count.
///
/// # Errors
/// They cannot be read.
pub fn read_keys(folder: &Path) -> Result<Vec<DigestKey>, TrailError> {
    let path = folder.join(FOLDER).join(KEYS);
    match read(&path, LONGEST_KEYS) {
        Ok(text) => Ok(text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(failed("read", &path)(error)),
    }
}

/// The latest digest of the trail in `folder`.
///
/// # Errors
/// It cannot be read, or is none.
pub fn last_digest(folder: &Path) -> Result<Option<Signed>, TrailError> {
    let Some((_, path)) = list(folder)?.pop() else { return Ok(None) };
    let no_digest = || io::Error::new(io::ErrorKind::InvalidData, "this is no digest");
    let signed = read(&path, LONGEST_FILE)
        .and_then(|text| parse(&path, &text).ok_or_else(no_digest))
        .map_err(failed("read", &path))?;
    Ok(Some(signed))
}

/// The digests of the trail in `folder`, by their numbers.
pub(crate) fn list(folder: &Path) -> Result<Vec<(u64, PathBuf)>, TrailError> {
    let digests = folder.join(FOLDER);
    let entries = match fs::read_dir(&digests) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(failed("list", &digests)(error)),
    };
    let mut found = Vec::new();
    for entry in entries {
        let path = entry.map_err(failed("list", &digests))?.path();
        if let Some(number) = path.file_name().and_then(|name| number(name.to_str()?)) {
            found.push((number, path));
        }
    }
    found.sort();
    Ok(found)
}

/// Reads the digest in the file at `path`; nothing if it is none.
pub(crate) fn read_digest(path: &Path) -> Result<Option<Signed>, TrailError> {
    match read(path, LONGEST_FILE) {
        Ok(text) => Ok(parse(path, &text)),
        Err(error) if error.kind() == io::ErrorKind::InvalidData => Ok(None),
        Err(error) => Err(failed("read", path)(error)),
    }
}

/// What is signed of a digest in the file called `name`.
pub(crate) fn signed_text(digest: &Digest, name: &str, hash: &str) -> Vec<u8> {
    let before = digest.previous_digest_signature.as_deref().unwrap_or("null");
    format!("{}\n{name}\n{hash}\n{before}", digest.digest_end_time).into_bytes()
}

fn parse(path: &Path, text: &str) -> Option<Signed> {
    let (first, rest) = text.split_once('\n')?;
    let second = rest.strip_suffix('\n')?;
    let digest: Digest = serde_json::from_str(first).ok()?;
    let Signature { signature } = serde_json::from_str(second).ok()?;
    Some(Signed { digest, signature, file: path.into(), hash: hash(first.as_bytes()) })
}

fn read(path: &Path, most: u64) -> io::Result<String> {
    let mut bytes = Vec::new();
    File::open(path)?.take(most).read_to_end(&mut bytes)?;
    String::from_utf8(bytes).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
}

fn hash(bytes: &[u8]) -> String {
    hex(digest(&SHA256, bytes).as_ref())
}

fn make_folder(folder: &Path) -> Result<PathBuf, TrailError> {
    let digests = folder.join(FOLDER);
    segment::make_folder(&digests).map_err(failed("create", &digests))?;
    Ok(digests)
}

fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let fresh = path.with_extension("new");
    let mut options = OpenOptions::new();
    let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(&fresh)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&fresh, path)?;
    File::open(path.parent().unwrap_or(Path::new(".")))?.sync_all()
}

fn name(number: u64, time: &str) -> String {
    format!("digest-{number:010}-{time}.json")
}

fn number(name: &str) -> Option<u64> {
    let (number, _) = name.strip_prefix("digest-")?.strip_suffix(".json")?.split_once('-')?;
    (number.len() >= 10).then(|| number.parse().ok()).flatten()
}

/// `2026-01-31T10:20:30Z` of `20260131T102030Z`.
fn extended(compact: &str) -> String {
    let mut text = String::with_capacity(20);
    for (at, character) in compact.chars().enumerate() {
        match at {
            4 | 6 => text.push('-'),
            11 | 13 => text.push(':'),
            _ => {}
        }
        text.push(character);
    }
    text
}
