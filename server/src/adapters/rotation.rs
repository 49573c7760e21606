//! Secrets Manager's functions, from Lambda.

use std::sync::Arc;

use strongroom_api::{BoxFuture, Circumstances, Result};
use strongroom_lambda::{Lambda, OnBehalf};
use strongroom_secretsmanager::functions::{Access, FunctionArn, Functions, Origin, Outcome};

/// The port `Functions` of Secrets Manager over Lambda.
pub struct LambdaFunctions(pub Arc<Lambda>);

impl Functions for LambdaFunctions {
    fn access<'a>(
        &'a self,
        circumstances: &'a Circumstances<'a>,
        function: &'a FunctionArn,
        secret: Origin<'a>,
    ) -> BoxFuture<'a, Result<Access>> {
        Box::pin(async move {
            let function = function.as_str();
            if !self.0.may_call(circumstances, function, on_behalf(secret)).await? {
                return Ok(Access::Denied);
            }
            match self.0.is_built_in(circumstances, function).await? {
                true => Ok(Access::BuiltIn),
                false => Ok(Access::Custom),
            }
        })
    }

    fn invoke<'a>(
        &'a self,
        circumstances: &'a Circumstances<'a>,
        function: &'a FunctionArn,
        secret: Origin<'a>,
        event: &'a str,
    ) -> BoxFuture<'a, Result<Outcome>> {
        Box::pin(async move {
            let payload = event.as_bytes().to_vec();
            let (function, on_behalf) = (function.as_str(), on_behalf(secret));
            let answer =
                self.0.call_as_service(circumstances, function, on_behalf, payload).await?;
            Ok(Outcome {
                payload: answer.payload.reveal().0.clone(),
                function_error: answer.is_error.then(|| "Unhandled".to_owned()),
            })
        })
    }
}

fn on_behalf(secret: Origin<'_>) -> OnBehalf<'_> {
    OnBehalf {
        service: "secretsmanager.amazonaws.com",
        source_arn: secret.arn,
        source_account: secret.account,
    }
}
