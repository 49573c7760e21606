//! The certificate that connections are shown, and how its renewal is noticed.
//!
//! The files are looked at every few seconds. Whoever renews them writes two, one after the other, so a
//! pair that cannot be used is nothing unusual for a moment: the one in use stays until there is a better.

use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwap;
use strongroom_api::Timestamp;
use tokio_rustls::TlsAcceptor;

use crate::clock::Clock;
use crate::failure::Failure;
use crate::tls::{Files, Pair};

/// The certificate that connections are shown.
pub struct Certificate {
    files: Files,
    clock: Arc<dyn Clock>,
    shown: ArcSwap<Pair>,
    seen: Mutex<Seen>,
}

/// How often the files are looked at. Nobody sees the old certificate for long after a renewal.
const LOOK: Duration = Duration::from_secs(5);

/// What was found when the files were last looked at.
struct Seen {
    stamps: [Option<Stamp>; 2],
    /// Why they could not be used, if they could not.
    complaint: Option<Failure>,
}

/// What changes when a file is written, or another one is put in its place.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Stamp {
    file: (u64, u64),
    written: (i64, i64),
    changed: (i64, i64),
    bytes: u64,
}

impl Certificate {
    /// The certificate in `files`.
    ///
    /// # Errors
    /// For the operator: files that cannot be read or do not belong together.
    pub fn new(files: Files, clock: Arc<dyn Clock>) -> Result<Self, Failure> {
        let stamps = stamps(&files);
        let shown = ArcSwap::from_pointee(files.read()?);
        Ok(Self { files, clock, shown, seen: Mutex::new(Seen { stamps, complaint: None }) })
    }

    /// Speaks TLS with the certificate as it is now.
    #[must_use]
    pub fn acceptor(&self) -> TlsAcceptor {
        self.shown.load().acceptor.clone()
    }

    /// Until when the certificate in use is good.
    #[must_use]
    pub fn ends(&self) -> Timestamp {
        self.shown.load().ends
    }

    /// The names and addresses that the certificate in use is for.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        self.shown.load().names.clone()
    }

    /// Looks at the files every few seconds. Never returns.
    pub async fn follow(self: Arc<Self>) {
        let mut looks = tokio::time::interval(LOOK);
        looks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            looks.tick().await;
            let certificate = Arc::clone(&self);
            // The files may be on a slow disk, or one of the network.
            if let Err(error) = tokio::task::spawn_blocking(move || certificate.look()).await {
                tracing::error!("the certificate could not be looked at: {error}");
            }
        }
    }

    /// Reads the files if they have changed, or could not be used before.
    pub fn look(&self) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        // Before reading: what is written in between shows next time.
        let stamps = stamps(&self.files);
        if stamps != seen.stamps || seen.complaint.is_some() {
            self.read(&mut seen, false);
            seen.stamps = stamps;
        }
    }

    /// Reads the files, because the operator asks for it.
    pub fn read_again(&self) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let stamps = stamps(&self.files);
        self.read(&mut seen, true);
        seen.stamps = stamps;
    }

    fn read(&self, seen: &mut Seen, is_asked: bool) {
        let path = self.files.certificate.display();
        match self.fit() {
            Ok(pair) => {
                let ends = pair.ends.iso8601();
                // One that is the same would only cost clients their sessions.
                if pair.chain != self.shown.load().chain {
                    self.shown.store(Arc::new(pair));
                    tracing::info!(%ends, "new connections are shown the new certificate {path}");
                } else if is_asked || seen.complaint.is_some() {
                    tracing::info!(%ends, "the certificate {path} is in use already");
                }
                seen.complaint = None;
            }
            Err(failure) => {
                // Once for each reason, or a file that stays broken fills the log.
                if is_asked || seen.complaint.as_ref() != Some(&failure) {
                    tracing::warn!(
                        in_use_until = %self.ends().iso8601(),
                        "the certificate in use stays, the new one is refused: {}; {}",
                        failure.message(),
                        failure.advice().unwrap_or_default(),
                    );
                }
                seen.complaint = Some(failure);
            }
        }
    }

    /// The pair in the files, unless the one in use is better.
    fn fit(&self) -> Result<Pair, Failure> {
        let pair = self.files.read()?;
        if pair.ends <= self.clock.now() && pair.ends < self.ends() {
            let path = self.files.certificate.display();
            return Err(Failure::new(format!("{path} ended at {}", pair.ends.iso8601()))
                .hint("put a certificate in its place that is still good"));
        }
        Ok(pair)
    }
}

fn stamps(files: &Files) -> [Option<Stamp>; 2] {
    [&files.certificate, &files.key].map(|path| stamp(path))
}

/// Symbolic links are followed, since some renew by turning them to another folder.
fn stamp(path: &Path) -> Option<Stamp> {
    let file = std::fs::metadata(path).ok()?;
    Some(Stamp {
        file: (file.dev(), file.ino()),
        written: (file.mtime(), file.mtime_nsec()),
        changed: (file.ctime(), file.ctime_nsec()),
        bytes: file.size(),
    })
}

#[cfg(test)]
mod tests;
