//! The unpacked code of functions: one folder for each version in use.

use std::collections::HashMap;
use std::fs;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Weak};

use strongroom_api::{Entropy, Error};
use strongroom_lambda::runner::{Launch, NotRun, Supply};
use strongroom_sandbox::wall::Wall;
use strongroom_sandbox::{Folder, archive};
use tokio::sync::Mutex;

use super::interpreters::{Kind, NODE_CLIENT, PYTHON_CLIENT};
use super::{FunctionSettings, log};

/// The folders.
pub struct Folders {
    parent: PathBuf,
    state: Mutex<State>,
    users: AtomicU32,
}

#[derive(Default)]
struct State {
    /// Ours, under the parent; made when it is first needed.
    own: Option<PathBuf>,
    known: HashMap<String, Weak<Folder>>,
}

/// AWS's limit on what function and layers unpack to.
const MOST_BYTES: u64 = 262_144_000;
/// Users that no machine has accounts for.
const FIRST_USER: u32 = 1_879_048_192;
const USERS: u32 = 65_536;

impl Folders {
    /// None yet.
    #[must_use]
    pub fn new(settings: &FunctionSettings) -> Self {
        let users = AtomicU32::new(0);
        Self { parent: settings.folder.clone(), state: Mutex::default(), users }
    }

    /// The folder of a version, unpacked if nobody uses it already.
    ///
    /// # Errors
    /// The archive cannot be had or unpacked.
    pub async fn of(
        &self,
        launch: &Launch,
        supply: &dyn Supply,
        wall: &Wall,
        entropy: &dyn Entropy,
        kind: Kind,
    ) -> Result<Arc<Folder>, NotRun> {
        // Held while unpacking, so that the same code is not unpacked twice at once.
        let mut state = self.state.lock().await;
        if let Some(folder) = state.known.get(&launch.key).and_then(Weak::upgrade) {
            return Ok(folder);
        }
        state.known.retain(|_, folder| folder.strong_count() > 0);
        let own = state.own_folder(&self.parent, entropy).map_err(unwritable)?;
        let mut archives = Vec::new();
        if !launch.is_built_in {
            archives = supply.layers().await.map_err(NotRun::Failed)?;
            archives.push(supply.code().await.map_err(NotRun::Failed)?);
        }
        let user = wall
            .has_users()
            .then(|| FIRST_USER + self.users.fetch_add(1, Ordering::Relaxed) % USERS);
        let path = own.join(log::digits(entropy));
        let unpacking = tokio::task::spawn_blocking(move || unpack(path, user, &archives, kind));
        let folder = unpacking.await.map_err(|cause| NotRun::Failed(Error::internal(cause)))??;
        let folder = Arc::new(folder);
        state.known.insert(launch.key.clone(), Arc::downgrade(&folder));
        Ok(folder)
    }

    /// Removes our folder, with whatever is left in it.
    pub async fn close(&self) {
        if let Some(own) = self.state.lock().await.own.take() {
            // Instances that are still at work keep theirs until they end.
            let _not_empty = fs::remove_dir(own);
        }
    }
}

impl State {
    fn own_folder(&mut self, parent: &Path, entropy: &dyn Entropy) -> std::io::Result<PathBuf> {
        if let Some(own) = &self.own {
            return Ok(own.clone());
        }
        fs::create_dir_all(parent)?;
        let own = parent.join(format!("strongroom-functions-{}", log::digits(entropy)));
        fs::DirBuilder::new().mode(0o700).create(&own)?;
        self.own = Some(own.clone());
        Ok(own)
    }
}

fn unpack(
    path: PathBuf,
    user: Option<u32>,
    archives: &[Vec<u8>],
    kind: Kind,
) -> Result<Folder, NotRun> {
    let folder = Folder::create(path, user).map_err(unwritable)?;
    let mut left = MOST_BYTES;
    for (place, archive) in archives.iter().enumerate() {
        let is_code = place + 1 == archives.len();
        let to = if is_code { folder.task() } else { folder.opt() };
        let unpacked = archive::unpack(archive, &to, left);
        left -= unpacked.map_err(|refused| NotRun::BadArchive(refused.to_string()))?.min(left);
    }
    let client = match kind {
        Kind::Python => PYTHON_CLIENT,
        Kind::Node => NODE_CLIENT,
        Kind::Provided => return Ok(folder),
    };
    fs::write(folder.runtime().join(client.0), client.1).map_err(unwritable)?;
    Ok(folder)
}

fn unwritable(cause: std::io::Error) -> NotRun {
    NotRun::Failed(Error::internal(cause))
}
