'use strict';

// Secrets Manager through the SDK for JavaScript. A title begins with its case in ../../cases.md.

const assert = require('node:assert/strict');
const { randomUUID } = require('node:crypto');
const { after, before, describe, test } = require('node:test');

const {
  BatchGetSecretValueCommand,
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetRandomPasswordCommand,
  GetResourcePolicyCommand,
  GetSecretValueCommand,
  InvalidParameterException,
  InvalidRequestException,
  ListSecretVersionIdsCommand,
  ListSecretsCommand,
  PutResourcePolicyCommand,
  PutSecretValueCommand,
  ResourceExistsException,
  ResourceNotFoundException,
  RestoreSecretCommand,
  SecretsManagerClient,
  SecretsManagerServiceException,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateSecretCommand,
  UpdateSecretVersionStageCommand,
  paginateListSecrets,
} = require('@aws-sdk/client-secrets-manager');
const { GetCallerIdentityCommand, STSClient } = require('@aws-sdk/client-sts');

const { startServer } = require('../server.js');

let server;
let client;
let options;

before(async () => {
  server = await startServer();
  options = {
    endpoint: server.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    // A retry would hide an error that comes once.
    maxAttempts: 1,
  };
  client = new SecretsManagerClient(options);
});

after(async () => {
  client?.destroy();
  await server?.stop();
});

const unique = () => `conformance/${randomUUID().replaceAll('-', '')}`;

// Creates a secret that the test's end removes.
async function create(t, input = {}) {
  const reply = await client.send(
    new CreateSecretCommand({ Name: unique(), SecretString: 'one', ...input }),
  );
  t.after(() =>
    client.send(
      new DeleteSecretCommand({ SecretId: reply.ARN, ForceDeleteWithoutRecovery: true }),
    ),
  );
  return reply;
}

const read = (SecretId, more = {}) => client.send(new GetSecretValueCommand({ SecretId, ...more }));

describe('the tutorial', () => {
  // Source: published tutorial
  test('JS-001 the tutorial reads a secret as it stands there', async (t) => {
    await client.send(
      new DeleteSecretCommand({
        SecretId: 'prod/database/postgres',
        ForceDeleteWithoutRecovery: true,
      }),
    );
    await create(t, {
      Name: 'prod/database/postgres',
      SecretString: '{"username":"admin","password":"MySecurePassword123!"}',
    });
    // The sample names no endpoint and no credentials; these come from the environment.
    const set = {
      AWS_ENDPOINT_URL: server.url,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
    };
    const saved = Object.fromEntries(Object.keys(set).map((key) => [key, process.env[key]]));
    Object.assign(process.env, set);
    t.after(() => {
      for (const [key, value] of Object.entries(saved)) {
        if (value === undefined) delete process.env[key];
        else process.env[key] = value;
      }
    });

    async function getSecret(secretName) {
      const client = new SecretsManagerClient({ region: 'us-east-1' });

      const response = await client.send(
        new GetSecretValueCommand({ SecretId: secretName })
      );

      return JSON.parse(response.SecretString);
    }

    // Usage
    const dbCreds = await getSecret('prod/database/postgres');
    assert.equal(`Connecting as ${dbCreds.username}`, 'Connecting as admin');
  });
});

