//! Reads the secret named on the command line as an application does that knows nothing of the server:
//! with the SDK's default configuration. Prints the value, and who it was that read it.

use std::error::Error;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let name = std::env::args().nth(1).ok_or("name a secret")?;
    let found = aws_config::load_defaults(aws_config::BehaviorVersion::latest()).await;
    let secrets = aws_sdk_secretsmanager::Client::new(&found);
    let secret = secrets.get_secret_value().secret_id(name).send().await?;
    let caller = aws_sdk_sts::Client::new(&found).get_caller_identity().send().await?;
    let of = |text: Option<&str>| text.unwrap_or_default().to_owned();
    println!("{} {}", of(secret.secret_string()), of(caller.arn()));
    Ok(())
}
