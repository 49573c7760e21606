"""ReplicateSecretToRegions, RemoveRegionsFromReplication, StopReplicationToReplica."""

import time

import pytest
from botocore.exceptions import ClientError

from conftest import REPLICA_REGION
from evidence import CLI_EXAMPLE, INFERRED, ISSUE, MODEL, USER_GUIDE, case
from expect import NOT_FOUND, ON_A_REPLICA, labels, members, refused

WAIT_SECONDS = 60


def until(condition):
    """Waits for what replication brings about; AWS promises no time."""
    deadline = time.monotonic() + WAIT_SECONDS
    while True:
        result = condition()
        if result or time.monotonic() > deadline:
            return result
        time.sleep(0.1)


def status(client, secret_id):
    """Replication status by region."""
    listed = client.describe_secret(SecretId=secret_id).get("ReplicationStatus", [])
    return {entry["Region"]: entry["Status"] for entry in listed}


def elsewhere(arn):
    return arn.replace(":us-east-1:", f":{REPLICA_REGION}:")


@pytest.fixture
def replicated(sm, create):
    """The ARN of a secret with a replica in sync, and the replica's ARN."""
    arn = create(
        SecretString="one",
        Description="d",
        Tags=[{"Key": "k", "Value": "v"}],
        AddReplicaRegions=[{"Region": REPLICA_REGION}],
    )["ARN"]
    assert until(lambda: status(sm, arn).get(REPLICA_REGION) == "InSync")
    yield arn, elsewhere(arn)
    try:
        sm.remove_regions_from_replication(SecretId=arn, RemoveReplicaRegions=[REPLICA_REGION])
    except ClientError:
        pass  # The test has parted them already.


@case("SM-310", CLI_EXAMPLE)
def test_replicating_answers_arn_and_a_status_in_progress(sm, secret):
    reply = sm.replicate_secret_to_regions(
        SecretId=secret["ARN"], AddReplicaRegions=[{"Region": REPLICA_REGION}]
    )
    try:
        assert members(reply) == {"ARN", "ReplicationStatus"}
        assert reply["ARN"] == secret["ARN"]
        [entry] = reply["ReplicationStatus"]
        assert entry == {
            "Region": REPLICA_REGION,
            "KmsKeyId": "alias/aws/secretsmanager",
            "Status": "InProgress",
        }
    finally:
        sm.remove_regions_from_replication(
            SecretId=secret["ARN"], RemoveReplicaRegions=[REPLICA_REGION]
        )


@case("SM-311", MODEL)
def test_creating_with_regions_answers_their_status(sm, create):
    reply = create(SecretString="v", AddReplicaRegions=[{"Region": REPLICA_REGION}])
    try:
        assert members(reply) == {"ARN", "Name", "VersionId", "ReplicationStatus"}
        assert [entry["Region"] for entry in reply["ReplicationStatus"]] == [REPLICA_REGION]
    finally:
        sm.remove_regions_from_replication(
            SecretId=reply["ARN"], RemoveReplicaRegions=[REPLICA_REGION]
        )


@case("SM-312", CLI_EXAMPLE)
def test_a_finished_replication_says_so(sm, replicated):
    primary, _ = replicated
    [entry] = sm.describe_secret(SecretId=primary)["ReplicationStatus"]
    assert entry["Status"] == "InSync"
    assert entry["StatusMessage"] == "Replication succeeded"


@case("SM-313", MODEL)
def test_both_sides_name_the_primary_region(sm, replica_sm, replicated):
    primary, replica = replicated
    assert sm.describe_secret(SecretId=primary)["PrimaryRegion"] == "us-east-1"
    assert replica_sm.describe_secret(SecretId=replica)["PrimaryRegion"] == "us-east-1"


@case("SM-314", USER_GUIDE)
def test_a_replica_has_the_primarys_name_and_suffix(replica_sm, name, replicated):
    _, replica = replicated
    assert replica_sm.describe_secret(SecretId=name)["ARN"] == replica


@case("SM-315", USER_GUIDE)
def test_a_replica_has_value_labels_description_and_tags(sm, replica_sm, replicated):
    primary, replica = replicated
    assert replica_sm.get_secret_value(SecretId=replica)["SecretString"] == "one"
    assert labels(replica_sm, replica) == labels(sm, primary)
    described = replica_sm.describe_secret(SecretId=replica)
    assert described["Description"] == "d"
    assert described["Tags"] == [{"Key": "k", "Value": "v"}]


