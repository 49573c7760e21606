//! Unpacks code: nothing lands outside its folder, and nothing larger than was agreed.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Cursor, Read as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use zip::ZipArchive;
use zip::result::ZipError;

/// Why an archive was not unpacked.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// It cannot be read.
    #[error("the archive cannot be read: {0}")]
    Damaged(#[from] ZipError),
    /// An entry would land outside the folder, or on something that is there already as another kind.
    #[error("the entry {0:?} does not belong into the folder")]
    Astray(String),
    /// It unpacks to more than was agreed.
    #[error("the archive unpacks to more than {0} bytes")]
    TooLarge(u64),
    /// The folder cannot be written.
    #[error("the folder cannot be written: {0}")]
    Unwritable(#[from] io::Error),
}

/// A symbolic link's target is a path, so not longer than one.
const LONGEST_LINK: u64 = 4_096;

/// Unpacks `archive` into `folder`, over what is there. At most `most_bytes`; returns how many were
/// written.
///
/// # Errors
/// [`Refused`]; the folder is then to be thrown away.
pub fn unpack(archive: &[u8], folder: &Path, most_bytes: u64) -> Result<u64, Refused> {
    let mut zip = ZipArchive::new(Cursor::new(archive))?;
    let mut written = 0;
    // Links come last, so that nothing is written through one.
    let mut links = Vec::new();
    for index in 0..zip.len() {
        let mut entry = zip.by_index(index)?;
        let astray = || Refused::Astray(String::from_utf8_lossy(entry.name_raw()).into_owned());
        let place = folder.join(entry.enclosed_name().ok_or_else(astray)?);
        if entry.is_dir() {
            fs::create_dir_all(&place)?;
            continue;
        }
        if let Some(parent) = place.parent() {
            fs::create_dir_all(parent)?;
        }
        if entry.is_symlink() {
            let mut target = String::new();
            entry.by_ref().take(LONGEST_LINK).read_to_string(&mut target)?;
            links.push((place, target));
            continue;
        }
        if fs::symlink_metadata(&place).is_ok_and(|there| !there.is_file()) {
            return Err(astray());
        }
        let is_executable = entry.unix_mode().is_some_and(|mode| mode & 0o111 != 0);
        let mode = if is_executable { 0o755 } else { 0o644 };
        let room = most_bytes - written;
        let mut file = create(&place, mode)?;
        written += io::copy(&mut entry.take(room + 1), &mut file)?;
        if written > most_bytes {
            return Err(Refused::TooLarge(most_bytes));
        }
    }
    for (place, target) in links {
        link(folder, &place, &target)?;
    }
    Ok(written)
}

/// A new file, in place of one that an earlier archive brought.
fn create(place: &Path, mode: u32) -> io::Result<File> {
    match fs::remove_file(place) {
        Err(cause) if cause.kind() != io::ErrorKind::NotFound => return Err(cause),
        _ => {}
    }
    let file = OpenOptions::new().write(true).create_new(true).mode(mode).open(place)?;
    file.set_permissions(fs::Permissions::from_mode(mode))?;
    Ok(file)
}

/// A link that stays within the folder. (Inside the sandbox, it could only lead to what is shown there.)
fn link(folder: &Path, place: &Path, target: &str) -> Result<(), Refused> {
    let astray = || Refused::Astray(target.to_owned());
    let from = place.parent().unwrap_or(folder);
    let within = from.strip_prefix(folder).map_err(|_| astray())?;
    let mut depth = within.components().count();
    for part in Path::new(target).components() {
        match part {
            std::path::Component::Normal(_) => depth += 1,
            std::path::Component::CurDir => {}
            std::path::Component::ParentDir => depth = depth.checked_sub(1).ok_or_else(astray)?,
            std::path::Component::RootDir | std::path::Component::Prefix(_) => return Err(astray()),
        }
    }
    if fs::symlink_metadata(place).is_ok() {
        fs::remove_file(place)?;
    }
    Ok(std::os::unix::fs::symlink(PathBuf::from(target), place)?)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

    use std::io::Write as _;

    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::*;

    fn archive(write: impl FnOnce(&mut ZipWriter<Cursor<Vec<u8>>>)) -> Vec<u8> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        write(&mut zip);
        zip.finish().unwrap().into_inner()
    }

    fn file(zip: &mut ZipWriter<Cursor<Vec<u8>>>, name: &str, mode: u32, content: &[u8]) {
        zip.start_file(name, SimpleFileOptions::default().unix_permissions(mode)).unwrap();
        zip.write_all(content).unwrap();
    }

    #[test]
    fn files_keep_their_place_and_whether_they_are_executable() {
        let folder = tempfile::tempdir().unwrap();
        let zip = archive(|zip| {
            file(zip, "bootstrap", 0o777, b"#!");
            file(zip, "a/b.py", 0o600, b"pass");
            zip.add_symlink("a/c.py", "b.py", SimpleFileOptions::default()).unwrap();
        });
        assert_eq!(unpack(&zip, folder.path(), 100).unwrap(), 6);
        let mode =
            |name: &str| fs::metadata(folder.path().join(name)).unwrap().permissions().mode();
        assert_eq!(mode("bootstrap") & 0o7777, 0o755);
        assert_eq!(mode("a/b.py") & 0o7777, 0o644);
        assert_eq!(fs::read(folder.path().join("a/c.py")).unwrap(), b"pass");
    }

    #[test]
    fn a_later_archive_replaces_what_an_earlier_one_brought() {
        let folder = tempfile::tempdir().unwrap();
        unpack(&archive(|zip| file(zip, "x", 0o644, b"one")), folder.path(), 10).unwrap();
        unpack(&archive(|zip| file(zip, "x", 0o644, b"two")), folder.path(), 10).unwrap();
        assert_eq!(fs::read(folder.path().join("x")).unwrap(), b"two");
    }

    #[test]
    fn a_link_out_of_the_folder_is_refused() {
        for target in ["/etc/passwd", "../../x", "../a/../../x"] {
            let folder = tempfile::tempdir().unwrap();
            let zip = archive(|zip| {
                zip.add_symlink("a/link", target, SimpleFileOptions::default()).unwrap();
            });
            assert!(matches!(unpack(&zip, folder.path(), 10), Err(Refused::Astray(_))), "{target}");
        }
    }

    #[test]
    fn nothing_is_written_beyond_what_was_agreed() {
        let folder = tempfile::tempdir().unwrap();
        let zip = archive(|zip| file(zip, "zeros", 0o644, &[0; 100_000]));
        assert!(matches!(unpack(&zip, folder.path(), 99_999), Err(Refused::TooLarge(99_999))));
    }
}
