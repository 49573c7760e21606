//! The index: blocks, and the latest records in memory.

use std::fs;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use crate::block::{self, Block};
use crate::error::{IndexError, failed};
use crate::live::Live;

/// Which records are looked for.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'w> {
    /// Records that have any of these terms.
    pub terms: &'w [u64],
    /// Records before this one.
    pub before: u64,
    /// Records not made earlier, in seconds since the epoch.
    pub from: i64,
    /// Records not made later.
    pub to: i64,
}

impl Wanted<'_> {
    pub(crate) fn covers(&self, seconds: i64) -> bool {
        (self.from..=self.to).contains(&seconds)
    }
}

/// An index of the trail. One adds to it; any number search it meanwhile.
#[derive(Debug)]
pub struct Index {
    /// Where blocks are kept, unless in memory.
    folder: Option<PathBuf>,
    /// How many blocks are kept; the oldest go.
    most_blocks: usize,
    state: RwLock<State>,
}

#[derive(Debug)]
struct State {
    blocks: Vec<Arc<Block>>,
    live: Live,
}

impl Index {
    /// The index in `folder`, which is made if it is not there. It goes on after the last block that
    /// follows on those before it; blocks that cannot be read are deleted with all later ones.
    ///
    /// # Errors
    /// The folder cannot be read or written.
    pub fn open(folder: &Path) -> Result<Self, IndexError> {
        let mut builder = fs::DirBuilder::new();
        let made = builder.recursive(true).mode(0o700).create(folder);
        made.map_err(failed("create", folder))?;
        let mut blocks: Vec<Arc<Block>> = Vec::new();
        let mut is_broken = false;
        for path in block::list(folder).map_err(failed("read", folder))? {
            let opened = if is_broken { None } else { Block::open(path.clone()).ok() };
            let follows = |next: &Block| blocks.last().is_none_or(|last| last.next() == next.first);
            match opened.filter(|next| follows(next)) {
                Some(next) => blocks.push(Arc::new(next)),
                None => {
                    is_broken = true;
                    fs::remove_file(&path).map_err(failed("delete", &path))?;
                }
            }
        }
        let next = blocks.last().map_or(1, |last| last.next());
        let state = State { blocks, live: Live::beginning_with(next) };
        Ok(Self { folder: Some(folder.into()), most_blocks: usize::MAX, state: RwLock::new(state) })
    }

    /// An index that keeps the latest records in memory and nothing else.
    #[must_use]
    pub fn in_memory(most_blocks: usize) -> Self {
        let state = State { blocks: Vec::new(), live: Live::beginning_with(1) };
        Self { folder: None, most_blocks, state: RwLock::new(state) }
    }

    /// The record to add next.
    #[must_use]
    pub fn next(&self) -> u64 {
        self.read().live.next()
    }

    /// Adds the record `sequence`, made at `seconds` since the epoch.
    ///
    /// # Errors
    /// It is not the next one, or a full block cannot be written; then nothing has changed.
    pub fn add(&self, sequence: u64, seconds: i64, terms: &[u64]) -> Result<(), IndexError> {
        let mut state = self.write();
        if sequence != state.live.next() {
            let expected = state.live.next();
            return Err(IndexError::OutOfOrder { expected, found: sequence });
        }
        if state.live.is_full() {
            self.finish_block(&mut state)?;
        }
        state.live.push(seconds, terms);
        Ok(())
    }

    /// The sequence numbers of the newest `limit` wanted records, newest first.
    ///
    /// # Errors
    /// A block cannot be read.
    pub fn newest(&self, wanted: &Wanted<'_>, limit: usize) -> Result<Vec<u64>, IndexError> {
        let mut found = Vec::new();
        let blocks = {
            let state = self.read();
            state.live.find(wanted, limit, &mut found);
            state.blocks.clone()
        };
        for block in blocks.iter().rev() {
            if found.len() >= limit {
                break;
            }
            block.find(wanted, limit, &mut found)?;
        }
        Ok(found)
    }

    /// Forgets blocks that are wholly before record `sequence`, because the trail did.
    ///
    /// # Errors
    /// A file cannot be deleted.
    pub fn forget_before(&self, sequence: u64) -> Result<(), IndexError> {
        let mut state = self.write();
        let gone = state.blocks.iter().take_while(|block| block.next() <= sequence).count();
        let gone: Vec<_> = state.blocks.drain(..gone).collect();
        gone.iter().try_for_each(|block| block.delete())
    }

    /// Begins anew with record `sequence`, forgetting everything.
    ///
    /// # Errors
    /// A file cannot be deleted.
    pub fn restart_at(&self, sequence: u64) -> Result<(), IndexError> {
        let mut state = self.write();
        let gone = std::mem::take(&mut state.blocks);
        state.live = Live::beginning_with(sequence);
        gone.iter().try_for_each(|block| block.delete())
    }

    fn finish_block(&self, state: &mut State) -> Result<(), IndexError> {
        let next = state.live.next();
        let block = match &self.folder {
            Some(folder) => Block::in_folder(folder, &state.live)?,
            None => Block::in_memory(&state.live).map_err(failed("make", Path::new("memory")))?,
        };
        state.blocks.push(Arc::new(block));
        if state.blocks.len() > self.most_blocks {
            state.blocks.remove(0);
        }
        state.live = Live::beginning_with(next);
        Ok(())
    }

    fn read(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, State> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }
}
