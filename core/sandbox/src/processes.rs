//! The process tree of an instance, as `/proc` shows it.

use std::collections::HashSet;
use std::fs;
use std::net::SocketAddr;

/// More processes than an instance may have.
const MOST: usize = 2_048;

/// A process and all its descendants.
pub fn tree(root: u32) -> Vec<u32> {
    let mut found = vec![root];
    let mut next = 0;
    while let Some(process) = found.get(next).copied() {
        next += 1;
        let Ok(threads) = fs::read_dir(format!("/proc/{process}/task")) else { continue };
        for thread in threads.flatten() {
            let children = fs::read_to_string(thread.path().join("children")).unwrap_or_default();
            let children =
                children.split_ascii_whitespace().filter_map(|one| one.parse::<u32>().ok());
            found.extend(children.take(MOST.saturating_sub(found.len())));
        }
    }
    found
}

/// The memory in use by all these processes, in bytes.
pub fn memory(processes: &[u32]) -> u64 {
    let page = rustix::param::page_size() as u64;
    let of_one = |process: &u32| {
        let text = fs::read_to_string(format!("/proc/{process}/statm")).unwrap_or_default();
        let mut numbers = text.split_ascii_whitespace().map(|one| one.parse::<u64>().unwrap_or(0));
        let (resident, shared) = (numbers.nth(1).unwrap_or(0), numbers.next().unwrap_or(0));
        // Pages of files are shared by all, and not the function's alone.
        resident.saturating_sub(shared) * page
    };
    processes.iter().map(of_one).sum()
}

/// Whether the other end of a local connection belongs to one of these processes.
///
/// Functions share a network, so the Runtime API of one can be reached by another. It answers only to
/// its own.
pub fn owns(processes: &[u32], peer: SocketAddr, server: SocketAddr) -> bool {
    let Some(inode) = inode(peer, server) else { return false };
    let link = format!("socket:[{inode}]");
    let mut looked_at = HashSet::new();
    processes.iter().filter(|process| looked_at.insert(**process)).any(|process| {
        let Ok(files) = fs::read_dir(format!("/proc/{process}/fd")) else { return false };
        files.flatten().any(|file| {
            fs::read_link(file.path()).is_ok_and(|target| target.as_os_str() == link.as_str())
        })
    })
}

/// The inode of the socket that is bound to `local` and connected to `remote`.
fn inode(local: SocketAddr, remote: SocketAddr) -> Option<String> {
    let (local, remote) = (hexadecimal(local)?, hexadecimal(remote)?);
    let table = fs::read_to_string("/proc/net/tcp").ok()?;
    let line = table.lines().find(|line| {
        let mut fields = line.split_ascii_whitespace().skip(1);
        fields.next() == Some(local.as_str()) && fields.next() == Some(remote.as_str())
    })?;
    line.split_ascii_whitespace().nth(9).map(str::to_owned)
}

/// `0100007F:1F90`, as the kernel prints addresses.
fn hexadecimal(address: SocketAddr) -> Option<String> {
    let SocketAddr::V4(address) = address else { return None };
    let bytes = u32::from_ne_bytes(address.ip().octets());
    Some(format!("{bytes:08X}:{:04X}", address.port()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, missing_docs)]

    use std::net::{TcpListener, TcpStream};

    use super::*;

    #[test]
    fn a_connection_belongs_to_the_process_that_made_it() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let server = listener.local_addr().unwrap();
        let stream = TcpStream::connect(server).unwrap();
        let peer = stream.local_addr().unwrap();
        assert!(owns(&[std::process::id()], peer, server));
        assert!(!owns(&[1], peer, server) || std::process::id() == 1);
        assert!(!owns(&[std::process::id()], server, peer) || listener.accept().is_ok());
    }

    #[test]
    fn a_tree_has_its_children_and_uses_memory() {
        let mut child = std::process::Command::new("sleep").arg("60").spawn().unwrap();
        let found = tree(std::process::id());
        assert!(found.contains(&child.id()));
        assert!(memory(&found) > 0);
        child.kill().unwrap();
        child.wait().unwrap();
    }
}
