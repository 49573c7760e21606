//! GetSessionToken: gives a user temporary credentials of its own.

use strongroom_api::{Account, Audit, Authorized, Demands, Operation, Reply, Result, Shape};

use crate::limits::Limits;
use crate::session::{Credentials, Draft, Origin};
use crate::{Call, Sts, error};

/// The operation.
pub struct GetSessionToken;

/// The request.
#[derive(Shape)]
pub struct Input {
    #[shape(range = 900..=129600)]
    duration_seconds: Option<i32>,
    #[shape(length = 9..=256, pattern = r"[\w+=/:,.@-]*")]
    serial_number: Option<String>,
    #[shape(length = 6..=6, pattern = r"[\d]*")]
    token_code: Option<String>,
}

/// The reply.
#[derive(Reply)]
pub struct Output {
    credentials: Credentials,
}

impl Operation for GetSessionToken {
    const NAME: &'static str = "GetSessionToken";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = "{}";

    type Service = Sts;
    type Input = Input;
    type Target = Account;
    type Output = Output;

    async fn target(call: &Call<'_>, _: &Input) -> Result<Account> {
        Ok(Account(call.caller.account().to_owned()))
    }

    /// Users need no permission for it.
    fn demands<'t>(_: &'t Input, _: &'t Account) -> Demands<'t> {
        Demands::new()
    }

    async fn run(call: &Call<'_>, input: &Input, _: Authorized<Account>) -> Result<Output> {
        let (principal, seconds) =
            call.service.long_term_caller(call, Self::NAME, input.duration_seconds).await?;
        if input.serial_number.is_some() || input.token_code.is_some() {
            return Err(error::no_mfa());
        }
        let draft = Draft {
            origin: Origin::SessionToken,
            principal: &principal,
            name: "",
            seconds,
            limits: Limits::default(),
            tags: Vec::new(),
            transitive_tag_keys: Vec::new(),
            source_identity: None,
            provider: None,
            host: None,
        };
        Ok(Output { credentials: call.service.issue(draft, call.now, call.entropy)? })
    }
}
