"""GetRandomPassword."""

import string

import pytest

from evidence import INFERRED, MODEL, SECOND_HAND, case
from expect import members, refused

KINDS = {
    "ExcludeUppercase": string.ascii_uppercase,
    "ExcludeLowercase": string.ascii_lowercase,
    "ExcludeNumbers": string.digits,
    "ExcludePunctuation": string.punctuation,
}
LONG = 4096


@pytest.fixture(scope="session")
def password(sm):
    def password(**request):
        return sm.get_random_password(**request)["RandomPassword"]

    return password


@case("SM-256", MODEL)
def test_the_reply_has_one_member(sm):
    assert members(sm.get_random_password()) == {"RandomPassword"}


@case("SM-257", MODEL)
def test_a_password_has_32_characters_by_default(password):
    assert len(password()) == 32


@pytest.mark.parametrize("length", [4, 5, 33, 4096])
@case("SM-258", MODEL)
def test_a_password_is_as_long_as_asked_for(password, length):
    assert len(password(PasswordLength=length)) == length


@case("SM-259", MODEL)
def test_two_passwords_differ(password):
    assert password() != password()


@case("SM-260", MODEL)
def test_the_alphabet_is_all_printable_ascii_but_the_space(password):
    assert set(password(PasswordLength=LONG)) == set("".join(KINDS.values()))


@pytest.mark.parametrize("flag", KINDS)
@case("SM-261", MODEL)
def test_a_kind_can_be_left_out(password, flag):
    rest = "".join(KINDS.values()).translate({ord(char): None for char in KINDS[flag]})
    assert set(password(PasswordLength=LONG, **{flag: True})) == set(rest)


@case("SM-262", MODEL)
def test_a_space_is_included_on_request(password):
    assert " " in password(PasswordLength=LONG, IncludeSpace=True)


@case("SM-263", MODEL)
def test_single_characters_can_be_left_out(password):
    excluded = "abcXYZ019/@\"'\\"
    assert not set(excluded) & set(password(PasswordLength=LONG, ExcludeCharacters=excluded))


@case("SM-264", MODEL)
def test_a_space_can_be_left_out_as_a_character(password):
    assert " " not in password(PasswordLength=LONG, IncludeSpace=True, ExcludeCharacters=" ")


@case("SM-265", MODEL)
def test_characters_beyond_ascii_may_be_left_out(password):
    assert len(password(ExcludeCharacters="äöü🗝")) == 32


@case("SM-266", MODEL)
def test_one_of_each_kind_is_there_by_default(password):
    for _ in range(20):
        made = password(PasswordLength=4)
        assert all(set(kind) & set(made) for kind in KINDS.values()), made


@case("SM-267", MODEL)
def test_one_of_each_remaining_kind_is_there(password):
    for _ in range(20):
        made = password(PasswordLength=2, ExcludePunctuation=True, ExcludeNumbers=True)
        assert set(made) & set(string.ascii_uppercase) and set(made) & set(string.ascii_lowercase)


@pytest.mark.parametrize("length", [1, 2, 3])
@case("SM-268", SECOND_HAND)
def test_a_password_too_short_for_each_kind_is_refused(sm, length):
    with refused(
        "InvalidParameterException",
        "Password length is too short based on the required types.",
    ):
        sm.get_random_password(PasswordLength=length)


@pytest.mark.parametrize("length", [1, 2, 3])
@case("SM-269", MODEL)
def test_a_short_password_is_made_when_kinds_are_not_required(password, length):
    assert len(password(PasswordLength=length, RequireEachIncludedType=False)) == length


@case("SM-270", INFERRED)
def test_leaving_out_every_kind_is_refused(sm):
    with refused("InvalidParameterException"):
        sm.get_random_password(**dict.fromkeys(KINDS, True))


@case("SM-271", INFERRED)
def test_leaving_out_every_character_is_refused(sm):
    with refused("InvalidParameterException"):
        sm.get_random_password(ExcludeCharacters="".join(KINDS.values()))
