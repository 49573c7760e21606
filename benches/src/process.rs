//! What the kernel says of a process: CPU time and memory.

use std::path::PathBuf;
use std::time::Duration;

use crate::Result;

/// Linux counts CPU time for readers of `/proc` in hundredths of a second, whatever its own tick is.
const TICK: Duration = Duration::from_millis(10);

/// Memory of a process.
#[derive(Clone, Copy, Debug)]
pub struct Memory {
    /// Bytes resident now.
    pub resident: u64,
    /// The most there ever were.
    pub peak: u64,
}

/// The CPU time, user and kernel, that all threads of `pid` have taken.
///
/// # Errors
/// There is no such process.
pub fn cpu(pid: u32) -> Result<Duration> {
    ticks(&std::fs::read_to_string(file(pid, "stat"))?)
}

fn ticks(text: &str) -> Result<Duration> {
    // The name in parentheses may hold anything; the fields are counted from its end.
    let (_, fields) = text.rsplit_once(") ").ok_or("no stat")?;
    let mut fields = fields.split(' ').skip(11);
    let mut ticks = || -> Result<u32> { Ok(fields.next().ok_or("no CPU time")?.parse()?) };
    Ok(TICK * (ticks()? + ticks()?))
}

/// The CPU time of the thread of `pid` that has this name.
///
/// # Errors
/// There is no such process or thread.
pub fn thread_cpu(pid: u32, name: &str) -> Result<Duration> {
    for task in std::fs::read_dir(file(pid, "task"))? {
        let folder = task?.path();
        if std::fs::read_to_string(folder.join("comm"))?.trim() == name {
            return ticks(&std::fs::read_to_string(folder.join("stat"))?);
        }
    }
    Err(format!("no thread is called {name}").into())
}

/// The memory of `pid`.
///
/// # Errors
/// There is no such process.
pub fn memory(pid: u32) -> Result<Memory> {
    let text = std::fs::read_to_string(file(pid, "status"))?;
    let field = |name: &str| -> Result<u64> {
        let line = text.lines().find_map(|line| line.strip_prefix(name)).ok_or("no memory")?;
        let kibibytes: u64 = line.trim().trim_end_matches(" kB").parse()?;
        Ok(kibibytes << 10)
    };
    Ok(Memory { resident: field("VmRSS:")?, peak: field("VmHWM:")? })
}

fn file(pid: u32, name: &str) -> PathBuf {
    format!("/proc/{pid}/{name}").into()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn this_process_has_memory_and_its_work_takes_time() {
        let (id, mut sum) = (std::process::id(), 0_u64);
        while cpu(id).unwrap() < TICK {
            sum = std::hint::black_box(sum).wrapping_add(1);
        }
        let memory = memory(id).unwrap();
        assert!(memory.resident > 0 && memory.peak >= memory.resident);
    }
}
