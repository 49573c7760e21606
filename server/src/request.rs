//! The life of a request, as a list.

use std::borrow::Cow;
use std::sync::Arc;

use bytes::Bytes;
use http::request::Parts;
use http::{Request, Response, header};
use hyper::body::Body;
use strongroom_api::{
    Body as Members, Caller, Circumstances, EncodedReply, Entropy, Error, Ids, PrincipalKind,
    Protocol, Recorder, Result, Source, Tls, Value,
};
use strongroom_sigv4 as sigv4;
use strongroom_wire::Family;
use strongroom_wire::rest::Request as RestRequest;

use crate::authenticate::{self, Authenticator, Scene, Unauthenticated};
use crate::calls::Tally;
use crate::clock::{Clock, Stopwatch};
use crate::complaints::Complaints;
use crate::compression;
use crate::content;
use crate::feed::stream::{self, Feed, Subscriber};
use crate::health::Health;
use crate::large_bodies::LargeBodies;
use crate::limits::Limits;
use crate::metrics::Metrics;
use crate::pages::{self, Pages};
use crate::ports::Denials;
use crate::recognise::{self, Marks};
use crate::respond::{self, Reply};
use crate::services::{Hosted, Route, Services};
use crate::streams::Streams;

/// Answers requests: everything that one needs, shared by all.
pub struct Gateway {
    /// The services served.
    pub services: Services,
    /// Who signed it.
    pub authenticator: Authenticator,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Random bytes.
    pub entropy: Arc<dyn Entropy>,
    /// Request and event ids.
    pub ids: Ids,
    /// Where records go.
    pub recorder: Arc<dyn Recorder>,
    /// Calls, counted as metrics.
    pub tally: Arc<Tally>,
    /// The region of a request that names none.
    pub region: String,
    /// How much is taken.
    pub limits: Limits,
    /// Room for large bodies of senders not yet known.
    pub large_bodies: LargeBodies,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// What is said to the log.
    pub complaints: Complaints,
    /// Whether requests are taken.
    pub health: Health,
    /// Explanations of denials.
    pub denials: Arc<dyn Denials>,
    /// What is served to anybody by its path.
    pub pages: Vec<Arc<dyn Pages>>,
    /// Changes of secrets, for those who listen.
    pub feed: Arc<Feed>,
    /// Replies that events follow.
    pub streams: Streams,
}

/// Who is at the other end of a connection.
#[derive(Clone, Debug, Default)]
pub struct Peer {
    /// The IP address.
    pub address: String,
    /// Version and cipher of the TLS session, if there is one.
    pub tls: Option<(String, String)>,
}

/// What is known of a request so far; it decides how an error is told and what is counted.
struct Asked<'s> {
    protocol: Protocol,
    hosted: Option<&'s Hosted>,
    position: Option<usize>,
    /// Why it was denied, sealed.
    denial: Option<String>,
}

impl Gateway {
    /// Answers one request.
    pub async fn answer<B>(&self, peer: &Peer, request: Request<B>) -> Response<Reply>
    where
        B: Body<Data = Bytes>,
        B::Error: std::error::Error + Send + Sync + 'static,
    {
        let stopwatch = Stopwatch::start();
        let request_id = self.ids.next().to_string();
        let (head, body) = request.into_parts();
        if let Some(response) = self.health.answer(&head, &request_id) {
            return response;
        }
        if let Some(response) = pages::answer(&self.pages, &head, &request_id).await {
            return response;
        }
        if stream::is_asked(&head) {
            let opened = self.listen(peer, &head, &request_id).await;
            return opened.unwrap_or_else(|error| {
                respond::encode(Err(error), Protocol::Json11, "", request_id)
            });
        }
        let protocol = recognise::protocol(&head);
        let mut asked = Asked { protocol, hosted: None, position: None, denial: None };
        let mut outcome = self.serve(peer, &head, body, &request_id, &mut asked).await;
        self.count(&asked, outcome.as_ref().err(), &stopwatch, &request_id);
        if let Ok(reply) = &mut outcome
            && let Some(events) = reply.events.take()
        {
            return self.streams.open(reply, events, asked.protocol, request_id);
        }
        let told = asked.query_error(&outcome);
        let mut response = respond::encode(outcome, asked.protocol, &asked.namespace(), request_id);
        respond::mark(&mut response, asked.protocol, told);
        respond::explain(&mut response, asked.denial.as_deref());
        response
    }