describe('values', () => {
  // Source: LocalStack AWS-validated snapshot
  test('JS-002 a created secret answers ARN, name and version', async (t) => {
    const Name = unique();
    const reply = await create(t, { Name });
    assert.equal(reply.Name, Name);
    assert.match(reply.ARN, /^arn:aws:secretsmanager:us-east-1:\d{12}:secret:.+-[A-Za-z0-9]{6}$/);
    assert.match(reply.VersionId, /^[0-9a-f-]{36}$/);
  });

  // Source: botocore model
  test('JS-003 a string value comes back as it was', async (t) => {
    const value = ' {"tail": "äöü 🗝"}\n';
    const { ARN } = await create(t, { SecretString: value });
    const reply = await read(ARN);
    assert.equal(reply.SecretString, value);
    assert.equal(reply.SecretBinary, undefined);
  });

  // Source: botocore model
  test('JS-004 a binary value comes back as bytes', async (t) => {
    const value = Uint8Array.from({ length: 256 }, (_, index) => index);
    const { ARN } = await create(t, { SecretString: undefined, SecretBinary: value });
    const reply = await read(ARN);
    assert.ok(reply.SecretBinary instanceof Uint8Array);
    assert.deepEqual(Uint8Array.from(reply.SecretBinary), value);
    assert.equal(reply.SecretString, undefined);
  });

  // Source: botocore model
  test('JS-005 dates are Date objects of about now', async (t) => {
    const { ARN } = await create(t);
    const reply = await client.send(new DescribeSecretCommand({ SecretId: ARN }));
    assert.ok(reply.CreatedDate instanceof Date);
    assert.ok(Math.abs(Date.now() - reply.CreatedDate.getTime()) < 60_000);
    assert.equal(reply.LastAccessedDate, undefined);
  });

  // Source: LocalStack AWS-validated snapshot
  test('JS-006 a new value makes the old one previous', async (t) => {
    const { ARN, VersionId } = await create(t);
    const put = await client.send(
      new PutSecretValueCommand({ SecretId: ARN, SecretString: 'two' }),
    );
    assert.deepEqual(put.VersionStages, ['AWSCURRENT']);
    assert.equal((await read(ARN)).SecretString, 'two');
    const previous = await read(ARN, { VersionStage: 'AWSPREVIOUS' });
    assert.equal(previous.SecretString, 'one');
    assert.equal(previous.VersionId, VersionId);
  });

  // Source: LocalStack AWS-validated snapshot
  test('JS-007 an update of the description makes no version', async (t) => {
    const { ARN } = await create(t);
    const reply = await client.send(new UpdateSecretCommand({ SecretId: ARN, Description: 'd' }));
    assert.equal(reply.VersionId, undefined);
  });

  // Source: LocalStack AWS-validated snapshot
  test('JS-008 a version rolls back', async (t) => {
    const { ARN, VersionId } = await create(t);
    const put = await client.send(
      new PutSecretValueCommand({ SecretId: ARN, SecretString: 'two' }),
    );
    await client.send(
      new UpdateSecretVersionStageCommand({
        SecretId: ARN,
        VersionStage: 'AWSCURRENT',
        MoveToVersionId: VersionId,
        RemoveFromVersionId: put.VersionId,
      }),
    );
    assert.equal((await read(ARN)).SecretString, 'one');
  });

  // Source: botocore model
  test('JS-009 a batch answers values and errors side by side', async (t) => {
    const { ARN } = await create(t);
    const missing = unique();
    const reply = await client.send(
      new BatchGetSecretValueCommand({ SecretIdList: [ARN, missing] }),
    );
    assert.deepEqual(
      reply.SecretValues.map((entry) => entry.SecretString),
      ['one'],
    );
    assert.deepEqual(
      reply.Errors.map((entry) => [entry.SecretId, entry.ErrorCode]),
      [[missing, 'ResourceNotFoundException']],
    );
  });

  // Source: LocalStack AWS-validated snapshot
  test('JS-010 versions list the default key by its own name', async (t) => {
    const { ARN, VersionId } = await create(t);
    const reply = await client.send(new ListSecretVersionIdsCommand({ SecretId: ARN }));
    assert.deepEqual(
      reply.Versions.map((version) => [version.VersionId, version.KmsKeyIds]),
      [[VersionId, ['DefaultEncryptionKey']]],
    );
  });
});

describe('lists, tags, deletion', () => {
  // Source: botocore model
  test('JS-011 a paginator walks every page once', async (t) => {
    const prefix = unique();
    for (const part of ['b', 'a', 'c', 'e', 'd']) {
      await create(t, { Name: `${prefix}/${part}` });
    }
    const seen = [];
    const pages = paginateListSecrets(
      { client, pageSize: 2 },
      { Filters: [{ Key: 'name', Values: [prefix] }], SortBy: 'name', SortOrder: 'asc' },
    );
    for await (const page of pages) {
      assert.ok(page.SecretList.length <= 2);
      seen.push(...page.SecretList.map((entry) => entry.Name.slice(prefix.length + 1)));
    }
    assert.deepEqual(seen, ['a', 'b', 'c', 'd', 'e']);
  });

  // Source: botocore model
  test('JS-012 the last page has no token', async (t) => {
    const { Name } = await create(t);
    const reply = await client.send(
      new ListSecretsCommand({ Filters: [{ Key: 'name', Values: [Name] }] }),
    );
    assert.equal(reply.SecretList.length, 1);
    assert.equal(reply.NextToken, undefined);
  });

  // Source: LocalStack AWS-validated snapshot
  test('JS-013 tags come and go', async (t) => {
    const { ARN } = await create(t);
    const tags = async () =>
      (await client.send(new DescribeSecretCommand({ SecretId: ARN }))).Tags;
    assert.equal(await tags(), undefined);
    await client.send(
      new TagResourceCommand({ SecretId: ARN, Tags: [{ Key: 'k', Value: 'v' }] }),
    );
    assert.deepEqual(await tags(), [{ Key: 'k', Value: 'v' }]);
    await client.send(new UntagResourceCommand({ SecretId: ARN, TagKeys: ['k'] }));
    assert.deepEqual(await tags(), []);
  });

  // Source: LocalStack AWS-validated snapshot
  test('JS-014 a deleted secret is restored', async (t) => {
    const { ARN } = await create(t);
    const deleted = await client.send(
      new DeleteSecretCommand({ SecretId: ARN, RecoveryWindowInDays: 7 }),
    );
    const days = (deleted.DeletionDate.getTime() - Date.now()) / 86_400_000;
    assert.ok(Math.abs(days - 7) < 0.01);
    await assert.rejects(read(ARN), InvalidRequestException);
    await client.send(new RestoreSecretCommand({ SecretId: ARN }));
    assert.equal((await read(ARN)).SecretString, 'one');
  });

  // Source: LocalStack AWS-validated snapshot
  test('JS-015 a resource policy comes back as text', async (t) => {
    const { ARN } = await create(t);
    const policy = {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { AWS: 'arn:aws:iam::222233334444:root' },
          Action: 'secretsmanager:GetSecretValue',
          Resource: '*',
        },
      ],
    };
    await client.send(
      new PutResourcePolicyCommand({ SecretId: ARN, ResourcePolicy: JSON.stringify(policy) }),
    );
    const reply = await client.send(new GetResourcePolicyCommand({ SecretId: ARN }));
    const [statement] = JSON.parse(reply.ResourcePolicy).Statement;
    assert.deepEqual(statement.Principal, policy.Statement[0].Principal);
  });

  // Source: botocore model
  test('JS-016 a random password is as long as asked for', async () => {
    const reply = await client.send(new GetRandomPasswordCommand({ PasswordLength: 40 }));
    assert.equal(reply.RandomPassword.length, 40);
  });
});

