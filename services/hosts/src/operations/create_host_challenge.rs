//! CreateHostChallenge: gives out what a host has to sign for a session.
//!
//! Anybody may ask, and for any host: the answer looks alike whether there is one.

use strongroom_api::{Audit, Authorized, Demands, Operation, Reply, Result, Shape, Timestamp};

use crate::challenge::Challenge;
use crate::host::{self, Claimed};
use crate::{Call, Hosts};

/// The operation.
pub struct CreateHostChallenge;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    #[shape(length = 12..=12, pattern = "[0-9]{12}")]
    account: String,
    #[shape(length = 19..=19, pattern = "i-[0-9a-f]{17}")]
    host_id: String,
}

/// Its reply.
#[derive(Debug, Reply)]
pub struct Output {
    challenge: String,
    expiration: Timestamp,
}

impl Operation for CreateHostChallenge {
    const NAME: &'static str = "CreateHostChallenge";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"Account": "123456789012", "HostId": "i-0123456789abcdef0"}"#;

    type Service = Hosts;
    type Input = Input;
    type Target = Claimed;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Claimed> {
        call.service.pace.step(call.source.address, call.now)?;
        let (account, id) = (&input.account, &input.host_id);
        Ok(Claimed { account: account.clone(), arn: host::arn(account, id) })
    }

    /// The caller is nobody yet.
    fn demands<'t>(_: &'t Input, _: &'t Claimed) -> Demands<'t> {
        Demands::new()
    }

    fn identity(input: &Input) -> Option<String> {
        host::identity(&input.account, &input.host_id)
    }

    async fn run(call: &Call<'_>, input: &Input, host: Authorized<Claimed>) -> Result<Output> {
        let known = call.service.host(&input.account, &input.host_id).await?;
        let turn = known.map_or(0, |host| host.turn);
        let challenge = Challenge { host_arn: host.arn.clone(), turn, given: call.now };
        Ok(Output {
            challenge: challenge.seal(call.service.records.keyring()),
            expiration: challenge.ends(),
        })
    }
}
