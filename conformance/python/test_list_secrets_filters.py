"""The filters of ListSecrets, and how they cut text into words."""

import pytest

from evidence import INFERRED, MODEL, SECOND_HAND, USER_GUIDE, VERIFIED, case
from expect import names, refused


@pytest.fixture
def found(sm, digits):
    """Which of this test's secrets a filter finds, by the last part of their names."""

    def found(*filters):
        mine = {"Key": "name", "Values": [digits + "/"]}
        asked = [{"Key": key, "Values": values} for key, *values in filters]
        reply = sm.list_secrets(Filters=[mine, *asked])
        return sorted(name.partition("/")[2] for name in names(reply))

    return found


@pytest.fixture
def put(create, digits):
    """Creates secrets named `digits/<name>`."""

    def put(*short_names, **request):
        for short in short_names:
            create(Name=f"{digits}/{short}", SecretString="v", **request)

    return put


@case("SM-106", VERIFIED)
def test_name_is_a_prefix_of_the_whole_name(found, put, digits):
    put("apple", "applepie", "pineapple")
    assert found(("name", f"{digits}/apple")) == ["apple", "applepie"]


@case("SM-107", VERIFIED)
def test_name_heeds_case(found, put, digits):
    put("apple", "Apple")
    assert found(("name", f"{digits}/A")) == ["Apple"]


@case("SM-108", VERIFIED)
def test_values_of_one_filter_are_alternatives(found, put, digits):
    put("apple", "banana", "cherry")
    assert found(("name", f"{digits}/apple", f"{digits}/cherry")) == ["apple", "cherry"]


@case("SM-109", VERIFIED)
def test_filters_must_all_match(found, put):
    put("one", Description="red")
    put("two", Description="red", Tags=[{"Key": "k", "Value": "v"}])
    assert found(("description", "red"), ("tag-key", "k")) == ["two"]


@case("SM-110", VERIFIED)
def test_two_filters_with_one_key_must_both_match(found, put):
    put("one", Tags=[{"Key": "a", "Value": "x"}])
    put("two", Tags=[{"Key": "a", "Value": "x"}, {"Key": "b", "Value": "x"}])
    assert found(("tag-key", "a"), ("tag-key", "b")) == ["two"]


@pytest.fixture
def described(put):
    for short, text in [
        ("n1", "a secret"),
        ("n2", "an secret"),
        ("n3", "asecret"),
        ("n4", "other"),
    ]:
        put(short, Description=text)


@case("SM-111", VERIFIED)
def test_description_matches_the_start_of_a_word(found, described):
    assert found(("description", "a")) == ["n1", "n2", "n3"]


@case("SM-112", VERIFIED)
def test_description_must_match_every_word(found, described):
    assert found(("description", "a secret")) == ["n1", "n2"]


@case("SM-113", MODEL)
def test_description_does_not_heed_case(found, put):
    put("one", Description="Stripe API keys")
    assert found(("description", "STRIPE")) == ["one"]


@case("SM-114", VERIFIED)
def test_description_matches_a_later_word(found, put):
    put("one", Description="keys for production")
    assert found(("description", "prod")) == ["one"]


@case("SM-115", MODEL)
def test_tag_key_is_a_prefix_that_heeds_case(found, put):
    put("one", Tags=[{"Key": "Environment", "Value": "x"}])
    assert found(("tag-key", "Env")) == ["one"]
    assert found(("tag-key", "env")) == []
    assert found(("tag-key", "vironment")) == []


@case("SM-116", MODEL)
def test_tag_value_is_a_prefix_that_heeds_case(found, put):
    put("one", Tags=[{"Key": "k", "Value": "Production"}])
    assert found(("tag-value", "Prod")) == ["one"]
    assert found(("tag-value", "prod")) == []
    assert found(("tag-value", "duction")) == []


@case("SM-117", MODEL)
def test_a_tag_key_is_no_tag_value(found, put):
    put("one", Tags=[{"Key": "alpha", "Value": "beta"}])
    assert found(("tag-value", "alpha")) == []
    assert found(("tag-key", "beta")) == []


@case("SM-118", MODEL)
def test_primary_region_finds_nothing_that_was_not_replicated(found, put):
    put("one")
    assert found(("primary-region", "us")) == []


@case("SM-119", MODEL)
def test_owning_service_finds_nothing_of_ones_own(found, put):
    put("one")
    assert found(("owning-service", "rds")) == []


