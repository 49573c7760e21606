//! GetParametersForImport: gives out what wraps key material on its way here.

use strongroom_api::{Audit, Authorized, Blob, Operation, Reply, Result, Shape, Timestamp, Values};

use crate::import::{Ticket, WrappingAlgorithm, WrappingKey, WrappingKeySpec};
use crate::key::DAY_MILLIS;
use crate::spec::Origin;
use crate::state::Act;
use crate::subject::Subject;
use crate::workers::compute;
use crate::{Call, Key, KeyId, Kms, error, paths};

/// GetParametersForImport.
pub struct GetParametersForImport;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// The key, by id or ARN.
    pub key_id: KeyId,
    /// How the material will be wrapped.
    pub wrapping_algorithm: WrappingAlgorithm,
    /// What it will be wrapped with.
    pub wrapping_key_spec: WrappingKeySpec,
}

/// Its reply.
#[derive(Debug, Reply)]
pub struct Output {
    /// The key's ARN.
    pub key_id: String,
    /// What to present with the material.
    pub import_token: Blob,
    /// What to wrap it with, as SubjectPublicKeyInfo (DER).
    pub public_key: Blob,
    /// From then on both count no more.
    pub parameters_valid_to: Timestamp,
}

const TOKEN_BYTES: usize = 32;

impl Operation for GetParametersForImport {
    const NAME: &'static str = "GetParametersForImport";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"KeyId": "1234abcd-12ab-34cd-56ef-1234567890ab", "WrappingAlgorithm": "RSAES_OAEP_SHA_256", "WrappingKeySpec": "RSA_2048"}"#;

    type Service = Kms;
    type Input = Input;
    type Target = Subject;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Subject> {
        call.service.find_key_by_id(call, &input.key_id).await
    }

    fn condition<'v>(input: &'v Input, _: Option<&'v Subject>, key: &str) -> Option<Values<'v>> {
        match key {
            "kms:wrappingalgorithm" => Some(Values::one(input.wrapping_algorithm.text())),
            "kms:wrappingkeyspec" => Some(Values::one(input.wrapping_key_spec.text())),
            _ => None,
        }
    }

    async fn run(call: &Call<'_>, input: &Input, subject: Authorized<Subject>) -> Result<Output> {
        check_origin(&subject)?;
        subject.check_state(Act::Edit, call.now)?;
        let (algorithm, spec) = (input.wrapping_algorithm, input.wrapping_key_spec);
        if algorithm.parts().is_none() || spec == WrappingKeySpec::Sm2 {
            return Err(error::unsupported(format!(
                "Wrapping algorithm {} with wrapping key spec {} is not supported.",
                algorithm.text(),
                spec.text()
            )));
        }
        let key = compute(&*call.service.workers, move || WrappingKey::generate(spec)).await?;
        let key = key.ok_or_else(|| error::internal("no wrapping key was made"))?;
        let mut token = vec![0; TOKEN_BYTES];
        call.entropy.fill(&mut token);
        let (valid_to, public) = (call.now.plus_millis(DAY_MILLIS), key.public.clone());
        let ticket = Ticket::new(token.clone(), algorithm, valid_to, key);
        let path = paths::import_ticket(&subject.account, &subject.region, &subject.id);
        let mut changes = call.service.records.changes();
        // The key must still be there, or its ticket would outlive it.
        changes.expect(&subject.path(), subject.as_read().map_or(0, |read| read.revision));
        changes.put(&path, &ticket).map_err(error::of_record)?;
        call.service.commit(changes).await?;
        Ok(Output {
            key_id: subject.arn().to_owned(),
            import_token: Blob(token),
            public_key: Blob(public),
            parameters_valid_to: valid_to,
        })
    }
}

/// # Errors
/// UnsupportedOperationException unless the key is for imported material.
pub(super) fn check_origin(key: &Key) -> Result<()> {
    match key.origin {
        Origin::External => Ok(()),
        origin => Err(error::wrong_origin(key.arn(), origin)),
    }
}
