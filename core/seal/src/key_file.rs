//! A key file: 32 random bytes that only their owner may read.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

use zeroize::Zeroizing;

use crate::{Entropy, SealError};

/// The contents of a key file: 32 random bytes, wiped when dropped.
pub struct KeyFile {
    pub(crate) bytes: Zeroizing<[u8; 32]>,
}

impl KeyFile {
    /// Creates the file, mode 0600, with a new key, and returns once both are on disk.
    ///
    /// A file that exists already is left alone and is an error.
    pub fn create(path: &Path, entropy: &dyn Entropy) -> Result<Self, SealError> {
        let mut bytes = Zeroizing::new([0; 32]);
        entropy.fill(&mut *bytes);
        write_new(path, &*bytes).map_err(|source| SealError::File {
            action: "create",
            path: path.into(),
            source,
        })?;
        Ok(Self { bytes })
    }

    /// Reads the file; refuses one that its group or others may read or write.
    pub fn read(path: &Path) -> Result<Self, SealError> {
        let failed = |source| SealError::File { action: "read", path: path.into(), source };
        let file = File::open(path).map_err(failed)?;
        // Asked of the open file, not of the path, which may name another one by now.
        let mode = file.metadata().map_err(failed)?.permissions().mode() & 0o777;
        if mode & 0o077 != 0 {
            return Err(SealError::ExposedKeyFile { path: path.into(), mode });
        }
        let mut content = Zeroizing::new(Vec::with_capacity(33));
        file.take(33).read_to_end(&mut content).map_err(failed)?;
        let bytes = <[u8; 32]>::try_from(content.as_slice()).map_err(|_| {
            let reason = "it must hold exactly 32 bytes".to_owned();
            SealError::UnusableKey { what: format!("key file {}", path.display()), reason }
        })?;
        Ok(Self { bytes: Zeroizing::new(bytes) })
    }
}

fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    // Without this the name may be gone after a power loss while data sealed with it is not.
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt;

    use super::KeyFile;
    use crate::{SealError, SystemEntropy};

    #[test]
    fn a_created_key_file_is_private_and_reads_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("root.key");
        let created = KeyFile::create(&path, &SystemEntropy).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(*KeyFile::read(&path).unwrap().bytes, *created.bytes);
    }

    #[test]
    fn an_existing_file_is_never_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("root.key");
        fs::write(&path, "precious").unwrap();
        assert!(matches!(KeyFile::create(&path, &SystemEntropy), Err(SealError::File { .. })));
        assert_eq!(fs::read(&path).unwrap(), b"precious");
    }

    #[test]
    fn a_key_file_that_others_may_read_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("root.key");
        KeyFile::create(&path, &SystemEntropy).unwrap();
        for mode in [0o640, 0o604, 0o620, 0o666] {
            fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
            let refused = KeyFile::read(&path);
            assert!(matches!(refused, Err(SealError::ExposedKeyFile { mode: m, .. }) if m == mode));
        }
    }

    #[test]
    fn a_key_file_of_another_length_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("root.key");
        for length in [0, 31, 33, 5000] {
            fs::write(&path, vec![7; length]).unwrap();
            fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
            assert!(matches!(KeyFile::read(&path), Err(SealError::UnusableKey { .. })));
        }
    }
}
