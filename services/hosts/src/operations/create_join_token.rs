//! CreateJoinToken: makes a token with which one host can join, for one role.

use std::borrow::Cow;
use std::sync::Arc;

use strongroom_api::{
    Audit, Authorized, Demand, Demands, Operation, Reply, Result, Sensitive, Shape, Target,
    Timestamp, Values,
};
use strongroom_records::Stored;
use strongroom_store::{Direction, Range};

use crate::assigned::Assigned;
use crate::ports::Role;
use crate::token::{self, Purpose, Token};
use crate::{Call, Hosts, error, paths};

/// The operation.
pub struct CreateJoinToken;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    #[shape(length = 1..=128, pattern = r"[\w+=,.@-]+")]
    instance_profile_name: Option<String>,
    #[shape(length = 20..=2048, pattern = r"arn:aws:iam::[0-9]{12}:role/[\u0021-\u007E]+")]
    role_arn: Option<String>,
    #[shape(range = 60..=86400)]
    duration_seconds: Option<i32>,
    #[shape(length = 1..=128, pattern = r"[\w+=,.@:/ -]+")]
    label: Option<String>,
}

/// Its reply.
#[derive(Debug, Reply)]
pub struct Output {
    join_token: Sensitive<String>,
    token_id: String,
    role_arn: String,
    instance_profile_arn: Option<String>,
    expiration: Timestamp,
}

/// The token to be: whose it is, and the role that it is to lead to.
pub struct Invitation {
    account: String,
    arn: String,
    assigned: Assigned,
    role: Role,
}

impl Target for Invitation {
    fn arn(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.arn)
    }

    fn account(&self) -> &str {
        &self.account
    }
}

/// How long a token is good if nobody says, in seconds.
const QUARTER_OF_AN_HOUR: i32 = 900;
/// Tokens of an account that are good at a time.
const MOST_GOOD: usize = 100;
/// Tokens of an account altogether: those that are over are kept for a while.
const MOST: usize = 1_000;
/// For so long they are kept, so that whoever has joined and not heard of it can ask again.
const KEPT_MILLIS: i64 = 3_600_000;

impl Operation for CreateJoinToken {
    const NAME: &'static str = "CreateJoinToken";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"InstanceProfileName": "web", "DurationSeconds": 900}"#;

    type Service = Hosts;
    type Input = Input;
    type Target = Invitation;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Invitation> {
        let account = call.caller.account();
        let arn = token::arn(account, "*");
        let found = match (&input.instance_profile_name, &input.role_arn) {
            (Some(name), None) => call.service.of_profile(account, name).await,
            (None, Some(role)) => call.service.of_role(account, role).await,
            _ => Err(error::role_or_profile()),
        };
        let (assigned, role) = found.map_err(|error| error.about(&*arn))?;
        Ok(Invitation { account: account.to_owned(), arn, assigned, role })
    }

    /// Whoever holds the token can become the role, so it takes the right to give the role away.
    fn demands<'t>(_: &'t Input, invitation: &'t Invitation) -> Demands<'t> {
        let pass = Demand::of("iam:PassRole", &invitation.role);
        Demands::from_iter([Demand::own::<Self>(invitation), pass])
    }

    fn condition<'v>(input: &'v Input, _: Option<&'v Invitation>, key: &str) -> Option<Values<'v>> {
        let _ = input;
        (key == "iam:passedtoservice").then(|| Values::one("ec2.amazonaws.com"))
    }

    async fn run(
        call: &Call<'_>,
        input: &Input,
        invitation: Authorized<Invitation>,
    ) -> Result<Output> {
        let Invitation { account, assigned, role, .. } = invitation.into_inner();
        let purpose = Purpose {
            account: account.clone(),
            assigned,
            region: call.region.to_owned(),
            label: input.label.clone(),
            creator: call.caller.arn().to_owned(),
        };
        let seconds = i64::from(input.duration_seconds.unwrap_or(QUARTER_OF_AN_HOUR));
        let (token, written) = Token::create(purpose, call.now, seconds, call.entropy);
        let records = &call.service.records;
        let mut changes = records.changes();
        for over in over(call, &account).await? {
            changes.delete(&over.key);
        }
        let key = paths::token(&account, &token.id);
        changes.create(&key, &token).map_err(error::storage)?;
        records.commit(changes).await.map_err(error::storage)?;
        Ok(Output {
            join_token: written,
            token_id: token.id,
            role_arn: role.arn,
            instance_profile_arn: token.assigned.profile().map(|(_, arn, _)| arn.to_owned()),
            expiration: token.expires,
        })
    }
}

/// The account's tokens that nobody needs any more.
///
/// # Errors
/// LimitExceededException when there are as many as there may be.
async fn over(call: &Call<'_>, account: &str) -> Result<Vec<Arc<Stored<Token>>>> {
    let range = Range::prefix(paths::tokens(account));
    let page = call.service.records.scan::<Token>(range, Direction::Forward, MOST).await;
    let mut tokens = page.map_err(error::storage)?.records;
    let count = tokens.len();
    let good = tokens.iter().filter(|token| token.over() > call.now).count();
    tokens.retain(|token| token.over().plus_millis(KEPT_MILLIS) <= call.now);
    match good >= MOST_GOOD || count - tokens.len() >= MOST {
        true => Err(error::too_many_tokens()),
        false => Ok(tokens),
    }
}
