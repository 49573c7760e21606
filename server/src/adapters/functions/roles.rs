//! Sessions of execution roles, from STS: each is an AssumeRole by Lambda that the role's trust policy
//! has to allow and that goes on record.

use std::sync::Arc;

use strongroom_api::{
    BoxFuture, Call, Caller, Circumstances, Details, Entropy, Error, Ids, PrincipalKind, Recorder,
    Result, Source,
};
use strongroom_iam::Iam;
use strongroom_lambda::built_in;
use strongroom_lambda::runner::{Credentials, Parcel, Roles};
use strongroom_sts::operations::AssumeRole;
use strongroom_sts::{Session, Sts};
use strongroom_wire::Family;

use crate::adapters::recorder::TrailRecorder;
use crate::clock::Clock;
use crate::foundation::Foundation;

/// The port `Roles` of Lambda over STS.
pub struct StsRoles {
    sts: Arc<Sts>,
    iam: Arc<Iam>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    recorder: Arc<dyn Recorder>,
    ids: Ids,
}

const LAMBDA: &str = "lambda.amazonaws.com";
/// How long a session lasts, and with it an instance. Every role allows as much.
const SECONDS: i32 = 3_600;

impl StsRoles {
    /// Roles of `sts`.
    #[must_use]
    pub fn new(foundation: &Foundation, sts: Arc<Sts>, iam: Arc<Iam>) -> Self {
        Self {
            sts,
            iam,
            clock: Arc::clone(&foundation.clock),
            entropy: Arc::clone(&foundation.entropy),
            recorder: Arc::new(TrailRecorder::new(Arc::clone(&foundation.trail))),
            ids: Ids::new(&*foundation.entropy),
        }
    }

    /// An id for a request.
    pub(super) fn request_id(&self) -> String {
        self.ids.next().to_string()
    }

    /// A session of the role that a parcel is sent with.
    pub(super) async fn caller(&self, parcel: &Parcel) -> Result<Arc<Caller>> {
        let Parcel { account, region, name, role, .. } = parcel;
        let arn = format!("arn:aws:lambda:{region}:{account}:function:{name}");
        let credentials = self.assume(role, name, account, region, &arn).await?;
        let token = credentials.session_token.reveal();
        match self.sts.session(&credentials.access_key_id, token, self.clock.now()).await? {
            Session::Open(credential) => Ok(Arc::clone(&credential.caller)),
            Session::Expired | Session::Unknown => Err(Error::internal("a session is not known")),
        }
    }

    /// How a call by `caller` comes in.
    pub(super) fn circumstances<'a>(
        &'a self,
        caller: &'a Caller,
        region: &'a str,
        request_id: &'a str,
    ) -> Circumstances<'a> {
        Circumstances {
            caller,
            region,
            now: self.clock.now(),
            request_id,
            source: Source { address: LAMBDA, user_agent: LAMBDA, ..Source::default() },
            via: None,
            recorder: &*self.recorder,
            entropy: &*self.entropy,
            ids: &self.ids,
        }
    }
}

/// Lambda, on behalf of a function.
fn caller(account: &str, function_arn: &str) -> Caller {
    let details = Details {
        service: Some(LAMBDA.to_owned()),
        source: Some((function_arn.to_owned(), account.to_owned())),
        ..Details::default()
    };
    Caller::new(PrincipalKind::Service, account, LAMBDA, LAMBDA, details)
}

impl Roles for StsRoles {
    fn assume<'a>(
        &'a self,
        role: &'a str,
        session: &'a str,
        account: &'a str,
        region: &'a str,
        function_arn: &'a str,
    ) -> BoxFuture<'a, Result<Credentials>> {
        Box::pin(async move {
            let caller = caller(account, function_arn);
            let request_id = self.ids.next().to_string();
            let circumstances = self.circumstances(&caller, region, &request_id);
            if role == built_in::role_arn(account) {
                let (now, entropy) = (circumstances.now, &*self.entropy);
                self.iam.provide_service_linked_role(account, LAMBDA, now, entropy).await?;
            }
            let input = AssumeRole::input(role, session, SECONDS);
            let assumed = Call::new(&*self.sts, &circumstances).perform::<AssumeRole>(&input).await;
            let credentials = assumed.map_err(refused)?.credentials;
            Ok(Credentials {
                access_key_id: credentials.access_key_id,
                secret_access_key: credentials.secret_access_key,
                session_token: credentials.session_token,
                expires: credentials.expiration,
            })
        })
    }

    fn is_assumable<'a>(
        &'a self,
        role: &'a str,
        account: &'a str,
        region: &'a str,
        function_arn: &'a str,
    ) -> BoxFuture<'a, Result<bool>> {
        Box::pin(async move {
            let caller = caller(account, function_arn);
            let request_id = self.ids.next().to_string();
            self.sts.may_assume(&self.circumstances(&caller, region, &request_id), role).await
        })
    }
}

/// A role that is gone, or trusts Lambda no longer, is told as AWS does it for a function.
fn refused(error: Error) -> Error {
    if error.is_internal() || error.code(Family::Rest) == "ThrottlingException" {
        return error;
    }
    Error::access_denied("The role defined for the function cannot be assumed by Lambda.")
}
