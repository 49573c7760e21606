//! Archives with code: what is taken, and how it is kept.
//!
//! An archive is looked through before it is taken: that it can be read, that nothing in it would land
//! outside the folder it is unpacked to, and that it does not unpack to more than AWS allows. It is kept
//! in pieces, each a sealed record of its own.

use std::io::{Cursor, Read as _};

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use strongroom_api::{Circumstances, Timestamp, random_uuid};
use strongroom_records::{Changes, Record, Records};
use strongroom_store::{Direction, Range};
use strongroom_wire::Result;
use zip::ZipArchive;

use crate::shapes::FunctionCode;
use crate::{Lambda, error, paths};

/// The largest archive.
pub const MOST_ZIPPED: usize = 52_428_800;
/// The most that function and layers unpack to.
pub const MOST_UNZIPPED: u64 = 262_144_000;
/// The largest request that carries an archive, which is base64 there.
pub const MOST_REQUEST: usize = 70_167_211;
/// More files than any deployment package has.
const MOST_FILES: usize = 100_000;
/// Longer than a call takes from keeping an archive to writing who owns it.
const DRAFT_MILLIS: i64 = 3_600_000;
/// A piece; well below what a store takes as one value.
const PART_BYTES: usize = 480 << 10;

/// An archive that is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Code {
    /// Where its pieces stand.
    pub id: String,
    /// The SHA-256 of the archive, as base64.
    pub sha256: String,
    /// The archive's size in bytes.
    pub bytes: u64,
    /// What it unpacks to, in bytes.
    pub unzipped_bytes: u64,
    /// How many pieces it is kept in.
    pub parts: u32,
}

/// A piece of an archive.
#[derive(Serialize, Deserialize)]
struct Part {
    #[serde(with = "bytes")]
    bytes: Vec<u8>,
}

impl Record for Part {
    const KIND: &'static str = "piece of code";
}

/// MessagePack has a form for bytes that is as short as they are.
mod bytes {
    use serde::de::{Deserializer, Error, SeqAccess, Visitor};
    use serde::ser::Serializer;

    pub fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(bytes)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        struct Bytes;

        impl<'de> Visitor<'de> for Bytes {
            type Value = Vec<u8>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("bytes")
            }

            fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Vec<u8>, E> {
                Ok(bytes.to_vec())
            }

            fn visit_byte_buf<E: Error>(self, bytes: Vec<u8>) -> Result<Vec<u8>, E> {
                Ok(bytes)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Vec<u8>, A::Error> {
                let mut bytes = Vec::new();
                while let Some(byte) = items.next_element()? {
                    bytes.push(byte);
                }
                Ok(bytes)
            }
        }

        deserializer.deserialize_byte_buf(Bytes)
    }
}

impl FunctionCode {
    /// The archive, if that is what was handed over.
    ///
    /// # Errors
    /// AWS's errors for code from elsewhere, which is not offered, and for none.
    pub fn archive(&self) -> Result<&[u8]> {
        if self.image_uri.is_some() {
            return Err(error::not_offered("Code as a container image"));
        }
        match (&self.zip_file, &self.s3_bucket) {
            (Some(archive), None) => Ok(&archive.reveal().0),
            (None, Some(_)) => Err(error::no_bucket()),
            _ => Err(error::no_code()),
        }
    }
}

