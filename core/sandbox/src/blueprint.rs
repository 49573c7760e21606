//! What an instance is started from.

use std::any::Any;
use std::fs;
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// Takes lines as they are written, each with its time in milliseconds since the epoch.
pub type Sink = Arc<dyn Fn(Vec<(i64, String)>) + Send + Sync>;

/// Says what time it is, in microseconds since the epoch.
pub type Clock = Arc<dyn Fn() -> i64 + Send + Sync>;

/// Everything that an instance needs.
#[derive(Clone)]
pub struct Blueprint {
    /// The name of the function, for messages.
    pub name: String,
    /// `$LATEST` or a number.
    pub version: String,
    /// The program and its arguments, as the instance sees them.
    pub command: Vec<String>,
    /// Its whole environment, but for the address of the Runtime API.
    pub environment: Vec<(String, String)>,
    /// Its code.
    pub folder: Arc<Folder>,
    /// Further paths of the machine that it sees, read-only and under their own names.
    pub shown: Vec<PathBuf>,
    /// Files of the machine that it sees under other names.
    pub lent: Vec<(PathBuf, String)>,
    /// Memory in mebibytes.
    pub memory_mib: u32,
    /// The size of `/tmp` in mebibytes.
    pub ephemeral_mib: u32,
    /// How long one event may take.
    pub timeout: Duration,
    /// Until when it may be handed events, in microseconds since the epoch.
    pub expires_micros: i64,
    /// Where its output goes.
    pub sink: Sink,
    /// What has to live for as long as it does.
    pub companion: Option<Arc<dyn Any + Send + Sync>>,
}

/// A folder with the code of one version of a function: `task`, `opt` and `runtime`. It is gone with
/// whoever uses it last.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    /// The user and group that instances run as; ours if we cannot choose.
    pub user: Option<u32>,
}

impl Folder {
    /// Makes a folder at `path`, which nobody else knows, for instances that run as `user`.
    ///
    /// # Errors
    /// The file system's.
    pub fn create(path: PathBuf, user: Option<u32>) -> io::Result<Self> {
        fs::DirBuilder::new().mode(0o700).create(&path)?;
        let folder = Self { path, user };
        for part in [folder.task(), folder.opt(), folder.runtime()] {
            fs::DirBuilder::new().mode(0o755).create(part)?;
        }
        Ok(folder)
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The code.
    #[must_use]
    pub fn task(&self) -> PathBuf {
        self.path.join("task")
    }

    /// What layers brought.
    #[must_use]
    pub fn opt(&self) -> PathBuf {
        self.path.join("opt")
    }

    /// What the runtime brings.
    #[must_use]
    pub fn runtime(&self) -> PathBuf {
        self.path.join("runtime")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if let Err(cause) = fs::remove_dir_all(&self.path) {
            tracing::warn!(path = %self.path.display(), "a function's folder stays behind: {cause}");
        }
    }
}
