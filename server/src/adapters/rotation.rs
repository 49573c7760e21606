//! Secrets Manager's functions.

use strongroom_api::{BoxFuture, Circumstances, Error, Result};
use strongroom_secretsmanager::functions::{Access, FunctionArn, Functions, Origin, Outcome};

/// No function exists.
pub struct NoFunctions;

impl Functions for NoFunctions {
    fn access<'a>(
        &'a self,
        _: &'a Circumstances<'a>,
        _: &'a FunctionArn,
        _: Origin<'a>,
    ) -> BoxFuture<'a, Result<Access>> {
        Box::pin(std::future::ready(Ok(Access::Denied)))
    }

    fn invoke<'a>(
        &'a self,
        _: &'a Circumstances<'a>,
        function: &'a FunctionArn,
        _: Origin<'a>,
        _: &'a str,
    ) -> BoxFuture<'a, Result<Outcome>> {
        let message = format!("Function not found: {}", function.as_str());
        Box::pin(std::future::ready(Err(Error::new("ResourceNotFoundException", message))))
    }
}
