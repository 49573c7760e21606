//! CreateHostSession: gives a host whose key has signed a challenge a session of its role.
//!
//! Nobody signs this call with an access key: the host's own key signs the challenge. So the framework has
//! nobody to authorize; the key, and the role's trust policy, decide here.

use strongroom_api::{
    Audit, Authorized, Blob, Demands, Operation, Reply, Result, Sensitive, Shape, Timestamp,
};
use strongroom_records::Stored;

use crate::challenge::Challenge;
use crate::host::{self, Claimed, Host};
use crate::ports::Asked;
use crate::{Call, Hosts, error, proof};

/// The operation.
pub struct CreateHostSession;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    #[shape(length = 12..=12, pattern = "[0-9]{12}")]
    account: String,
    #[shape(length = 19..=19, pattern = "i-[0-9a-f]{17}")]
    host_id: String,
    #[shape(length = 1..=512)]
    challenge: Sensitive<String>,
    #[shape(length = 64..=64)]
    signature: Sensitive<Blob>,
}

/// Its reply.
#[derive(Debug, Reply)]
pub struct Output {
    credentials: Credentials,
    role_arn: String,
    source_identity: String,
}

#[derive(Debug, Reply)]
struct Credentials {
    access_key_id: String,
    secret_access_key: Sensitive<String>,
    session_token: Sensitive<String>,
    expiration: Timestamp,
}

/// How long sessions last, in seconds: no role's are shorter at most.
const HOUR: i32 = 3_600;

impl Operation for CreateHostSession {
    const NAME: &'static str = "CreateHostSession";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"Account": "123456789012", "HostId": "i-0123456789abcdef0", "Challenge": "PLANTED-hunter2-VALUE",
        "Signature": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=="}"#;

    type Service = Hosts;
    type Input = Input;
    type Target = Claimed;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Claimed> {
        call.service.pace.step(call.source.address, call.now)?;
        let (account, id) = (&input.account, &input.host_id);
        Ok(Claimed { account: account.clone(), arn: host::arn(account, id) })
    }

    /// The caller is nobody yet; see the top of this file.
    fn demands<'t>(_: &'t Input, _: &'t Claimed) -> Demands<'t> {
        Demands::new()
    }

    fn identity(input: &Input) -> Option<String> {
        host::identity(&input.account, &input.host_id)
    }

    async fn run(call: &Call<'_>, input: &Input, claimed: Authorized<Claimed>) -> Result<Output> {
        let keyring = call.service.records.keyring();
        let challenge = Challenge::open(keyring, input.challenge.reveal())
            .filter(|challenge| challenge.host_arn == claimed.arn && challenge.is_good(call.now))
            .ok_or_else(error::bad_challenge)?;
        let text = proof::of_session(
            &call.service.origin(call)?,
            &input.account,
            &input.host_id,
            input.challenge.reveal(),
        );
        let host = call.service.host(&input.account, &input.host_id).await?;
        let host = host
            .filter(|host| proof::is_signed(&host.public_key, &text, &input.signature.reveal().0))
            .ok_or_else(error::not_proven)?;
        take_turn(call, &host, challenge.turn).await?;
        let role = call.service.role_now(&host.account, &host.assigned).await?;
        let role = role.ok_or_else(|| error::role_is_gone(host.assigned.arn()))?;
        let asked = Asked {
            role_arn: &role.arn,
            account: &host.account,
            host_id: &host.id,
            host_arn: &claimed.arn,
            seconds: HOUR,
        };
        let session = call.service.ports.sessions.begin(call.circumstances(), asked).await?;
        let session = session.ok_or_else(|| error::not_trusted(&role.arn))?;
        Ok(Output {
            credentials: Credentials {
                access_key_id: session.access_key_id,
                secret_access_key: session.secret_access_key,
                session_token: session.session_token,
                expiration: session.expires,
            },
            role_arn: role.arn.clone(),
            source_identity: host.id.clone(),
        })
    }
}

/// Uses the challenge up, before anything is given for it: whoever comes second with it finds the host at
/// another turn. A host that was deleted meanwhile conflicts as well.
async fn take_turn(call: &Call<'_>, host: &Stored<Host>, turn: u64) -> Result<()> {
    if host.turn != turn {
        return Err(error::bad_challenge());
    }
    let address = call.source.address.to_owned();
    let moved = Host { turn: turn + 1, last: Some((call.now, address)), ..host.value.clone() };
    let mut changes = call.service.records.changes();
    changes.replace(host, &moved).map_err(error::storage)?;
    call.service.records.commit(changes).await.map(drop).map_err(error::storage)
}

impl Hosts {
    /// How the caller addressed this server.
    ///
    /// # Errors
    /// ValidationException for a name that is not this server's.
    pub(crate) fn origin(&self, call: &Call<'_>) -> Result<String> {
        let origin = self.ports.names.origin(&call.source);
        origin.ok_or_else(|| error::another_name(call.source.host.unwrap_or("nothing")))
    }
}
