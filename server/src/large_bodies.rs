//! Room for bodies that are larger than usual, as long as nobody knows whose they are.
//!
//! A few operations take bodies of many megabytes, and a body is read before its signature can be
//! checked. So that strangers cannot fill the memory with them, all large bodies of unknown senders
//! together get a bounded room; further ones wait.

use tokio::sync::{Semaphore, SemaphorePermit};

use strongroom_api::Error;

use crate::limits::Limits;

/// The room.
#[derive(Debug)]
pub struct LargeBodies {
    mebibytes: Semaphore,
}

/// Room for several of the largest.
const MEBIBYTES: usize = 256;
const MEBIBYTE: u64 = 1 << 20;

impl Default for LargeBodies {
    fn default() -> Self {
        Self { mebibytes: Semaphore::new(MEBIBYTES) }
    }
}

impl LargeBodies {
    /// Room for a body of at most `announced` bytes (if it says so) where `most` are taken; none for a
    /// body that every operation takes.
    ///
    /// # Errors
    /// `ThrottlingException` when there is no room for as long as a body may take.
    pub async fn room(
        &self,
        announced: Option<u64>,
        most: usize,
        limits: &Limits,
    ) -> Result<Option<SemaphorePermit<'_>>, Error> {
        let bytes = announced.unwrap_or(most as u64).min(most as u64);
        if bytes <= limits.body_bytes as u64 {
            return Ok(None);
        }
        let wanted = bytes.div_ceil(MEBIBYTE).min(MEBIBYTES as u64) as u32;
        let waiting = self.mebibytes.acquire_many(wanted);
        match tokio::time::timeout(limits.body_patience, waiting).await {
            Ok(room) => Ok(room.ok()),
            Err(_) => Err(Error::throttling()),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn large_bodies_share_a_bounded_room_and_small_ones_need_none() {
        let (bodies, limits) = (LargeBodies::default(), Limits::default());
        let most = 200 << 20;
        assert!(bodies.room(Some(1_000), most, &limits).await.unwrap().is_none());
        let first = bodies.room(Some(200 << 20), most, &limits).await.unwrap();
        assert!(first.is_some());
        assert!(bodies.room(None, most, &limits).await.is_err());
        drop(first);
        assert!(bodies.room(None, most, &limits).await.unwrap().is_some());
    }
}
