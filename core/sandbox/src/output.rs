//! What an instance writes, line by line.
//!
//! Both of its outputs are one pipe. It is read as it fills, and once more to the bottom when an event
//! is finished, so that what belongs to the event is known to be there.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, PipeReader, Read as _};
use std::os::fd::{AsFd as _, OwnedFd};
use std::process::Stdio;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rustix::fs::{OFlags, fcntl_setfl};
use tokio::net::unix::pipe::Receiver;

use crate::blueprint::{Clock, Sink};

/// The output of one instance.
#[derive(Clone)]
pub struct Output {
    shared: Arc<Shared>,
}

struct Shared {
    file: Mutex<File>,
    lines: Mutex<Lines>,
    sink: Sink,
    clock: Clock,
}

#[derive(Default)]
struct Lines {
    partial: Vec<u8>,
    tail: VecDeque<u8>,
}

/// AWS shows the last 4 KiB.
const TAIL: usize = 4_096;
/// A longer line is cut into several.
const LONGEST_LINE: usize = 256 << 10;
/// Read in one go, so that a function that writes without end does not keep us.
const MOST_AT_ONCE: usize = 1 << 20;

impl Output {
    /// A pipe: the output, and the two ends that the instance writes to.
    ///
    /// # Errors
    /// The operating system's.
    pub fn pipe(sink: Sink, clock: Clock) -> io::Result<(Self, (Stdio, Stdio))> {
        let (reader, writer) = io::pipe()?;
        let other = writer.try_clone()?;
        let output = Self::new(reader, sink, clock)?;
        Ok((output, (writer.into(), other.into())))
    }

    fn new(reader: PipeReader, sink: Sink, clock: Clock) -> io::Result<Self> {
        fcntl_setfl(reader.as_fd(), OFlags::NONBLOCK)?;
        let watched = Receiver::from_owned_fd(reader.try_clone()?.into())?;
        let file = File::from(OwnedFd::from(reader));
        let shared = Shared { file: Mutex::new(file), lines: Mutex::default(), sink, clock };
        let output = Self { shared: Arc::new(shared) };
        let mine = output.clone();
        tokio::spawn(async move {
            while watched.readable().await.is_ok() {
                // Under the same lock as the other reader, so that lines stay in order.
                let file = lock(&mine.shared.file);
                let is_over = mine.read_from(|buffer| watched.try_read(buffer));
                drop(file);
                if is_over {
                    break;
                }
                tokio::task::yield_now().await;
            }
        });
        Ok(output)
    }

    /// Reads what is there; returns whether there will be no more.
    pub fn drain(&self) -> bool {
        let mut file = lock(&self.shared.file);
        self.read_from(|buffer| file.read(buffer))
    }

    fn read_from(&self, mut read: impl FnMut(&mut [u8]) -> io::Result<usize>) -> bool {
        let (mut buffer, mut total) = ([0; 16 << 10], 0);
        while total < MOST_AT_ONCE {
            match read(&mut buffer) {
                Ok(0) => {
                    self.end_line();
                    return true;
                }
                Ok(count) => {
                    total += count;
                    self.take(&buffer[..count]);
                }
                Err(cause) if cause.kind() == io::ErrorKind::WouldBlock => return false,
                Err(cause) if cause.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => return true,
            }
        }
        false
    }

    /// Adds lines of our own.
    pub fn say(&self, line: &str) {
        self.end_line();
        self.take(line.as_bytes());
        self.take(b"\n");
    }

    /// Forgets the end of what was written: another event begins.
    pub fn begin(&self) {
        lock(&self.shared.lines).tail.clear();
    }

    /// The end of what was written.
    #[must_use]
    pub fn tail(&self) -> Vec<u8> {
        lock(&self.shared.lines).tail.iter().copied().collect()
    }

    fn take(&self, bytes: &[u8]) {
        let mut whole = Vec::new();
        let mut lines = lock(&self.shared.lines);
        lines.tail.extend(bytes);
        let beyond = lines.tail.len().saturating_sub(TAIL);
        lines.tail.drain(..beyond);
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            let (text, ends) = match piece.strip_suffix(b"\n") {
                Some(text) => (text, true),
                None => (piece, false),
            };
            lines.partial.extend_from_slice(text);
            if ends || lines.partial.len() >= LONGEST_LINE {
                whole.push(std::mem::take(&mut lines.partial));
            }
        }
        drop(lines);
        self.pass_on(whole);
    }

    fn end_line(&self) {
        let partial = std::mem::take(&mut lock(&self.shared.lines).partial);
        if !partial.is_empty() {
            self.pass_on(vec![partial]);
        }
    }

    fn pass_on(&self, lines: Vec<Vec<u8>>) {
        if lines.is_empty() {
            return;
        }
        let now = (self.shared.clock)() / 1_000;
        let text = |line: Vec<u8>| (now, String::from_utf8_lossy(&line).into_owned());
        (self.shared.sink)(lines.into_iter().map(text).collect());
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

    use std::io::Write as _;

    use super::*;

    type Lines = Arc<Mutex<Vec<String>>>;

    fn output() -> (Output, io::PipeWriter, Lines) {
        let (reader, writer) = io::pipe().unwrap();
        let lines = Lines::default();
        let there = Arc::clone(&lines);
        let sink: Sink = Arc::new(move |new| {
            there.lock().unwrap().extend(new.into_iter().map(|(_, line)| line));
        });
        (Output::new(reader, sink, Arc::new(|| 0)).unwrap(), writer, lines)
    }

    #[tokio::test]
    async fn lines_arrive_whole_and_the_tail_is_bounded() {
        let (output, mut writer, lines) = output();
        writer.write_all(b"one\ntw").unwrap();
        output.drain();
        writer.write_all(b"o\n\xff\nrest").unwrap();
        output.drain();
        output.say("END");
        assert_eq!(*lines.lock().unwrap(), ["one", "two", "\u{fffd}", "rest", "END"]);
        output.begin();
        writer.write_all(&[b'x'; 5_000]).unwrap();
        output.drain();
        output.say("END");
        let tail = output.tail();
        assert_eq!(tail.len(), TAIL);
        assert!(tail.ends_with(b"xEND\n"));
    }

    #[tokio::test]
    async fn a_line_without_end_is_cut() {
        let (output, mut writer, lines) = output();
        let writing = std::thread::spawn(move || {
            for _ in 0..10 {
                writer.write_all(&[b'x'; 100_000]).unwrap();
            }
        });
        while !output.drain() {
            tokio::task::yield_now().await;
        }
        writing.join().unwrap();
        let lines = lines.lock().unwrap();
        assert!(lines.len() >= 3);
        assert_eq!(lines.iter().map(String::len).sum::<usize>(), 1_000_000);
    }
}
