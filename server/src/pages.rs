//! What is served to anybody who asks by `GET` for its path: certificates that messages are verified
//! with.

use std::sync::Arc;

use http::request::Parts;
use http::{Method, Response, StatusCode};
use strongroom_api::{BoxFuture, Result};
use zeroize::Zeroizing;

use crate::respond::{self, Reply};

/// A page.
pub struct Page {
    /// Its type.
    pub content_type: &'static str,
    /// Its bytes. They are public.
    pub bytes: Vec<u8>,
}

/// Somebody who has pages.
pub trait Pages: Send + Sync {
    /// The page at `path`, if there is one. Anybody may ask for anything.
    fn page<'a>(&'a self, path: &'a str) -> BoxFuture<'a, Result<Option<Page>>>;
}

/// The answer to a request for a page; `None` for any other request.
pub async fn answer(
    pages: &[Arc<dyn Pages>],
    head: &Parts,
    request_id: &str,
) -> Option<Response<Reply>> {
    let path = head.uri.path();
    if path == "/" || !(head.method == Method::GET || head.method == Method::HEAD) {
        return None;
    }
    for some in pages {
        match some.page(path).await {
            Ok(None) => {}
            Ok(Some(page)) => {
                let bytes = Zeroizing::new(page.bytes);
                let id = request_id.to_owned();
                return Some(respond::response(StatusCode::OK, page.content_type, bytes, id));
            }
            Err(error) => {
                tracing::error!("a page cannot be served: {error}");
                let status = StatusCode::INTERNAL_SERVER_ERROR;
                let id = request_id.to_owned();
                return Some(respond::response(status, "text/plain", Zeroizing::default(), id));
            }
        }
    }
    None
}
