//! A lease: who may run a job, for how long, and the fence that keeps out whoever lost it.

use crate::{CommitError, Compare, Entry, Revision, Store, StoreError, Transaction};

/// The right to do something alone until it runs out.
///
/// Clocks differ and processes stall, so a lease alone never proves that its holder is alone. The
/// [fence](Lease::fence) does: put it into every transaction that the lease stands for, and a holder
/// whose lease was taken over or released gets `Conflict` instead of writing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    key: String,
    holder: String,
    revision: Revision,
    expires_ms: i64,
}

impl Lease {
    /// Takes the lease `name` for `holder` unless someone else has it; `None` if so.
    ///
    /// `now_ms` and the moment it runs out, `now_ms + ttl_ms`, are milliseconds since 1970. A holder
    /// is one run of one process; it may take its own lease again, which voids the older fence.
    ///
    /// # Errors
    /// Whatever the store says; a lease that cannot be read is [`StoreError::Damaged`].
    pub async fn acquire(
        store: &dyn Store,
        name: &str,
        holder: &str,
        now_ms: i64,
        ttl_ms: i64,
    ) -> Result<Option<Self>, StoreError> {
        let key = format!("leases/{name}");
        let found = store.get(&key).await?;
        if let Some(entry) = &found {
            let (expires_ms, other) = read(entry)?;
            if other != holder && now_ms < expires_ms {
                return Ok(None);
            }
        }
        let revision = found.map_or(0, |entry| entry.revision);
        let mut lease = Self { key, holder: holder.into(), revision, expires_ms: 0 };
        Ok(lease.renew(store, now_ms, ttl_ms).await?.then_some(lease))
    }

    /// Extends it to `now_ms + ttl_ms`; `false` if it was lost. The fence changes.
    ///
    /// # Errors
    /// Whatever the store says; the lease may be lost then, so acquire it anew.
    pub async fn renew(
        &mut self,
        store: &dyn Store,
        now_ms: i64,
        ttl_ms: i64,
    ) -> Result<bool, StoreError> {
        let expires_ms = now_ms.saturating_add(ttl_ms);
        let write = self.guarded().put(&self.key, written(expires_ms, &self.holder));
        match store.commit(write).await {
            Ok(revision) => {
                self.revision = revision;
                self.expires_ms = expires_ms;
                Ok(true)
            }
            Err(CommitError::Conflict) => Ok(false),
            Err(CommitError::Store(error)) => Err(error),
        }
    }

    /// Gives it back, so that the next one need not wait. Fine if it was lost.
    ///
    /// # Errors
    /// Whatever the store says.
    pub async fn release(self, store: &dyn Store) -> Result<(), StoreError> {
        match store.commit(self.guarded().delete(&self.key)).await {
            Ok(_) | Err(CommitError::Conflict) => Ok(()),
            Err(CommitError::Store(error)) => Err(error),
        }
    }

    /// What must hold for a transaction to be this holder's.
    pub fn fence(&self) -> Compare {
        Compare { key: self.key.clone(), revision: self.revision }
    }

    /// When it runs out, in milliseconds since 1970.
    pub fn expires_ms(&self) -> i64 {
        self.expires_ms
    }

    fn guarded(&self) -> Transaction {
        Transaction { compare: vec![self.fence()], writes: Vec::new() }
    }
}

/// Version, expiry, holder and checksum, one a line.
fn written(expires_ms: i64, holder: &str) -> String {
    let text = format!("1\n{expires_ms}\n{holder}\n");
    format!("{text}{:016x}", checksum(&text))
}

fn read(entry: &Entry) -> Result<(i64, &str), StoreError> {
    parse(&entry.value).ok_or_else(|| StoreError::Damaged { what: format!("record {}", entry.key) })
}

fn parse(value: &[u8]) -> Option<(i64, &str)> {
    let (text, sum) = std::str::from_utf8(value).ok()?.rsplit_once('\n')?;
    let (expires_ms, holder) = text.strip_prefix("1\n")?.split_once('\n')?;
    let expires_ms = expires_ms.parse().ok()?;
    // Nothing seals a lease, so a flipped bit must show in another way.
    (sum == format!("{:016x}", checksum(&format!("{text}\n")))).then_some((expires_ms, holder))
}

/// FNV-1a.
fn checksum(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |sum, byte| {
        (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::{parse, written};

    #[test]
    fn a_lease_reads_back_as_it_was_written() {
        let value = written(-5, "node a\nrun 2");
        assert_eq!(parse(value.as_bytes()), Some((-5, "node a\nrun 2")));
    }

    #[test]
    fn a_lease_with_any_bit_flipped_is_damaged() {
        let value = written(1_700_000_000_000, "node").into_bytes();
        for bit in 0..value.len() * 8 {
            let mut flipped = value.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(parse(&flipped), None, "bit {bit}");
        }
    }
}