    /// read → recognise → verify → load caller → decode → perform.
    async fn serve<'s, B>(
        &'s self,
        peer: &Peer,
        head: &Parts,
        body: B,
        request_id: &str,
        asked: &mut Asked<'s>,
    ) -> Result<EncodedReply>
    where
        B: Body<Data = Bytes>,
        B::Error: std::error::Error + Send + Sync + 'static,
    {
        let family = asked.protocol.family();
        let route = recognise::route(&self.services, head);
        let most = self.most_bytes(route, head, body.size_hint().upper());
        let room = self.large_bodies.room(body.size_hint().upper(), most, &self.limits).await?;
        let body = content::read(body, most, self.limits.body_patience).await?;

        let view = authenticate::view(head);
        let signed = sigv4::parse(&view)
            .map_err(|refusal| Unauthenticated::from(refusal).into_error(family))?;
        let scope = signed.as_ref().map(|signed| signed.service());

        let inflated = compression::inflate(head, &body, most)?;
        let plain: &[u8] = inflated.as_ref().map_or(&body, |inflated| inflated);
        let marks = match route {
            Some(route) => Marks::Route(route),
            None => recognise::marks(head, plain)?,
        };
        let hosted = recognise::service(&self.services, &marks, head, scope)?;
        asked.hosted = Some(hosted);
        let position = recognise::operation(hosted, &marks);
        asked.position = position.as_ref().ok().copied();

        let now = self.clock.now();
        let scene = Scene {
            service: hosted.facts.name,
            operation: marks.operation(),
            secure: peer.tls.is_some(),
            now,
        };
        let caller = self.authenticator.caller(signed.as_ref(), head, &body, scene).await;
        let caller = caller.map_err(|refused| refused.into_error(family))?;
        drop(room);
        // Whether an operation exists is told to those who are somebody.
        let position = position?;

        let circumstances = Circumstances {
            caller: &caller,
            region: signed.as_ref().map_or(&self.region, |signed| signed.region()),
            now,
            request_id,
            source: source(peer, head),
            via: None,
            recorder: &*self.recorder,
            entropy: &*self.entropy,
            ids: &self.ids,
        };
        let members = match is_understood(head) {
            true => members(asked.protocol, &marks, head, plain),
            false => {
                Err(Error::serialization("the content encoding of the body is not understood"))
            }
        };
        let body = Members { protocol: asked.protocol, members };
        let outcome = hosted.host.perform(position, &circumstances, body).await;
        asked.denial = self.denial(&caller, outcome.as_ref().err());
        if let Some(operation) = hosted.operations.get(position) {
            let code = outcome.as_ref().err().map(|error| error.code(Family::Json));
            let home = (caller.account(), circumstances.region);
            self.tally.calls.count(home, (hosted.facts.name, operation), code);
        }
        outcome
    }

    /// Why the call was denied, for its own account to decode. Whom nobody knows is told nothing.
    fn denial(&self, caller: &Caller, error: Option<&Error>) -> Option<String> {
        let explanation = error.and_then(Error::explanation)?;
        let is_known = caller.kind() != PrincipalKind::Anonymous;
        is_known.then(|| self.denials.encode(caller.account(), explanation)).flatten()
    }

    /// The largest body that is taken. What is small in any case is not looked at more closely.
    fn most_bytes(&self, route: Option<Route>, head: &Parts, announced: Option<u64>) -> usize {
        let usual = self.limits.body_bytes;
        let is_small = announced.is_some_and(|bytes| bytes <= usual as u64)
            && !head.headers.contains_key(header::CONTENT_ENCODING);
        let own = match route {
            Some(route) => route.rest.most_bytes,
            None if is_small => None,
            None => recognise::most_bytes(&self.services, head),
        };
        own.map_or(usual, |own| own.max(usual))
    }

    /// Opens the feed for whoever signed the request.
    async fn listen(&self, peer: &Peer, head: &Parts, request_id: &str) -> Result<Response<Reply>> {
        let family = Protocol::Json11.family();
        let refused = |refused: Unauthenticated| refused.into_error(family);
        let signed = sigv4::parse(&authenticate::view(head));
        let signed = signed.map_err(|refusal| refused(refusal.into()))?;
        let scene = Scene {
            service: "secretsmanager",
            operation: "StreamEvents",
            secure: peer.tls.is_some(),
            now: self.clock.now(),
        };
        let known = self.authenticator.caller(signed.as_ref(), head, b"", scene).await;
        known.map_err(refused)?;
        let signed = signed.ok_or_else(|| refused(sigv4::Refusal::MissingToken.into()))?;
        let subscriber = Subscriber {
            access_key_id: signed.access_key_id().to_owned(),
            session_token: signed.session_token().map(str::to_owned),
            address: peer.address.clone(),
            tls: peer.tls.clone(),
        };
        self.feed.open(head, subscriber, request_id.to_owned())
    }

    fn count(&self, asked: &Asked<'_>, error: Option<&Error>, watch: &Stopwatch, request_id: &str) {
        let family = asked.protocol.family();
        let operation = asked.hosted.map(|hosted| (hosted.place, asked.position));
        self.metrics.count(operation, error.map(|error| error.code(family)), watch.elapsed());
        if let Some(error) = error {
            let service = asked.hosted.map_or("-", |hosted| hosted.facts.name);
            self.complaints.hear(error, service, asked.position.is_some(), request_id);
        }
    }
}

