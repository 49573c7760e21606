//! The canonical path: dot segments removed, double slashes collapsed, everything encoded once more.

use smallvec::SmallVec;

use crate::canonical::Buffer;
use crate::query::push_encoded;

/// Appends the path as received, encoded once more, with its dots and slashes as they are.
pub(crate) fn push_plain(path: &str, out: &mut Buffer) {
    if path == "/" {
        return out.push(b'/');
    }
    for (index, segment) in path.split('/').enumerate() {
        if index > 0 {
            out.push(b'/');
        }
        push_encoded(segment.as_bytes(), out);
    }
}

/// Appends the path normalised as RFC 3986 has it, and encoded once more.
pub(crate) fn push_normalized(path: &str, out: &mut Buffer) {
    // What does not begin with a slash (`*`) is no path to normalise.
    if is_normal(path) || !path.starts_with('/') {
        return push_plain(path, out);
    }
    let mut kept: SmallVec<[&str; 16]> = SmallVec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => drop(kept.pop()),
            _ => kept.push(segment),
        }
    }
    for segment in &kept {
        out.push(b'/');
        push_encoded(segment.as_bytes(), out);
    }
    let ends_in_slash = matches!(path.rsplit('/').next(), Some("" | "." | ".."));
    if kept.is_empty() || ends_in_slash {
        out.push(b'/');
    }
}

/// Whether normalising would change nothing.
pub(crate) fn is_normal(path: &str) -> bool {
    if path == "/" {
        return true;
    }
    let mut segments = path.split('/');
    if segments.next() != Some("") {
        return false;
    }
    let mut last = "/";
    for segment in segments {
        // An empty segment is fine only as the last: a slash at the end.
        if last.is_empty() || matches!(segment, "." | "..") {
            return false;
        }
        last = segment;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::{Buffer, is_normal, push_normalized, push_plain};

    #[test]
    fn dots_and_double_slashes_go() {
        for (path, wanted) in [
            ("/", "/"),
            ("//", "/"),
            ("/a", "/a"),
            ("/a/", "/a/"),
            ("/./a", "/a"),
            ("/a/..", "/"),
            ("/a/./", "/a/"),
            ("/../../a", "/a"),
            ("//a//b//", "/a/b/"),
            ("/a/b/..", "/a/"),
            ("/a%2Fb c", "/a%252Fb%20c"),
            ("/.a/..b", "/.a/..b"),
        ] {
            let mut out = Buffer::new();
            push_normalized(path, &mut out);
            assert_eq!(String::from_utf8_lossy(&out), wanted, "{path}");
            assert!(is_normal(wanted), "{wanted}");
        }
    }

    #[test]
    fn the_plain_form_keeps_every_segment() {
        let mut out = Buffer::new();
        push_plain("//a/../b%20/", &mut out);
        assert_eq!(out.as_slice(), b"//a/../b%2520/");
        assert!(!is_normal("//a") && !is_normal("/a//") && !is_normal("/a/."));
    }
}