@case("SM-316", USER_GUIDE)
def test_a_new_value_reaches_the_replica(sm, replica_sm, replicated):
    primary, replica = replicated
    sm.put_secret_value(SecretId=primary, SecretString="two")
    assert until(lambda: replica_sm.get_secret_value(SecretId=replica)["SecretString"] == "two")


@case("SM-317", ISSUE)
def test_a_replica_refuses_to_be_deleted(replica_sm, replicated):
    with refused("InvalidParameterException", ON_A_REPLICA):
        replica_sm.delete_secret(SecretId=replicated[1])


@case("SM-318", ISSUE)
def test_a_replica_refuses_a_policy(replica_sm, replicated):
    policy = (
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow",'
        '"Principal":{"AWS":"arn:aws:iam::123456789012:root"},'
        '"Action":"secretsmanager:GetSecretValue","Resource":"*"}]}'
    )
    with refused("InvalidParameterException", ON_A_REPLICA):
        replica_sm.put_resource_policy(SecretId=replicated[1], ResourcePolicy=policy)


@case("SM-319", USER_GUIDE)
def test_a_replica_refuses_every_other_change(replica_sm, replicated):
    replica = replicated[1]
    for call in [
        lambda: replica_sm.put_secret_value(SecretId=replica, SecretString="v"),
        lambda: replica_sm.update_secret(SecretId=replica, Description="x"),
        lambda: replica_sm.tag_resource(SecretId=replica, Tags=[{"Key": "a", "Value": "b"}]),
        lambda: replica_sm.untag_resource(SecretId=replica, TagKeys=["k"]),
    ]:
        with refused("InvalidParameterException", ON_A_REPLICA):
            call()


@case("SM-320", USER_GUIDE)
def test_a_replica_answers_what_only_reads(replica_sm, replicated):
    replica = replicated[1]
    replica_sm.describe_secret(SecretId=replica)
    replica_sm.list_secret_version_ids(SecretId=replica)
    replica_sm.get_resource_policy(SecretId=replica)


@case("SM-321", USER_GUIDE)
def test_a_replica_is_listed_in_its_region(replica_sm, name, replicated):
    [entry] = replica_sm.list_secrets(Filters=[{"Key": "name", "Values": [name]}])["SecretList"]
    assert entry["ARN"] == replicated[1]
    assert entry["PrimaryRegion"] == "us-east-1"


@case("SM-322", MODEL)
def test_a_replica_is_found_by_its_primary_region(replica_sm, name, replicated):
    filters = [{"Key": "name", "Values": [name]}, {"Key": "primary-region", "Values": ["us-east"]}]
    assert len(replica_sm.list_secrets(Filters=filters)["SecretList"]) == 1


@case("SM-323", ISSUE)
def test_a_primary_with_replicas_refuses_to_be_deleted(sm, replicated):
    primary, _ = replicated
    with refused(
        "InvalidParameterException",
        f"You can't delete secret {primary} that still has replica regions [{REPLICA_REGION}].",
    ):
        sm.delete_secret(SecretId=primary)


@case("SM-324", ISSUE)
def test_the_secrets_own_region_is_no_replica_region(sm, secret):
    with refused("InvalidParameterException", "Invalid replica region."):
        sm.replicate_secret_to_regions(
            SecretId=secret["ARN"], AddReplicaRegions=[{"Region": "us-east-1"}]
        )


@case("SM-325", USER_GUIDE)
def test_a_name_taken_in_the_region_fails_later_and_not_at_once(sm, replica_sm, name, secret):
    theirs = replica_sm.create_secret(Name=name, SecretString="theirs")["ARN"]
    try:
        sm.replicate_secret_to_regions(
            SecretId=secret["ARN"], AddReplicaRegions=[{"Region": REPLICA_REGION}]
        )
        assert until(lambda: status(sm, secret["ARN"]).get(REPLICA_REGION) == "Failed")
        assert replica_sm.get_secret_value(SecretId=theirs)["SecretString"] == "theirs"
    finally:
        sm.remove_regions_from_replication(
            SecretId=secret["ARN"], RemoveReplicaRegions=[REPLICA_REGION]
        )
        replica_sm.delete_secret(SecretId=theirs, ForceDeleteWithoutRecovery=True)


