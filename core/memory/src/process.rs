//! What a process that holds keys asks of the kernel before it reads the first one.
#![allow(unsafe_code)]

use std::io;

/// What [`harden_process`] achieved. A server logs what failed and goes on.
#[derive(Debug)]
pub struct Hardening {
    /// `RLIMIT_CORE` is zero, hard limit too: no core file is ever written.
    pub core_dumps_off: io::Result<()>,
    /// The process is not dumpable: no other process of the same user may attach to it or read
    /// `/proc/<pid>/mem`, and a core handler given as a pipe gets nothing. Linux only.
    pub undumpable: io::Result<()>,
}

impl Hardening {
    /// Whether everything asked for was granted.
    pub fn is_complete(&self) -> bool {
        self.core_dumps_off.is_ok() && self.undumpable.is_ok()
    }
}

/// Turns core dumps off and forbids other processes to look into this one.
///
/// It does not lock all memory: `mlockall` makes a server die by the first allocation beyond
/// `RLIMIT_MEMLOCK`. Run without swap, or with encrypted swap, where plaintexts of single requests
/// must not reach a disk either.
pub fn harden_process() -> Hardening {
    Hardening { core_dumps_off: forbid_core_files(), undumpable: forbid_attaching() }
}

fn forbid_core_files() -> io::Result<()> {
    let none = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: `none` is a valid rlimit that outlives the call, which only reads it.
    checked(unsafe { libc::setrlimit(libc::RLIMIT_CORE, &none) })
}

#[cfg(target_os = "linux")]
fn forbid_attaching() -> io::Result<()> {
    // SAFETY: PR_SET_DUMPABLE takes one integer and touches no memory of ours.
    checked(unsafe { libc::prctl(libc::PR_SET_DUMPABLE, 0, 0, 0, 0) })
}

#[cfg(not(target_os = "linux"))]
fn forbid_attaching() -> io::Result<()> {
    Err(io::Error::from(io::ErrorKind::Unsupported))
}

fn checked(result: libc::c_int) -> io::Result<()> {
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}
