//! The files of the repository, read once.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::complaint::Complaint;

/// Folders that hold what was built, fetched or found, and nothing that was written.
const NOT_OURS: &[&str] =
    &["target", "node_modules", "__pycache__", "artifacts", "corpus", "strongroom-data"];

/// A folder with the repository in it.
pub struct Repository {
    root: PathBuf,
}

impl Repository {
    /// The one that this program was built from.
    pub fn of_this_build() -> Self {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        Self { root: here.parent().unwrap_or(here).to_owned() }
    }

    /// The one at `root`.
    #[cfg(test)]
    pub fn at(root: &Path) -> Self {
        Self { root: root.to_owned() }
    }

    /// A place in it.
    pub fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    /// The text of a file.
    ///
    /// # Errors
    /// When there is none.
    pub fn read(&self, relative: &str) -> Result<String, Complaint> {
        fs::read_to_string(self.path(relative))
            .map_err(|cause| Complaint::new(relative, format!("cannot be read: {cause}")))
    }

    /// Writes a file, and the folders above it.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn write(&self, relative: &str, text: &str) -> Result<(), Complaint> {
        let path = self.path(relative);
        let folder = path.parent().unwrap_or(&self.root);
        fs::create_dir_all(folder)
            .and_then(|()| fs::write(&path, text))
            .map_err(|cause| Complaint::new(relative, format!("cannot be written: {cause}")))
    }

    /// Every text file whose name ends with `ending`, by its path from the root.
    pub fn texts(&self, ending: &str) -> BTreeMap<String, String> {
        let mut found = BTreeMap::new();
        self.gather(&self.root, ending, &mut found);
        found
    }

    fn gather(&self, folder: &Path, ending: &str, found: &mut BTreeMap<String, String>) {
        let Ok(entries) = fs::read_dir(folder) else { return };
        for entry in entries.flatten() {
            let path = entry.path();
            let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
            let Ok(kind) = entry.file_type() else { continue };
            if kind.is_dir() {
                if !name.starts_with('.') && !NOT_OURS.contains(&name) {
                    self.gather(&path, ending, found);
                }
            } else if name.ends_with(ending)
                && let Ok(text) = fs::read_to_string(&path)
            {
                let relative = path.strip_prefix(&self.root).unwrap_or(&path);
                found.insert(relative.to_string_lossy().replace('\\', "/"), text);
            }
        }
    }
}
