//! StartLiveTail: shows events of groups as they are taken in.

use std::borrow::Cow;

use serde::ser::SerializeStruct as _;
use serde::{Serialize, Serializer};
use strongroom_api::{
    Audit, Authorized, Demand, Demands, Events, Operation, ResourceRule, Result, Shape, Target,
};

use crate::name::{GroupIdentifier, Reference, StreamName};
use crate::pattern::Pattern;
use crate::shapes::{FilterPattern, LogGroupClass};
use crate::tail::{Tail, Wanted};
use crate::target::FoundGroup;
use crate::{Call, Logs, error};

/// StartLiveTail.
pub struct StartLiveTail;

/// Its request.
#[derive(Debug, Shape)]
#[shape(camel)]
pub struct Input {
    /// The groups.
    #[shape(length = 1..=10)]
    pub log_group_identifiers: Vec<GroupIdentifier>,
    /// These streams only.
    #[shape(length = 1..=100)]
    pub log_stream_names: Option<Vec<StreamName>>,
    /// Streams whose names begin so.
    #[shape(length = 1..=100)]
    pub log_stream_name_prefixes: Option<Vec<StreamName>>,
    /// Which messages.
    pub log_event_filter_pattern: Option<FilterPattern>,
}

/// The groups that are asked for.
pub struct Groups {
    first: FoundGroup,
    others: Vec<FoundGroup>,
}

impl Groups {
    fn all(&self) -> impl Iterator<Item = &FoundGroup> {
        std::iter::once(&self.first).chain(&self.others)
    }
}

impl Target for Groups {
    fn arn(&self) -> Cow<'_, str> {
        self.first.arn()
    }

    fn account(&self) -> &str {
        self.first.account()
    }

    fn tag(&self, key: &str) -> Option<&str> {
        self.first.tag(key)
    }

    fn rule(&self) -> ResourceRule<'_> {
        self.first.rule()
    }
}

/// Its reply, which has no members but the stream.
#[derive(Debug)]
pub struct Output {
    tail: Option<Tail>,
}

impl Serialize for Output {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_struct("StartLiveTailResponse", 0)?.end()
    }
}

/// The first event of a session.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LiveTailSessionStart<'s> {
    request_id: &'s str,
    session_id: String,
    log_group_identifiers: Vec<&'s str>,
    log_stream_names: Vec<&'s str>,
    log_stream_name_prefixes: Vec<&'s str>,
    log_event_filter_pattern: &'s str,
}

impl Operation for StartLiveTail {
    const NAME: &'static str = "StartLiveTail";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"logGroupIdentifiers": ["arn:aws:logs:us-east-1:123456789012:log-group:/app/web"], "logEventFilterPattern": "ERROR"}"#;

    type Service = Logs;
    type Input = Input;
    type Target = Groups;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Groups> {
        let find = async |identifier: &GroupIdentifier| {
            // AWS asks for the ARN without its star here, and only here.
            if identifier.0.ends_with('*') {
                return Err(error::invalid_arn());
            }
            call.service.find(call, Reference::identified(call, identifier)?).await
        };
        let mut identifiers = input.log_group_identifiers.iter();
        let first = identifiers.next().ok_or_else(error::no_group_named)?;
        let mut groups = Groups { first: find(first).await?, others: Vec::new() };
        for identifier in identifiers {
            let group = find(identifier).await?;
            if groups.all().all(|other| other.of().id != group.of().id) {
                groups.others.push(group);
            }
        }
        Ok(groups)
    }

    fn demands<'t>(_: &'t Input, groups: &'t Groups) -> Demands<'t> {
        groups.all().map(|group| Demand::of("logs:StartLiveTail", group)).collect()
    }

    async fn run(call: &Call<'_>, input: &Input, groups: Authorized<Groups>) -> Result<Output> {
        let Input { log_stream_names, log_stream_name_prefixes, .. } = input;
        if log_stream_names.is_some() && log_stream_name_prefixes.is_some() {
            return Err(error::streams_and_prefixes());
        }
        let chooses_streams = log_stream_names.is_some() || log_stream_name_prefixes.is_some();
        if chooses_streams && !groups.others.is_empty() {
            return Err(error::streams_of_several_groups());
        }
        if groups.all().any(|group| group.of().class != LogGroupClass::Standard.name()) {
            return Err(error::not_for_this_class());
        }
        let text = input.log_event_filter_pattern.as_ref().map_or("", |pattern| &pattern.0);
        let pattern = Pattern::parse(text).map_err(|wrong| error::invalid_pattern(&wrong))?;
        let start = LiveTailSessionStart {
            request_id: call.request_id,
            session_id: call.ids.next().to_string(),
            log_group_identifiers: input.log_group_identifiers.iter().map(|one| &*one.0).collect(),
            log_stream_names: texts(log_stream_names.as_deref()),
            log_stream_name_prefixes: texts(log_stream_name_prefixes.as_deref()),
            log_event_filter_pattern: text,
        };
        let start = serde_json::to_vec(&start).map_err(error::internal)?;
        let owned = |names: &Option<Vec<StreamName>>| {
            names.as_ref().map(|names| names.iter().map(|name| name.0.clone()).collect())
        };
        let wanted = Wanted {
            account: call.caller.account().to_owned(),
            groups: groups.all().map(|group| (group.of().id.clone(), group.of().arn())).collect(),
            streams: owned(log_stream_names),
            prefixes: owned(log_stream_name_prefixes),
            pattern,
        };
        let tail = call.service.tails.open(wanted, start, call.now);
        Ok(Output { tail: Some(tail.ok_or_else(error::limit_exceeded)?) })
    }

    fn events(output: &mut Output) -> Option<Box<dyn Events>> {
        output.tail.take().map(|tail| Box::new(tail) as Box<dyn Events>)
    }
}

fn texts(names: Option<&[StreamName]>) -> Vec<&str> {
    names.unwrap_or_default().iter().map(|name| &*name.0).collect()
}
