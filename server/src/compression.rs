//! Request bodies that a client compressed, as SDKs do with larger PutMetricData calls.

use std::io::Read as _;

use flate2::read::MultiGzDecoder;
use http::header::CONTENT_ENCODING;
use http::request::Parts;
use strongroom_api::Error;
use zeroize::Zeroizing;

/// The body as it was before the client compressed it; `None` if it did not. The signature is over
/// what was sent.
///
/// # Errors
/// SerializationException for what is no gzip, RequestEntityTooLarge beyond `most_bytes`.
pub fn inflate(
    head: &Parts,
    body: &[u8],
    most_bytes: usize,
) -> Result<Option<Zeroizing<Vec<u8>>>, Error> {
    if head.headers.get(CONTENT_ENCODING).is_none_or(|encoding| encoding != "gzip") {
        return Ok(None);
    }
    let mut plain = Zeroizing::new(Vec::with_capacity(body.len().saturating_mul(4)));
    let mut inflating = MultiGzDecoder::new(body).take(most_bytes as u64 + 1);
    inflating.read_to_end(&mut plain).map_err(|cause| {
        Error::serialization("the request body is not valid gzip").because(cause)
    })?;
    if plain.len() > most_bytes {
        return Err(Error::new(
            "RequestEntityTooLarge",
            format!("Request body is larger than {most_bytes} bytes"),
        )
        .status_is(413));
    }
    Ok(Some(plain))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::GzEncoder;
    use http::Request;
    use strongroom_wire::Family;

    use super::*;

    fn head(encoding: Option<&str>) -> Parts {
        let request = Request::builder().method("POST").uri("/");
        let request = match encoding {
            Some(encoding) => request.header(CONTENT_ENCODING, encoding),
            None => request,
        };
        request.body(()).unwrap().into_parts().0
    }

    fn gzip(plain: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(plain).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn a_compressed_body_is_read_and_another_left_alone() {
        let inflated = inflate(&head(Some("gzip")), &gzip(b"{\"a\":1}"), 100).unwrap().unwrap();
        assert_eq!(*inflated, b"{\"a\":1}");
        assert!(inflate(&head(None), &gzip(b"{}"), 100).unwrap().is_none());
    }

    #[test]
    fn a_body_that_swells_beyond_the_limit_is_refused() {
        let bomb = gzip(&vec![0; 10 << 20]);
        let error = inflate(&head(Some("gzip")), &bomb, 1 << 20).unwrap_err();
        assert_eq!(error.status(Family::Json), 413);
    }

    #[test]
    fn what_is_no_gzip_is_refused() {
        let error = inflate(&head(Some("gzip")), b"{}", 100).unwrap_err();
        assert_eq!(error.code(Family::Json), "SerializationException");
    }
}
