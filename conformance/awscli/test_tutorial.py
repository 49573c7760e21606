"""A published tutorial's commands, typed as they stand there."""

import json
import time

import pytest

from evidence import MODEL, SNAPSHOT, TUTORIAL, case

STRIPE = '{"api_key":"sk_live_xxx","webhook_secret":"whsec_xxx"}'

CREATE_STRIPE = r"""
# Create a simple key-value secret
aws secretsmanager create-secret \
  --name prod/api/stripe \
  --description "Stripe API keys for production" \
  --secret-string '{"api_key":"sk_live_xxx","webhook_secret":"whsec_xxx"}'
"""

CREATE_POSTGRES = r"""
# Create database credentials
aws secretsmanager create-secret \
  --name prod/database/postgres \
  --description "PostgreSQL production credentials" \
  --secret-string '{
    "username":"admin",
    "password":"MySecurePassword123!",
    "engine":"postgres",
    "host":"mydb.cluster-xyz.us-east-1.rds.amazonaws.com",
    "port":5432,
    "dbname":"production"
  }'
"""

CREATE_WITH_KEY = r"""
# Create with customer-managed KMS key
aws secretsmanager create-secret \
  --name prod/database/postgres \
  --kms-key-id alias/secrets-key \
  --secret-string '{"username":"admin","password":"MySecurePassword123!"}'
"""

GET_TEXT = r"""
# Get secret value
aws secretsmanager get-secret-value \
  --secret-id prod/database/postgres \
  --query SecretString \
  --output text
"""

GET_VERSION = r"""
# Get specific version
aws secretsmanager get-secret-value \
  --secret-id prod/database/postgres \
  --version-stage AWSCURRENT
"""

GET_PASSWORD = r"""
# Parse JSON with jq
aws secretsmanager get-secret-value \
  --secret-id prod/database/postgres \
  --query SecretString \
  --output text | jq -r '.password'
"""

EXPORT_PASSWORD = r"""
# Export as environment variables
export DB_PASSWORD=$(aws secretsmanager get-secret-value \
  --secret-id prod/database/postgres \
  --query 'SecretString' \
  --output text | jq -r '.password')
"""

UPDATE = r"""
# Update secret value
aws secretsmanager update-secret \
  --secret-id prod/api/stripe \
  --secret-string '{"api_key":"sk_live_new","webhook_secret":"whsec_new"}'
"""

ADD_PAIR = r"""
# Add new key-value pair
aws secretsmanager update-secret \
  --secret-id prod/api/stripe \
  --secret-string "$(aws secretsmanager get-secret-value \
    --secret-id prod/api/stripe \
    --query SecretString \
    --output text | jq '. + {"new_key":"new_value"}')"
"""

LIST = r"""
# List secrets
aws secretsmanager list-secrets \
  --query 'SecretList[*].[Name,LastChangedDate]' \
  --output table
"""

DELETE = r"""
# Delete secret (with recovery window)
aws secretsmanager delete-secret \
  --secret-id prod/old-secret \
  --recovery-window-in-days 7
"""

FORCE_DELETE = r"""
# Force delete immediately (no recovery)
aws secretsmanager delete-secret \
  --secret-id prod/test-secret \
  --force-delete-without-recovery
"""

SHARE = r"""
# Allow another account to access secret
aws secretsmanager put-resource-policy \
  --secret-id prod/shared/api-key \
  --resource-policy '{
    "Version": "2012-10-17",
    "Statement": [{
      "Effect": "Allow",
      "Principal": {
        "AWS": "arn:aws:iam::222233334444:root"
      },
      "Action": "secretsmanager:GetSecretValue",
      "Resource": "*"
    }]
  }'
"""


def arn(name):
    return f"arn:aws:secretsmanager:us-east-1:123456789012:secret:{name}-"


@pytest.fixture
def run(shell):
    """Runs a command that must succeed and answers its output."""

    def run(script):
        done = shell(script)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


@pytest.fixture
def clear(run):
    """Makes a name free, which a fixed name is not on a server used before."""

    def clear(name):
        run(f"aws secretsmanager delete-secret --secret-id {name} --force-delete-without-recovery")
        # AWS keeps the name for some seconds.
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            left = run(
                "aws secretsmanager list-secrets --include-planned-deletion --query 'SecretList[].Name'"
            )
            if name not in json.loads(left):
                return
            time.sleep(0.5)

    return clear


@pytest.fixture
def fresh(run, clear):
    """Creates a secret under a fixed name, as nobody has touched it before."""

    def fresh(name, create=None):
        clear(name)
        return run(create or f"aws secretsmanager create-secret --name {name} --secret-string old")

    return fresh


@pytest.fixture
def stripe(fresh):
    return json.loads(fresh("prod/api/stripe", CREATE_STRIPE))


@pytest.fixture
def postgres(fresh):
    return json.loads(fresh("prod/database/postgres", CREATE_POSTGRES))


@case("CLI-001", TUTORIAL)
def test_a_simple_secret_is_created(stripe):
    assert stripe["Name"] == "prod/api/stripe"
    assert stripe["ARN"].startswith(arn("prod/api/stripe"))
    assert len(stripe["VersionId"]) == 36


@case("CLI-002", TUTORIAL)
def test_database_credentials_are_created(postgres):
    assert postgres["Name"] == "prod/database/postgres"
    assert postgres["ARN"].startswith(arn("prod/database/postgres"))


@case("CLI-003", SNAPSHOT)
def test_a_name_that_is_taken_is_refused(shell, postgres):
    done = shell(CREATE_POSTGRES)
    assert done.returncode != 0
    assert (
        "An error occurred (ResourceExistsException) when calling the CreateSecret operation: "
        "The operation failed because the secret prod/database/postgres already exists."
    ) in done.stderr