describe('errors', () => {
  // Source: LocalStack AWS-validated snapshot
  test('JS-017 a missing secret is a ResourceNotFoundException', async () => {
    await assert.rejects(read(unique()), (error) => {
      assert.ok(error instanceof ResourceNotFoundException);
      assert.ok(error instanceof SecretsManagerServiceException);
      assert.equal(error.name, 'ResourceNotFoundException');
      assert.equal(error.message, "Secrets Manager can't find the specified secret.");
      assert.equal(error.$metadata.httpStatusCode, 400);
      assert.match(error.$metadata.requestId, /^[0-9a-f-]{36}$/);
      return true;
    });
  });

  // Source: LocalStack AWS-validated snapshot
  test('JS-018 a taken name is a ResourceExistsException', async (t) => {
    const { Name } = await create(t);
    await assert.rejects(
      client.send(new CreateSecretCommand({ Name, SecretString: 'two' })),
      (error) =>
        error instanceof ResourceExistsException &&
        error.message === `The operation failed because the secret ${Name} already exists.`,
    );
  });

  // Source: third-party test that quotes AWS
  test('JS-019 two kinds of value are an InvalidParameterException', async () => {
    await assert.rejects(
      client.send(
        new CreateSecretCommand({
          Name: unique(),
          SecretString: 'one',
          SecretBinary: Uint8Array.of(1),
        }),
      ),
      InvalidParameterException,
    );
  });

  // Source: LocalStack AWS-validated snapshot
  test('JS-020 an invalid name is a ValidationException without a class', async () => {
    await assert.rejects(read('Inv Name'), (error) => {
      assert.equal(error.name, 'ValidationException');
      assert.ok(error instanceof SecretsManagerServiceException);
      assert.match(error.message, /^Invalid name\. Must be a valid name/);
      return true;
    });
  });

  // Source: AWS protocol documentation
  test('JS-021 a wrong secret key is an InvalidSignatureException', async () => {
    const stranger = new SecretsManagerClient({
      ...options,
      credentials: { accessKeyId: 'test', secretAccessKey: 'wrong' },
    });
    await assert.rejects(stranger.send(new ListSecretsCommand({})), {
      name: 'InvalidSignatureException',
    });
    stranger.destroy();
  });

  // Source: AWS protocol documentation
  test('JS-022 an unknown access key is an UnrecognizedClientException', async () => {
    const stranger = new SecretsManagerClient({
      ...options,
      credentials: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'wrong' },
    });
    await assert.rejects(stranger.send(new ListSecretsCommand({})), {
      name: 'UnrecognizedClientException',
    });
    stranger.destroy();
  });
});

describe('identity', () => {
  // Source: botocore model
  test('JS-023 the caller is root of the account', async () => {
    const sts = new STSClient(options);
    const reply = await sts.send(new GetCallerIdentityCommand({}));
    assert.equal(reply.Account, '123456789012');
    assert.equal(reply.Arn, 'arn:aws:iam::123456789012:root');
    sts.destroy();
  });

  // Source: AWS protocol documentation
  test('JS-024 a wrong secret key is a SignatureDoesNotMatch', async () => {
    const sts = new STSClient({
      ...options,
      credentials: { accessKeyId: 'test', secretAccessKey: 'wrong' },
    });
    await assert.rejects(sts.send(new GetCallerIdentityCommand({})), (error) => {
      assert.equal(error.name, 'SignatureDoesNotMatch');
      assert.equal(error.$metadata.httpStatusCode, 403);
      return true;
    });
    sts.destroy();
  });
});
