//! Files that live in memory only and are gone with whoever made them.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER;
use strongroom_client::Machine;

use crate::disk::of_file;
use crate::failure::Failure;

/// A folder of our own on a file system in memory; removed when dropped.
pub(super) struct Files {
    folder: PathBuf,
}

impl Files {
    /// Makes a folder below `wanted`, or where this system keeps files in memory.
    pub(super) fn open(wanted: Option<&Path>, machine: &dyn Machine) -> Result<Self, Failure> {
        let mounts = fs::read_to_string("/proc/self/mounts").unwrap_or_default();
        let usual = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from).into_iter();
        let usual = usual.chain(["/dev/shm".into(), "/run".into()]);
        let mut places: Box<dyn Iterator<Item = PathBuf>> = match wanted {
            Some(place) => Box::new([place.to_owned()].into_iter()),
            None => Box::new(usual),
        };
        let place = places.find(|place| place.is_dir() && is_in_memory(&mounts, place));
        let place = place.ok_or_else(|| {
            Failure::new("there is no folder on a file system in memory")
                .hint("mount a tmpfs and name it with --files-in")
        })?;
        let mut bytes = [0; 8];
        machine.fill(&mut bytes)?;
        let folder = place.join(format!("strongroom-{}", HEXLOWER.encode(&bytes)));
        let made = fs::DirBuilder::new().mode(0o700).create(&folder);
        made.map_err(|cause| of_file("create", &folder, &cause))?;
        Ok(Self { folder })
    }

    /// Where they are.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Writes a file; who reads it sees the old or the new content, whole.
    pub(super) fn write(&self, name: &str, content: &[u8]) -> Result<PathBuf, Failure> {
        let path = self.folder.join(name);
        let beside = self.folder.join(format!(".{name}.new"));
        let mut options = fs::OpenOptions::new();
        let file = options.write(true).create(true).truncate(true).mode(0o600).open(&beside);
        file.and_then(|mut file| file.write_all(content))
            .and_then(|()| fs::rename(&beside, &path))
            .map_err(|cause| of_file("write", &path, &cause))?;
        Ok(path)
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        let _gone = fs::remove_dir_all(&self.folder);
    }
}

/// Whether the mount that holds `place` is a tmpfs or ramfs.
fn is_in_memory(mounts: &str, place: &Path) -> bool {
    let place = fs::canonicalize(place).unwrap_or_else(|_| place.to_owned());
    let held = mounts.lines().filter_map(|line| {
        let mut words = line.split(' ').skip(1);
        Some((words.next()?, words.next()?))
    });
    let nearest =
        held.filter(|(folder, _)| place.starts_with(folder)).max_by_key(|(folder, _)| folder.len());
    nearest.is_some_and(|(_, kind)| matches!(kind, "tmpfs" | "ramfs"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

    use std::os::unix::fs::PermissionsExt as _;

    use strongroom_client::ThisMachine;

    use super::*;

    #[test]
    fn the_nearest_mount_decides() {
        let mounts =
            "overlay / overlay rw 0 0\ntmpfs /dev tmpfs rw 0 0\next4 /dev/disk ext4 rw 0 0\n";
        assert!(is_in_memory(mounts, Path::new("/dev/nowhere")));
        assert!(!is_in_memory(mounts, Path::new("/dev/disk/x")));
        assert!(!is_in_memory(mounts, Path::new("/home")));
    }

    #[test]
    fn files_are_private_replaced_whole_and_gone_in_the_end() {
        let Ok(files) = Files::open(None, &ThisMachine) else { return };
        let path = files.write("TOKEN", b"one").unwrap();
        files.write("TOKEN", b"two").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        drop(files);
        assert!(!path.exists());
    }
}
