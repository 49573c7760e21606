//! A hardened process cannot be dumped; checked in a process of its own.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]
#![cfg(target_os = "linux")]

#[test]
fn a_hardened_process_leaves_no_core_file_and_cannot_be_attached_to() {
    // This is the only test of this file, so nothing else runs in the process that it changes.
    let hardening = strongroom_memory::harden_process();
    assert!(hardening.is_complete(), "{hardening:?}");
    let limits = std::fs::read_to_string("/proc/thread-self/limits").unwrap();
    let cores = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    let fields: Vec<&str> = cores.split_whitespace().collect();
    assert_eq!(fields[4..6], ["0", "0"], "{cores}");
}