/// Looks an archive through; the answer is how many bytes it unpacks to.
///
/// # Errors
/// AWS's errors for archives that are too large, damaged, or would unpack elsewhere.
pub fn inspect(archive: &[u8]) -> Result<u64> {
    if archive.len() > MOST_ZIPPED {
        return Err(error::archive_too_large());
    }
    if archive.is_empty() {
        return Err(error::empty_archive());
    }
    let mut zip = ZipArchive::new(Cursor::new(archive)).map_err(|_| error::bad_archive())?;
    if zip.is_empty() {
        return Err(error::empty_archive());
    }
    if zip.len() > MOST_FILES {
        return Err(error::unzipped_too_large());
    }
    let mut unzipped = 0;
    for index in 0..zip.len() {
        let entry = zip.by_index(index).map_err(|_| error::bad_archive())?;
        if entry.enclosed_name().is_none() {
            return Err(error::bad_archive());
        }
        // What an entry claims is not believed: it is unpacked, and counted.
        let room = MOST_UNZIPPED - unzipped;
        let mut counted = entry.take(room + 1);
        let size = std::io::copy(&mut counted, &mut std::io::sink());
        unzipped += size.map_err(|_| error::bad_archive())?;
        if unzipped > MOST_UNZIPPED {
            return Err(error::unzipped_too_large());
        }
    }
    Ok(unzipped)
}

/// What AWS calls CodeSha256.
#[must_use]
pub fn sha256(archive: &[u8]) -> String {
    STANDARD.encode(digest(&SHA256, archive))
}

impl Lambda {
    /// Keeps an archive that was looked through. Whoever owns it is written afterwards, with
    /// [`own_code`](Self::own_code), and names it.
    ///
    /// # Errors
    /// Internal only.
    pub(crate) async fn keep_code(
        &self,
        call: &Circumstances<'_>,
        archive: &[u8],
        unzipped_bytes: u64,
    ) -> Result<Code> {
        let id = random_uuid(call.entropy).to_string();
        let mut parts = 0;
        for piece in archive.chunks(PART_BYTES) {
            let key = paths::code_part(call.caller.account(), call.region, &id, parts);
            let mut changes = self.records.changes();
            if parts == 0 {
                let most = archive.len().div_ceil(PART_BYTES).to_string();
                changes.index(&draft(call, &id), &most);
            }
            changes.create(&key, &Part { bytes: piece.to_vec() }).map_err(error::storage)?;
            self.records.commit(changes).await.map_err(error::storage)?;
            parts += 1;
        }
        let bytes = archive.len() as u64;
        Ok(Code { id, sha256: sha256(archive), bytes, unzipped_bytes, parts })
    }

    /// Notes that an archive is owned by what `changes` writes. Kept and owned in the same call.
    pub(crate) fn own_code(
        &self,
        call: &Circumstances<'_>,
        changes: &mut Changes<'_>,
        code: &Code,
    ) {
        changes.delete(&draft(call, &code.id));
    }

    /// Notes that an archive is nobody's once `changes` are written, so that it goes even if the call
    /// ends there. [`delete_disowned`](Self::delete_disowned) follows.
    pub(crate) fn disown_code(
        &self,
        now: Timestamp,
        changes: &mut Changes<'_>,
        (account, region): (&str, &str),
        code: &Code,
    ) {
        // What comes with the server is kept nowhere.
        if code.parts > 0 {
            let due = now.plus_millis(DRAFT_MILLIS);
            changes.index(&paths::draft(due, account, region, &code.id), &code.parts.to_string());
        }
    }

    /// Deletes an archive that was [disowned](Self::disown_code) in the same call.
    ///
    /// # Errors
    /// Internal only.
    pub(crate) async fn delete_disowned(
        &self,
        now: Timestamp,
        (account, region): (&str, &str),
        code: &Code,
    ) -> Result<()> {
        self.delete_code(account, region, code).await?;
        let due = now.plus_millis(DRAFT_MILLIS);
        let mut changes = self.records.changes();
        changes.delete(&paths::draft(due, account, region, &code.id));
        self.records.commit(changes).await.map(drop).map_err(error::storage)
    }

    /// Deletes an archive that nobody owns any more.
    ///
    /// # Errors
    /// Internal only.
    pub(crate) async fn delete_code(&self, account: &str, region: &str, code: &Code) -> Result<()> {
        let keys: Vec<u32> = (0..code.parts).collect();
        for some in keys.chunks(64) {
            let mut changes = self.records.changes();
            for part in some {
                changes.delete(&paths::code_part(account, region, &code.id, *part));
            }
            self.records.commit(changes).await.map_err(error::storage)?;
        }
        Ok(())
    }
}

