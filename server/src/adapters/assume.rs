//! Roles that the server assumes for those who have proven who they are in another way than by a signature.

use strongroom_api::{Call, Circumstances, Error, Operation, Result};
use strongroom_sts::Sts;
use strongroom_sts::operations::AssumeRole;
use strongroom_wire::Family;

/// Performs AssumeRole; `None` if the role's trust policy does not let the caller in. What else is wrong with
/// the request is told as whoever asked would be told it.
///
/// # Errors
/// ValidationException, throttling, or internal.
pub async fn assume(
    sts: &Sts,
    circumstances: &Circumstances<'_>,
    input: &<AssumeRole as Operation>::Input,
) -> Result<Option<<AssumeRole as Operation>::Output>> {
    match Call::new(sts, circumstances).perform::<AssumeRole>(input).await {
        Ok(assumed) => Ok(Some(assumed)),
        Err(error) if error.code(Family::Query) == "AccessDenied" => Ok(None),
        Err(error) if is_passed_on(&error) => Err(error),
        Err(error) => Err(Error::validation(error.message())),
    }
}

fn is_passed_on(error: &Error) -> bool {
    error.is_internal() || error.code(Family::Rest) == "ThrottlingException"
}
