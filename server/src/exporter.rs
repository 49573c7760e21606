//! Serves the figures to Prometheus, on a socket of its own: they name operations and their load,
//! which callers of the API need not know.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use http::{Method, Request, Response, StatusCode, header};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;

use crate::adapters::recorder::TrailRecorder;
use crate::certificate::Certificate;
use crate::connections::Connections;
use crate::foundation::Foundation;
use crate::metrics::Metrics;
use crate::sinks::Gauge;

/// Where the figures are.
pub const PATH: &str = "/_strongroom/metrics";

/// Serves the figures.
pub struct Exporter {
    /// Requests.
    pub metrics: Arc<Metrics>,
    /// Records refused.
    pub recorder: Arc<TrailRecorder>,
    /// Store and trail.
    pub foundation: Arc<Foundation>,
    /// Open connections.
    pub connections: Arc<Connections>,
    /// Where else the trail goes.
    pub sinks: Vec<Arc<Gauge>>,
    /// Changes that the webhook gave up.
    pub webhook_given_up: Arc<AtomicU64>,
    /// What connections are shown, if TLS is spoken.
    pub certificate: Option<Arc<Certificate>>,
}

impl Exporter {
    /// Serves them at `socket` until dropped.
    pub async fn serve(self, socket: TcpListener) {
        let exporter = Arc::new(self);
        loop {
            let Ok((stream, _)) = socket.accept().await else {
                tokio::time::sleep(std::time::Duration::from_millis(100)).await;
                continue;
            };
            let exporter = Arc::clone(&exporter);
            let service = service_fn(move |request| {
                let exporter = Arc::clone(&exporter);
                async move { Ok::<_, Infallible>(exporter.answer(&request)) }
            });
            let mut http = http1::Builder::new();
            http.timer(TokioTimer::new()).keep_alive(false);
            tokio::spawn(http.serve_connection(TokioIo::new(stream), service));
        }
    }

    fn answer(&self, request: &Request<Incoming>) -> Response<Full<bytes::Bytes>> {
        if request.uri().path() != PATH || request.method() != Method::GET {
            let mut response = Response::new(Full::default());
            *response.status_mut() = StatusCode::NOT_FOUND;
            return response;
        }
        let deliveries = &self.foundation.exit.deliveries;
        let head = self.foundation.trail.position().sequence;
        let read = |number: &AtomicU64| number.load(Ordering::Relaxed);
        let readings = [
            ("connections", "Connections open.", false, self.connections.count() as u64),
            (
                "store_revision",
                "Latest revision of the store.",
                true,
                self.foundation.store.revision(),
            ),
            (
                "trail_records_total",
                "Records in the trail.",
                true,
                self.foundation.trail.position().sequence,
            ),
            (
                "sns_delivered_total",
                "Messages that an endpoint has taken.",
                true,
                deliveries.delivered.load(Ordering::Relaxed),
            ),
            (
                "sns_postponed_total",
                "Deliveries put off after a failed attempt, or for a throttled endpoint.",
                true,
                deliveries.postponed.load(Ordering::Relaxed),
            ),
            (
                "sns_given_up_total",
                "Deliveries given up; `strongroom sns failures` tells which.",
                true,
                deliveries.given_up.load(Ordering::Relaxed),
            ),
            (
                "trail_sink_behind",
                "Records that the slowest sink has yet to get.",
                false,
                self.sinks
                    .iter()
                    .map(|sink| head.saturating_sub(read(&sink.shipped)))
                    .max()
                    .unwrap_or(0),
            ),
            (
                "trail_sink_dropped_total",
                "Records that sinks did not get.",
                true,
                self.sinks.iter().map(|sink| read(&sink.dropped)).sum(),
            ),
            (
                "webhook_given_up_total",
                "Changes that the webhook gave up.",
                true,
                read(&self.webhook_given_up),
            ),
            (
                "keyring_old_records",
                "Records yet to be sealed by the keyring's current generation, as last counted.",
                false,
                read(&self.foundation.old_records),
            ),
            (
                "tls_certificate_expiry_timestamp_seconds",
                "When the certificate in use ends, in seconds since 1970; 0 without TLS.",
                false,
                self.certificate
                    .as_ref()
                    .and_then(|certificate| u64::try_from(certificate.ends().seconds()).ok())
                    .unwrap_or(0),
            ),
            ("trail_failures_total", "Records the trail refused.", true, self.recorder.refused()),
        ];
        let mut response = Response::new(Full::from(self.metrics.render(&readings)));
        let text = http::HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
        response.headers_mut().insert(header::CONTENT_TYPE, text);
        response
    }
}