impl Asked<'_> {
    /// The namespace of the service's errors: of its XML, or of its shapes.
    fn namespace(&self) -> Cow<'static, str> {
        // AWS's own for requests that lead to no service.
        const NOBODYS: &str = "http://webservices.amazon.com/AWSFault/2005-15-09";
        if self.protocol == Protocol::Cbor {
            let shapes = |hosted: &Hosted| ["com.amazonaws.", hosted.host.action_prefix()].concat();
            return self.hosted.map(shapes).unwrap_or_default().into();
        }
        let query = self.hosted.and_then(|hosted| hosted.facts.query);
        query.map_or(NOBODYS, |query| query.namespace).into()
    }

    /// What a service that moved from the query protocol to others still tells of an error in its
    /// terms, since scripts know these codes: `ResourceNotFound;Sender`.
    fn query_error(&self, outcome: &Result<EncodedReply>) -> Option<String> {
        let error = outcome.as_ref().err()?;
        let facts = self.hosted?.facts;
        let moved = facts.query.is_some() && facts.target_prefix.is_some();
        if !moved || self.protocol == Protocol::Query {
            return None;
        }
        let whose = if error.status(Family::Query) >= 500 { "Receiver" } else { "Sender" };
        Some([error.code(Family::Query), ";", whose].concat())
    }
}

impl Marks<'_> {
    /// The operation's name as the request has it.
    fn operation(&self) -> &str {
        match self {
            Self::Target { operation, .. } | Self::Path { operation, .. } => operation,
            Self::Action { action, .. } => action.as_deref().unwrap_or_default(),
            Self::Route(route) => route.name,
            Self::Nothing => "",
        }
    }

    /// Where the members stand: the body, or the query string of a `GET`.
    fn parameters<'b>(&'b self, body: &'b [u8]) -> &'b [u8] {
        match self {
            Self::Action { parameters, .. } => parameters,
            Self::Target { .. } | Self::Path { .. } | Self::Route(_) | Self::Nothing => body,
        }
    }
}

/// The members that the request carries, wherever the protocol has them.
fn members<'a>(
    protocol: Protocol,
    marks: &'a Marks<'a>,
    head: &'a Parts,
    body: &'a [u8],
) -> Result<Value<'a>> {
    let Marks::Route(route) = marks else { return protocol.read(marks.parameters(body)) };
    let header = |name: &str| head.headers.get(name).and_then(|value| value.to_str().ok());
    let query = head.uri.query().unwrap_or_default();
    route.rest.read(&RestRequest { path: head.uri.path(), query, header: &header, body })
}

fn source<'a>(peer: &'a Peer, head: &'a Parts) -> Source<'a> {
    let text = |name| head.headers.get(name).and_then(|value| value.to_str().ok());
    let authority = head.uri.authority().map(|authority| authority.as_str());
    Source {
        address: &peer.address,
        user_agent: text(header::USER_AGENT).unwrap_or_default(),
        referer: text(header::REFERER),
        host: authority.or_else(|| text(header::HOST)),
        tls: peer.tls.as_ref().map(|(version, cipher)| Tls { version, cipher }),
    }
}

/// Whether the body is not encoded, or in a way that was undone.
fn is_understood(head: &Parts) -> bool {
    match head.headers.get(header::CONTENT_ENCODING) {
        None => true,
        Some(encoding) => {
            encoding.is_empty()
                || ["identity", "gzip", "aws-chunked"].iter().any(|known| encoding == known)
        }
    }
}
