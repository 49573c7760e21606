//! Reading a request's body: bounded in size and time, and wiped afterwards as far as it is ours.

use std::future::poll_fn;
use std::ops::Deref;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt as _;
use hyper::body::Body;
use strongroom_api::Error;
use zeroize::{Zeroize as _, Zeroizing};

/// A whole request body.
///
/// One that arrived in a single piece is used where the HTTP library put it, so that no further copy
/// of a secret is made; one in several pieces is joined in a buffer of ours. Both are wiped on drop
/// (the former only when the library no longer shares the memory).
#[derive(Debug)]
pub enum Content {
    /// The bytes where they were received.
    Whole(Bytes),
    /// Several pieces, put together.
    Joined(Zeroizing<Vec<u8>>),
}

impl Deref for Content {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::Whole(bytes) => bytes,
            Self::Joined(bytes) => bytes,
        }
    }
}

impl Drop for Content {
    fn drop(&mut self) {
        if let Self::Whole(bytes) = self
            && let Ok(mut bytes) = std::mem::take(bytes).try_into_mut()
        {
            wipe(&mut bytes);
        }
    }
}

/// Reads `body`, of at most `most_bytes`, for no longer than `patience`.
///
/// # Errors
/// `RequestEntityTooLarge` (413), `RequestTimeoutException` (408), or `IncompleteBody` when the client
/// hangs up.
pub async fn read<B>(body: B, most_bytes: usize, patience: Duration) -> Result<Content, Error>
where
    B: Body<Data = Bytes>,
    B::Error: std::error::Error + Send + Sync + 'static,
{
    if body.size_hint().lower() > most_bytes as u64 {
        return Err(too_large(most_bytes));
    }
    let mut reading = pin!(gather(body, most_bytes));
    // Nearly every body is there already, and then no timer is started.
    if let Poll::Ready(read) = poll_fn(|cx| Poll::Ready(reading.as_mut().poll(cx))).await {
        return read;
    }
    tokio::time::timeout(patience, reading).await.unwrap_or_else(|_| Err(too_slow()))
}

async fn gather<B>(body: B, most_bytes: usize) -> Result<Content, Error>
where
    B: Body<Data = Bytes>,
    B::Error: std::error::Error + Send + Sync + 'static,
{
    let mut body = pin!(body);
    let mut content = Content::Whole(Bytes::new());
    while !body.is_end_stream() {
        let Some(frame) = body.frame().await else { break };
        let Ok(piece) = frame.map_err(cut_off)?.into_data() else { continue };
        if content.len() + piece.len() > most_bytes {
            return Err(too_large(most_bytes));
        }
        if content.is_empty() {
            content = Content::Whole(piece);
            continue;
        }
        content = joined(content, &Content::Whole(piece));
    }
    Ok(content)
}

fn joined(mut content: Content, piece: &[u8]) -> Content {
    match &mut content {
        // A vector that grows in place would leave its old memory unwiped, so it moves by hand.
        Content::Joined(bytes) if bytes.capacity() - bytes.len() >= piece.len() => {
            bytes.extend_from_slice(piece);
            content
        }
        _ => {
            let length = content.len() + piece.len();
            let mut bytes = Zeroizing::new(Vec::with_capacity(length.next_power_of_two()));
            bytes.extend_from_slice(&content);
            bytes.extend_from_slice(piece);
            Content::Joined(bytes)
        }
    }
}

fn wipe(bytes: &mut BytesMut) {
    bytes.as_mut().zeroize();
}

fn too_large(most_bytes: usize) -> Error {
    Error::new("RequestEntityTooLarge", format!("Request body is larger than {most_bytes} bytes"))
        .status_is(413)
}

fn too_slow() -> Error {
    Error::new("RequestTimeoutException", "The request body did not arrive in time").status_is(408)
}

fn cut_off(cause: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::new("IncompleteBody", "The request body ended too early").because(cause)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

    use http_body_util::{Full, StreamBody};
    use hyper::body::Frame;

    use super::*;

    fn pieces(texts: &'static [&'static str]) -> impl Body<Data = Bytes, Error = std::io::Error> {
        let frames = texts.iter().map(|text| Ok(Frame::data(Bytes::from_static(text.as_bytes()))));
        StreamBody::new(futures_util::stream::iter(frames))
    }

    const PATIENCE: Duration = Duration::from_secs(3600);

    #[tokio::test]
    async fn a_body_in_pieces_is_put_together() {
        let content = read(pieces(&["ab", "", "cd", "e"]), 5, PATIENCE).await.unwrap();
        assert_eq!(&*content, b"abcde");
    }

    #[tokio::test]
    async fn a_body_in_one_piece_is_not_copied() {
        let body = Bytes::from(vec![7; 100]);
        let place = body.as_ptr();
        let content = read(Full::new(body), 100, PATIENCE).await.unwrap();
        assert_eq!(content.as_ptr(), place);
    }

    #[tokio::test]
    async fn a_body_beyond_the_limit_is_refused_whatever_it_announced() {
        let told = read(Full::new(Bytes::from_static(b"abcdef")), 5, PATIENCE).await.unwrap_err();
        let grown = read(pieces(&["abc", "def"]), 5, PATIENCE).await.unwrap_err();
        for error in [told, grown] {
            assert_eq!(error.status(strongroom_wire::Family::Json), 413);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_never_ends_runs_out_of_time() {
        let first = futures_util::stream::iter([Ok::<_, std::io::Error>(Frame::data(
            Bytes::from_static(b"x"),
        ))]);
        let body =
            StreamBody::new(futures_util::StreamExt::chain(first, futures_util::stream::pending()));
        let error = read(body, 5, Duration::from_secs(30)).await.unwrap_err();
        assert_eq!(error.status(strongroom_wire::Family::Json), 408);
    }
}
