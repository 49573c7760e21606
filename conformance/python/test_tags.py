"""TagResource and UntagResource."""

import pytest
from botocore.exceptions import ClientError

from evidence import INFERRED, MODEL, SNAPSHOT, USER_GUIDE, case
from expect import INVALID_NAME, MARKED_FOR_DELETION, NOT_FOUND, members, refused


@pytest.fixture
def tags(sm, secret):
    """The tags of `secret` as a dict, or None if it has no such member."""

    def tags():
        listed = sm.describe_secret(SecretId=secret["ARN"]).get("Tags")
        return None if listed is None else {tag["Key"]: tag["Value"] for tag in listed}

    return tags


@pytest.fixture
def tag(sm, secret):
    def tag(**pairs):
        listed = [{"Key": key, "Value": value} for key, value in pairs.items()]
        return sm.tag_resource(SecretId=secret["ARN"], Tags=listed)

    return tag


@case("SM-237", SNAPSHOT)
def test_the_replies_have_no_members(sm, secret, tag):
    assert members(tag(k="v")) == set()
    assert members(sm.untag_resource(SecretId=secret["ARN"], TagKeys=["k"])) == set()


@case("SM-238", SNAPSHOT)
def test_a_secret_never_tagged_has_no_tags_member(tags):
    assert tags() is None


@case("SM-239", SNAPSHOT)
def test_tags_are_added(tags, tag):
    tag(a="1")
    tag(b="2", c="3")
    assert tags() == {"a": "1", "b": "2", "c": "3"}


@case("SM-240", SNAPSHOT)
def test_a_tag_is_overwritten_by_its_key(tags, tag):
    tag(a="1", b="2")
    tag(a="9")
    assert tags() == {"a": "9", "b": "2"}


@case("SM-241", USER_GUIDE)
def test_tag_keys_differ_by_case(tags, tag):
    tag(a="1", A="2")
    assert tags() == {"a": "1", "A": "2"}


@case("SM-242", SNAPSHOT)
def test_a_tag_is_removed(sm, secret, tags, tag):
    tag(a="1", b="2")
    sm.untag_resource(SecretId=secret["ARN"], TagKeys=["a"])
    assert tags() == {"b": "2"}


@case("SM-243", SNAPSHOT)
def test_after_the_last_tag_an_empty_list_remains(sm, secret, tags, tag):
    tag(a="1")
    sm.untag_resource(SecretId=secret["ARN"], TagKeys=["a"])
    assert tags() == {}


@case("SM-244", MODEL)
def test_removing_a_key_that_is_not_there_is_no_error(sm, secret, tags, tag):
    tag(a="1")
    sm.untag_resource(SecretId=secret["ARN"], TagKeys=["b"])
    assert tags() == {"a": "1"}


@case("SM-245", INFERRED)
def test_removing_a_key_from_a_secret_never_tagged_adds_no_tags_member(sm, secret, tags):
    sm.untag_resource(SecretId=secret["ARN"], TagKeys=["b"])
    assert tags() is None


@case("SM-246", MODEL)
def test_a_value_may_be_empty(tags, tag):
    tag(a="")
    assert tags() == {"a": ""}


@case("SM-247", USER_GUIDE)
def test_keys_of_128_and_values_of_256_characters_fit(tags, tag):
    pair = {"k" * 128: "v" * 256}
    tag(**pair)
    assert tags() == pair


@case("SM-248", USER_GUIDE)
def test_the_legal_special_characters_fit(tags, tag):
    pair = {"a key+-=._:/@1": "a value+-=._:/@1"}
    tag(**pair)
    assert tags() == pair


@case("SM-249", USER_GUIDE)
def test_fifty_tags_fit_and_no_more(tags, tag):
    tag(**{f"key-{number}": "v" for number in range(50)})
    with pytest.raises(ClientError, match="InvalidParameterException|LimitExceededException"):
        tag(one_too_many="v")
    assert len(tags()) == 50


@case("SM-250", USER_GUIDE)
def test_a_full_secret_still_overwrites_a_tag(tags, tag):
    tag(**{f"key-{number}": "v" for number in range(50)})
    tag(**{"key-7": "changed"})
    assert tags()["key-7"] == "changed"


@case("SM-251", INFERRED)
def test_a_key_that_begins_with_aws_is_refused(tag):
    with refused("InvalidParameterException"):
        tag(**{"aws:mine": "v"})


@case("SM-252", SNAPSHOT)
def test_a_secret_scheduled_for_deletion_is_not_tagged(sm, scheduled, tag):
    with refused("InvalidRequestException", MARKED_FOR_DELETION):
        tag(a="1")


@case("SM-253", SNAPSHOT)
def test_a_secret_scheduled_for_deletion_is_not_untagged(sm, scheduled):
    with refused("InvalidRequestException", MARKED_FOR_DELETION):
        sm.untag_resource(SecretId=scheduled, TagKeys=["a"])


@case("SM-254", SNAPSHOT)
def test_an_unknown_secret_is_not_found(sm, name):
    with refused("ResourceNotFoundException", NOT_FOUND):
        sm.tag_resource(SecretId=name, Tags=[{"Key": "k", "Value": "v"}])
    with refused("ResourceNotFoundException", NOT_FOUND):
        sm.untag_resource(SecretId=name, TagKeys=["k"])


@case("SM-255", SNAPSHOT)
def test_an_invalid_name_is_refused(sm):
    with refused("ValidationException", INVALID_NAME):
        sm.tag_resource(SecretId="Inv Name", Tags=[{"Key": "k", "Value": "v"}])
    with refused("ValidationException", INVALID_NAME):
        sm.untag_resource(SecretId="Inv Name", TagKeys=["k"])


@case("SM-474", INFERRED)
def test_a_value_may_be_missing(wire, secret, tags):
    reply = wire.post("TagResource", {"SecretId": secret["ARN"], "Tags": [{"Key": "k"}]})
    assert reply.status == 200
