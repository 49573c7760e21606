//! System calls that no function needs, and that have let programs out of sandboxes before.
//!
//! They answer as if the kernel did not have them, which is what programs are prepared for: the C
//! library then starts threads with `clone` in place of `clone3`, whose flags a filter cannot see.

use std::collections::BTreeMap;

use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule, TargetArch,
};

/// Numbers on x86-64 and aarch64, in this order.
const REFUSED: &[(&str, i64, i64)] = &[
    ("acct", 163, 89),
    ("add_key", 248, 217),
    ("bpf", 321, 280),
    ("clone3", 435, 435),
    ("delete_module", 176, 106),
    ("fanotify_init", 300, 262),
    ("finit_module", 313, 273),
    ("fsconfig", 431, 431),
    ("fsmount", 432, 432),
    ("fsopen", 430, 430),
    ("fspick", 433, 433),
    ("init_module", 175, 105),
    ("io_uring_enter", 426, 426),
    ("io_uring_register", 427, 427),
    ("io_uring_setup", 425, 425),
    ("kcmp", 312, 272),
    ("kexec_file_load", 320, 294),
    ("kexec_load", 246, 104),
    ("keyctl", 250, 219),
    ("mount", 165, 40),
    ("mount_setattr", 442, 442),
    ("move_mount", 429, 429),
    ("name_to_handle_at", 303, 264),
    ("open_by_handle_at", 304, 265),
    ("open_tree", 428, 428),
    ("perf_event_open", 298, 241),
    ("pidfd_getfd", 438, 438),
    ("pivot_root", 155, 41),
    ("process_vm_readv", 310, 270),
    ("process_vm_writev", 311, 271),
    ("ptrace", 101, 117),
    ("quotactl", 179, 60),
    ("reboot", 169, 142),
    ("request_key", 249, 218),
    ("setns", 308, 268),
    ("settimeofday", 164, 170),
    ("swapoff", 168, 225),
    ("swapon", 167, 224),
    ("syslog", 103, 116),
    ("umount2", 166, 39),
    ("unshare", 272, 97),
    ("userfaultfd", 323, 282),
];
/// `clone`, which is refused only where it makes namespaces.
const CLONE: (i64, i64) = (56, 220);
/// CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET.
const NAMESPACES: [u64; 7] =
    [0x20000, 0x0200_0000, 0x0400_0000, 0x0800_0000, 0x1000_0000, 0x2000_0000, 0x4000_0000];
/// ENOSYS.
const NO_SUCH_CALL: u32 = 38;

/// The filter as the kernel takes it; `None` on machines that it is not written for.
pub fn filter() -> Option<Vec<u8>> {
    let (arch, is_x86) = match std::env::consts::ARCH {
        "x86_64" => (TargetArch::x86_64, true),
        "aarch64" => (TargetArch::aarch64, false),
        _ => return None,
    };
    let number = |(x86, arm): (i64, i64)| if is_x86 { x86 } else { arm };
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> =
        REFUSED.iter().map(|(_, x86, arm)| (number((*x86, *arm)), Vec::new())).collect();
    let mut spaces = Vec::new();
    for flag in NAMESPACES {
        let is_set = SeccompCmpOp::MaskedEq(flag);
        let condition = SeccompCondition::new(0, SeccompCmpArgLen::Qword, is_set, flag).ok()?;
        spaces.push(SeccompRule::new(vec![condition]).ok()?);
    }
    rules.insert(number(CLONE), spaces);
    let refuse = SeccompAction::Errno(NO_SUCH_CALL);
    let filter = SeccompFilter::new(rules, SeccompAction::Allow, refuse, arch).ok()?;
    let program: BpfProgram = filter.try_into().ok()?;
    let mut bytes = Vec::with_capacity(program.len() * 8);
    for instruction in program {
        bytes.extend_from_slice(&instruction.code.to_ne_bytes());
        bytes.extend_from_slice(&[instruction.jt, instruction.jf]);
        bytes.extend_from_slice(&instruction.k.to_ne_bytes());
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, missing_docs)]

    #[test]
    fn the_filter_is_whole_instructions() {
        let filter = super::filter().unwrap();
        assert!(filter.len() > 8 * super::REFUSED.len());
        assert_eq!(filter.len() % 8, 0);
    }
}