@pytest.mark.parametrize(
    ("word", "hits"),
    [
        ("Secret", ["SecretOne"]),
        ("secret", ["SecretOne"]),
        ("sec", ["SecretOne"]),
        ("One", ["SecretOne"]),
        ("ret", []),
        ("third", ["Thirdsecret"]),
        ("Thirdsec", ["Thirdsecret"]),
    ],
)
@case("SM-120", VERIFIED)
def test_all_splits_a_name_where_lower_case_turns_upper(found, put, word, hits):
    put("SecretOne", "Thirdsecret")
    assert found(("all", word)) == hits


@pytest.mark.parametrize("word", ["COMPANY", "company"])
@case("SM-121", VERIFIED)
def test_all_takes_a_run_of_capitals_as_one_word(found, put, word):
    put("COMPANY")
    assert found(("all", word)) == ["COMPANY"]


@case("SM-122", VERIFIED)
def test_all_ends_a_run_of_capitals_before_the_last(found, put):
    put("COMPANYthings")
    assert found(("all", "Ythings")) == ["COMPANYthings"]
    for word in ["things", "company", "N", "pany"]:
        assert found(("all", word)) == [], word


@pytest.mark.parametrize("separator", ["/", "_", "+", "=", ".", "@", "-"])
@case("SM-123", USER_GUIDE)
def test_all_splits_a_name_at_special_characters(sm, create, digits, separator):
    # One kind of separator in a name: what AWS makes of several is disputed.
    name = separator.join([digits, "left", "right"])
    create(Name=name, SecretString="v")
    filters = [{"Key": "name", "Values": [digits]}, {"Key": "all", "Values": ["righ"]}]
    assert names(sm.list_secrets(Filters=filters)) == [name]


@case("SM-124", USER_GUIDE)
def test_all_splits_between_letters_and_digits(found, put):
    put("database42replica")
    assert found(("all", "replica")) == ["database42replica"]
    assert found(("all", "42")) == ["database42replica"]


@case("SM-125", VERIFIED)
def test_all_searches_name_description_and_tags(found, put):
    put("needle")
    put("n1", Description="a needle here")
    put("n2", Tags=[{"Key": "needle", "Value": "x"}])
    put("n3", Tags=[{"Key": "x", "Value": "needle"}])
    put("n4", Description="nothing")
    assert found(("all", "needle")) == ["n1", "n2", "n3", "needle"]


@case("SM-126", MODEL)
def test_all_does_not_heed_case(found, put):
    put("n1", Description="Needle")
    assert found(("all", "nEEDLE")) == ["n1"]


@case("SM-127", VERIFIED)
def test_a_value_without_words_finds_nothing(found, put):
    put("one", Description="a + b")
    assert found(("all", "+")) == []


@case("SM-128", MODEL)
def test_an_exclamation_mark_turns_a_name_around(found, put, digits):
    put("apple", "banana")
    assert found(("name", f"!{digits}/a")) == ["banana"]


@pytest.mark.parametrize("key", ["description", "tag-key", "tag-value", "all"])
@case("SM-129", MODEL)
def test_an_exclamation_mark_turns_every_key_around(found, put, key):
    put("n1", Description="needle", Tags=[{"Key": "needle", "Value": "needle"}])
    put("n2")
    assert found((key, "!needle")) == ["n2"]


@case("SM-130", INFERRED)
def test_a_turned_value_is_one_of_the_alternatives(found, put, digits):
    put("apple", "banana", "avocado")
    assert found(("name", f"!{digits}/a", f"{digits}/av")) == ["avocado", "banana"]


@case("SM-131", INFERRED)
def test_secrets_scheduled_for_deletion_are_filtered_before_all_else(sm, found, put, digits):
    put("apple", "banana")
    sm.delete_secret(SecretId=f"{digits}/apple", RecoveryWindowInDays=7)
    assert found(("all", "apple")) == []


@case("SM-132", SECOND_HAND)
def test_a_filter_without_a_key_is_refused(sm):
    with refused("InvalidParameterException", "Invalid filter key"):
        sm.list_secrets(Filters=[{"Values": ["x"]}])


@case("SM-133", SECOND_HAND)
def test_a_filter_without_values_is_refused(sm):
    with refused("InvalidParameterException", "Invalid filter values for key: name"):
        sm.list_secrets(Filters=[{"Key": "name"}])


@case("SM-134", MODEL)
def test_no_filters_at_all_lists_everything(sm, secret):
    pages = sm.get_paginator("list_secrets").paginate()
    assert secret["ARN"] in [entry["ARN"] for page in pages for entry in page["SecretList"]]


@case("SM-135", MODEL)
def test_an_empty_list_of_filters_lists_everything(sm, secret):
    pages = sm.get_paginator("list_secrets").paginate(Filters=[])
    assert secret["ARN"] in [entry["ARN"] for page in pages for entry in page["SecretList"]]
