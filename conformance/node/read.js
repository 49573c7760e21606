'use strict';

// Reads the secret named on the command line as an application does that knows nothing of the server:
// with the SDK's default configuration. Prints the value, and who it was that read it.

const { GetSecretValueCommand, SecretsManagerClient } = require('@aws-sdk/client-secrets-manager');
const { GetCallerIdentityCommand, STSClient } = require('@aws-sdk/client-sts');

async function main() {
  const secret = await new SecretsManagerClient().send(
    new GetSecretValueCommand({ SecretId: process.argv[2] }),
  );
  const caller = await new STSClient().send(new GetCallerIdentityCommand());
  console.log(secret.SecretString, caller.Arn);
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