@pytest.mark.needs_kms
@case("CLI-004", TUTORIAL)
def test_a_secret_is_created_under_ones_own_key(run, fresh):
    run(
        "aws kms list-aliases --query 'Aliases[].AliasName' --output text | grep -q alias/secrets-key || "
        "aws kms create-alias --alias-name alias/secrets-key "
        "--target-key-id $(aws kms create-key --query KeyMetadata.KeyId --output text)"
    )
    created = json.loads(fresh("prod/database/postgres", CREATE_WITH_KEY))
    assert created["Name"] == "prod/database/postgres"
    described = json.loads(
        run("aws secretsmanager describe-secret --secret-id prod/database/postgres")
    )
    assert described["KmsKeyId"]
    assert run(GET_PASSWORD) == "MySecurePassword123!\n"


@case("CLI-005", TUTORIAL)
def test_the_value_is_read_as_text(run, postgres):
    assert json.loads(run(GET_TEXT)) == {
        "username": "admin",
        "password": "MySecurePassword123!",
        "engine": "postgres",
        "host": "mydb.cluster-xyz.us-east-1.rds.amazonaws.com",
        "port": 5432,
        "dbname": "production",
    }


@case("CLI-006", MODEL)
def test_the_value_keeps_its_line_breaks(run, postgres):
    assert run(GET_TEXT).startswith('{\n    "username":"admin",\n')


@case("CLI-007", TUTORIAL)
def test_a_version_is_read_by_its_stage(run, postgres):
    read = json.loads(run(GET_VERSION))
    assert read["ARN"] == postgres["ARN"]
    assert read["Name"] == "prod/database/postgres"
    assert read["VersionId"] == postgres["VersionId"]
    assert read["VersionStages"] == ["AWSCURRENT"]
    assert json.loads(read["SecretString"])["username"] == "admin"
    assert abs(read["CreatedDate"] - time.time()) < 300


@case("CLI-008", TUTORIAL)
def test_the_password_is_cut_out(run, postgres):
    assert run(GET_PASSWORD) == "MySecurePassword123!\n"


@case("CLI-009", TUTORIAL)
def test_the_password_becomes_an_environment_variable(run, postgres):
    assert run(EXPORT_PASSWORD + 'printf %s "$DB_PASSWORD"') == "MySecurePassword123!"


@case("CLI-010", TUTORIAL)
def test_a_value_is_updated(run, stripe):
    updated = json.loads(run(UPDATE))
    assert (updated["ARN"], updated["Name"]) == (stripe["ARN"], stripe["Name"])
    assert updated["VersionId"] != stripe["VersionId"]
    assert json.loads(value(run)) == {"api_key": "sk_live_new", "webhook_secret": "whsec_new"}


@case("CLI-011", SNAPSHOT)
def test_the_old_value_is_the_previous_one(run, stripe):
    run(UPDATE)
    assert value(run, "--version-stage AWSPREVIOUS") == STRIPE + "\n"


@case("CLI-012", TUTORIAL)
def test_a_pair_is_added(run, stripe):
    run(UPDATE)
    run(ADD_PAIR)
    assert json.loads(value(run)) == {
        "api_key": "sk_live_new",
        "webhook_secret": "whsec_new",
        "new_key": "new_value",
    }


@case("CLI-013", TUTORIAL)
def test_secrets_are_listed_as_a_table(run, stripe, postgres):
    table = run(LIST)
    assert "ListSecrets" in table
    assert "prod/api/stripe" in table
    assert "prod/database/postgres" in table


@case("CLI-014", TUTORIAL)
def test_a_secret_is_deleted_with_a_recovery_window(run, fresh):
    created = json.loads(fresh("prod/old-secret"))
    deleted = json.loads(run(DELETE))
    assert (deleted["ARN"], deleted["Name"]) == (created["ARN"], "prod/old-secret")
    assert abs(deleted["DeletionDate"] - time.time() - 7 * 86400) < 300


@case("CLI-015", SNAPSHOT)
def test_a_deleted_secret_is_restored(run, fresh):
    fresh("prod/old-secret")
    run(DELETE)
    run("aws secretsmanager restore-secret --secret-id prod/old-secret")
    assert value(run, name="prod/old-secret") == "old\n"


@case("CLI-016", TUTORIAL)
def test_a_secret_is_deleted_by_force(run, shell, fresh):
    fresh("prod/test-secret")
    deleted = json.loads(run(FORCE_DELETE))
    assert deleted["Name"] == "prod/test-secret"
    assert abs(deleted["DeletionDate"] - time.time()) < 300
    done = shell("aws secretsmanager get-secret-value --secret-id prod/test-secret")
    assert done.returncode != 0
    assert "Exception) when calling the GetSecretValue operation" in done.stderr


@case("CLI-017", TUTORIAL)
def test_a_secret_is_shared_with_another_account(run, fresh):
    fresh("prod/shared/api-key")
    assert json.loads(run(SHARE))["Name"] == "prod/shared/api-key"
    read = json.loads(run("aws secretsmanager get-resource-policy --secret-id prod/shared/api-key"))
    [statement] = json.loads(read["ResourcePolicy"])["Statement"]
    assert statement["Principal"] == {"AWS": "arn:aws:iam::222233334444:root"}


@case("CLI-018", MODEL)
def test_the_caller_is_root_of_the_account(run):
    assert json.loads(run("aws sts get-caller-identity"))["Account"] == "123456789012"


def value(run, options="", name="prod/api/stripe"):
    return run(
        f"aws secretsmanager get-secret-value --secret-id {name} {options} "
        "--query SecretString --output text"
    )