/// The entry of an archive that is being kept by `call`.
fn draft(call: &Circumstances<'_>, id: &str) -> String {
    let due = call.now.plus_millis(DRAFT_MILLIS);
    paths::draft(due, call.caller.account(), call.region, id)
}

/// Whether an archive is kept; one that nobody owns any more may be gone.
///
/// # Errors
/// Internal only.
pub async fn is_kept(records: &Records, account: &str, region: &str, code: &Code) -> Result<bool> {
    let range = Range::prefix(paths::code_part(account, region, &code.id, 0));
    let page = records.scan::<Part>(range, Direction::Forward, 1).await;
    Ok(!page.map_err(error::storage)?.records.is_empty())
}

/// Reads an archive that is kept.
///
/// # Errors
/// Internal only: a piece is missing or damaged.
pub async fn read(records: &Records, account: &str, region: &str, code: &Code) -> Result<Vec<u8>> {
    let mut archive = Vec::with_capacity(code.bytes as usize);
    for part in 0..code.parts {
        let key = paths::code_part(account, region, &code.id, part);
        // Past the cache: archives would push everything else out of it.
        let range = Range::prefix(key);
        let page = records.scan::<Part>(range, Direction::Forward, 1).await;
        let page = page.map_err(error::storage)?;
        let piece = page.records.first().ok_or_else(|| error::internal("code is missing"))?;
        archive.extend_from_slice(&piece.bytes);
    }
    if sha256(&archive) != code.sha256 {
        return Err(error::internal("stored code is not what was handed over"));
    }
    Ok(archive)
}

#[cfg(test)]
pub(crate) mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

    use std::io::Write as _;

    use strongroom_wire::Family;
    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::*;

    pub(crate) fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in files {
            zip.start_file(*name, SimpleFileOptions::default()).unwrap();
            zip.write_all(content).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    fn refusal(archive: &[u8]) -> String {
        inspect(archive).unwrap_err().message().to_owned()
    }

    #[test]
    fn an_archive_is_measured_by_what_it_unpacks_to() {
        let zip = archive(&[("app.py", b"pass"), ("data/zeros", &[0; 10_000])]);
        assert_eq!(inspect(&zip).unwrap(), 10_004);
    }

    #[test]
    fn what_is_no_archive_is_refused_as_aws_does() {
        for bytes in [&b"PK"[..], b"no zip at all", &archive(&[("a", b"b")])[..20]] {
            assert!(refusal(bytes).starts_with("Could not unzip uploaded file."));
        }
        assert_eq!(refusal(b""), "Uploaded file must be a non-empty zip");
        assert_eq!(refusal(&archive(&[])), "Uploaded file must be a non-empty zip");
    }

    #[test]
    fn nothing_unpacks_outside_its_folder() {
        for name in ["../evil", "a/../../evil"] {
            // The writer cleans names, so the harmless one is replaced in place.
            let harmless = "x".repeat(name.len());
            let zip = archive(&[(&harmless, b"x")]);
            let mut bytes = zip.clone();
            let at: Vec<_> = (0..zip.len() - name.len())
                .filter(|at| zip[*at..].starts_with(harmless.as_bytes()))
                .collect();
            for at in at {
                bytes[at..at + name.len()].copy_from_slice(name.as_bytes());
            }
            assert!(inspect(&bytes).is_err(), "{name}");
        }
    }

    #[test]
    fn a_bomb_is_refused_before_it_is_kept() {
        let block = vec![0; 90_000_000];
        let zip = archive(&[("a", &block), ("b", &block), ("c", &block)]);
        assert!(zip.len() < 1_000_000);
        assert_eq!(refusal(&zip), "Unzipped size must be smaller than 262144000 bytes");
    }

    #[test]
    fn an_archive_beyond_the_limit_is_too_large() {
        let error = inspect(&vec![0; MOST_ZIPPED + 1]).unwrap_err();
        assert_eq!(error.status(Family::Rest), 413);
    }
}
