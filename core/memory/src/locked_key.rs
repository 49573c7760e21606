//! Thirty-two bytes in a page of their own: locked, kept out of core dumps, wiped when dropped.
#![allow(unsafe_code)]

use std::{io, ptr::NonNull, slice};

use zeroize::Zeroize;

/// A 256-bit key in memory that is not swapped out, not dumped and not shared with a forked child.
///
/// It has no `Debug`, `Display`, `Clone` or serialization on purpose.
pub struct LockedKey {
    page: NonNull<u8>,
    locked: bool,
}

// SAFETY: the page belongs to this value alone and is not written after construction, except by
// `drop`, which has exclusive access.
unsafe impl Send for LockedKey {}
// SAFETY: as above; shared access only reads.
unsafe impl Sync for LockedKey {}

impl LockedKey {
    /// The length of the key in bytes.
    pub const LEN: usize = 32;
    /// What is mapped; the kernel rounds it up to whole pages by itself.
    const MAPPED: usize = 4096;

    /// A fresh page that `write` fills in place, so that the key never lies anywhere else.
    ///
    /// Fails only when no memory can be mapped. Whether the kernel also agreed to lock it and to
    /// leave it out of core dumps is told by [`is_locked`](Self::is_locked).
    pub fn new(write: impl FnOnce(&mut [u8; 32])) -> io::Result<Self> {
        let mut key = Self::mapped()?;
        write(key.bytes_mut());
        Ok(key)
    }

    /// The key.
    pub fn bytes(&self) -> &[u8; 32] {
        // SAFETY: the page is mapped, zero-filled from the start, longer than 32 bytes, and lives
        // as long as `self`; a byte array has no alignment.
        unsafe { self.page.cast::<[u8; 32]>().as_ref() }
    }

    /// Whether the page is locked into memory; `RLIMIT_MEMLOCK` may forbid it.
    pub fn is_locked(&self) -> bool {
        self.locked
    }

    fn mapped() -> io::Result<Self> {
        let protection = libc::PROT_READ | libc::PROT_WRITE;
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
        // SAFETY: a new anonymous mapping at an address of the kernel's choice touches nothing.
        let address =
            unsafe { libc::mmap(std::ptr::null_mut(), Self::MAPPED, protection, flags, -1, 0) };
        if address == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        let page = NonNull::new(address.cast::<u8>())
            .ok_or_else(|| io::Error::from(io::ErrorKind::OutOfMemory))?;
        // SAFETY: the range was mapped just above; locking does not change its contents.
        let locked = unsafe { libc::mlock(address, Self::MAPPED) } == 0;
        #[cfg(target_os = "linux")]
        // SAFETY: as above. DONTDUMP keeps the page out of core files, WIPEONFORK gives a forked
        // child zeros; neither changes what this process sees, and a refusal does no harm.
        unsafe {
            libc::madvise(address, Self::MAPPED, libc::MADV_DONTDUMP);
            libc::madvise(address, Self::MAPPED, libc::MADV_WIPEONFORK);
        }
        Ok(Self { page, locked })
    }

    fn bytes_mut(&mut self) -> &mut [u8; 32] {
        // SAFETY: as in `bytes`, and `&mut self` makes the access exclusive.
        unsafe { self.page.cast::<[u8; 32]>().as_mut() }
    }
}

impl Drop for LockedKey {
    fn drop(&mut self) {
        // SAFETY: the whole page is mapped and ours; nobody can hold a reference into it any more.
        let page = unsafe { slice::from_raw_parts_mut(self.page.as_ptr(), Self::MAPPED) };
        page.zeroize();
        // SAFETY: this is the mapping made in `mapped`, and it is never used again. Unmapping
        // unlocks it.
        unsafe { libc::munmap(self.page.as_ptr().cast(), Self::MAPPED) };
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

    use super::LockedKey;

    #[test]
    fn a_key_reads_back_as_it_was_written() {
        let key = LockedKey::new(|bytes| bytes.fill(7)).unwrap();
        assert_eq!(key.bytes(), &[7; 32]);
    }

    #[test]
    fn keys_do_not_share_a_page() {
        let first = LockedKey::new(|bytes| bytes.fill(1)).unwrap();
        let second = LockedKey::new(|bytes| bytes.fill(2)).unwrap();
        assert_eq!((first.bytes()[0], second.bytes()[0]), (1, 2));
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn the_kernel_marks_the_page_as_kept_out_of_core_dumps() {
        let key = LockedKey::new(|bytes| bytes.fill(3)).unwrap();
        let address = key.bytes().as_ptr() as usize;
        // The kernel may merge neighbouring pages into one entry, so look for the range.
        let holds_the_key = |line: &str| {
            let range = line.split(' ').next().and_then(|range| range.split_once('-'));
            let hex = |text| usize::from_str_radix(text, 16).ok();
            range.is_some_and(|(from, to)| {
                hex(from).is_some_and(|from| from <= address)
                    && hex(to).is_some_and(|to| address < to)
            })
        };
        let maps = std::fs::read_to_string("/proc/self/smaps").unwrap();
        let mut entry = maps.lines().skip_while(|line| !holds_the_key(line));
        let flags = entry.find(|line| line.starts_with("VmFlags")).unwrap();
        assert!(flags.contains(" dd"), "{flags}");
        assert_eq!(flags.contains(" lo"), key.is_locked(), "{flags}");
    }
}
