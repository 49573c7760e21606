//! The folder that everything is kept in.

use std::path::{Path, PathBuf};

/// The folder that everything is kept in, and the places within it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataDirectory(PathBuf);

impl DataDirectory {
    /// The folder at `path`, which need not exist yet.
    #[must_use]
    pub fn new(path: PathBuf) -> Self {
        Self(path)
    }

    /// The folder itself.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Which keys open the data; not secret.
    #[must_use]
    pub fn seal(&self) -> PathBuf {
        self.0.join("seal.json")
    }

    /// The store.
    #[must_use]
    pub fn store(&self) -> PathBuf {
        self.0.join("store.db")
    }

    /// The trail.
    #[must_use]
    pub fn trail(&self) -> PathBuf {
        self.0.join("trail")
    }

    /// By which records of the trail are found; within its folder, since it is nothing without it.
    #[must_use]
    pub fn trail_index(&self) -> PathBuf {
        self.trail().join("index")
    }

    /// Access keys that the server made, in AWS's shared-credentials format.
    #[must_use]
    pub fn credentials(&self) -> PathBuf {
        self.0.join("credentials")
    }

    /// Certificates of our own making.
    #[must_use]
    pub fn tls(&self) -> PathBuf {
        self.0.join("tls")
    }

    /// Where a running server takes orders.
    #[must_use]
    pub fn admin_socket(&self) -> PathBuf {
        self.0.join("admin.sock")
    }

    /// The key file that is taken if none is named. It lies beside the folder, not within, so that a
    /// copy of the folder is of no use to whoever gets it.
    #[must_use]
    pub fn key_file(&self) -> PathBuf {
        let mut name = self.0.components().as_path().as_os_str().to_owned();
        name.push(".key");
        name.into()
    }

    /// Whether there is nothing of ours in it yet.
    #[must_use]
    pub fn is_fresh(&self) -> bool {
        !self.seal().exists()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_lies_beside_the_data() {
        let data = DataDirectory::new("/srv/data/".into());
        assert_eq!(data.key_file(), Path::new("/srv/data.key"));
        assert_eq!(data.store(), Path::new("/srv/data/store.db"));
    }
}