@case("SM-326", MODEL)
def test_force_overwrites_a_secret_of_the_same_name(sm, replica_sm, name, secret):
    replica_sm.create_secret(Name=name, SecretString="theirs")
    sm.replicate_secret_to_regions(
        SecretId=secret["ARN"],
        AddReplicaRegions=[{"Region": REPLICA_REGION}],
        ForceOverwriteReplicaSecret=True,
    )
    try:
        assert until(lambda: status(sm, secret["ARN"]).get(REPLICA_REGION) == "InSync")
        reply = replica_sm.get_secret_value(SecretId=name)
        assert (reply["ARN"], reply["SecretString"]) == (elsewhere(secret["ARN"]), "one")
    finally:
        sm.remove_regions_from_replication(
            SecretId=secret["ARN"], RemoveReplicaRegions=[REPLICA_REGION]
        )


@case("SM-327", CLI_EXAMPLE)
def test_removing_the_last_region_answers_an_empty_list(sm, replicated):
    primary, _ = replicated
    reply = sm.remove_regions_from_replication(
        SecretId=primary, RemoveReplicaRegions=[REPLICA_REGION]
    )
    assert members(reply) == {"ARN", "ReplicationStatus"}
    assert reply["ReplicationStatus"] == []


@case("SM-328", MODEL)
def test_a_removed_replica_vanishes_without_a_recovery_window(sm, replica_sm, replicated):
    primary, replica = replicated
    sm.remove_regions_from_replication(SecretId=primary, RemoveReplicaRegions=[REPLICA_REGION])

    def gone():
        try:
            replica_sm.describe_secret(SecretId=replica)
        except replica_sm.exceptions.ResourceNotFoundException:
            return True

    assert until(gone)


@case("SM-329", MODEL)
def test_a_stopped_replica_answers_its_arn(replica_sm, replicated):
    replica = replicated[1]
    reply = replica_sm.stop_replication_to_replica(SecretId=replica)
    try:
        assert members(reply) == {"ARN"}
        assert reply["ARN"] == replica
    finally:
        replica_sm.delete_secret(SecretId=replica, ForceDeleteWithoutRecovery=True)


@case("SM-330", MODEL)
def test_a_stopped_replica_is_a_secret_of_its_own(sm, replica_sm, replicated):
    primary, replica = replicated
    replica_sm.stop_replication_to_replica(SecretId=replica)
    try:
        replica_sm.put_secret_value(SecretId=replica, SecretString="mine")
        assert until(lambda: REPLICA_REGION not in status(sm, primary))
        assert sm.get_secret_value(SecretId=primary)["SecretString"] == "one"
        assert replica_sm.get_secret_value(SecretId=replica)["SecretString"] == "mine"
    finally:
        replica_sm.delete_secret(SecretId=replica, ForceDeleteWithoutRecovery=True)


@case("SM-331", INFERRED)
def test_an_unknown_secret_is_not_found(sm, name):
    for call in [
        lambda: sm.replicate_secret_to_regions(
            SecretId=name, AddReplicaRegions=[{"Region": REPLICA_REGION}]
        ),
        lambda: sm.remove_regions_from_replication(
            SecretId=name, RemoveReplicaRegions=[REPLICA_REGION]
        ),
        lambda: sm.stop_replication_to_replica(SecretId=name),
    ]:
        with refused("ResourceNotFoundException", NOT_FOUND):
            call()


@case("SM-476", MODEL)
def test_a_list_entry_does_not_show_replication_status(sm, name, replicated):
    [entry] = sm.list_secrets(Filters=[{"Key": "name", "Values": [name]}])["SecretList"]
    assert entry["PrimaryRegion"] == "us-east-1"
    assert "ReplicationStatus" not in entry


@case("SM-477", USER_GUIDE)
def test_a_replica_is_read_while_its_primary_keeps_its_own_access_date(sm, replica_sm, replicated):
    primary, replica = replicated
    replica_sm.get_secret_value(SecretId=replica)
    assert "LastAccessedDate" in replica_sm.describe_secret(SecretId=replica)
    assert "LastAccessedDate" not in sm.describe_secret(SecretId=primary)
