"""Which passwords are refused, and that nothing is asked about kinds of characters."""

from __future__ import annotations

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from goodstanding.accounts.selectors import draft_user

WHO = {"email": "z.groszek@rivermouth.example.org", "legal_name": "Zoë Groszek-Amari"}


def codes(password: str) -> set[str]:
    """Why the password is refused; empty if it is not."""
    try:
        validate_password(password, draft_user(**WHO))
    except ValidationError as error:
        return {one.code or "" for one in error.error_list}
    return set()


@pytest.mark.parametrize(
    "password",
    ["Goodstanding2026", "g00d-st4nding!!1", "GoodStandingEthics", "Ethics&Licen5e12", "psychologist123", "Socialworker#1", "Password-Admin-9",
     "ZoeGroszek1984", "Amari.groszek!", "rivermouth2026", "Groszek$Rivermouth", "zoë amari zoë", "welcome to ethics", "Counselor!Renewal"],
)  # fmt: skip
def test_words_of_the_site_and_of_the_person_are_no_password(password: str) -> None:
    assert "password_of_context" in codes(password)


@pytest.mark.parametrize(
    "password", ["aaaaaaaaaaaa", "abababababab", "1234567890123", "9876543210987", "abcdefghijklm", "121212121212"]
)
def test_one_key_or_one_row_of_keys_is_none(password: str) -> None:
    assert "password_repeats" in codes(password)


@pytest.mark.parametrize("password", ["qwertyuiop", "iloveyou123", "z.groszek@rivermouth.example.org"])
def test_what_everyone_tries_and_the_address_itself_are_none(password: str) -> None:
    assert codes(password)


@pytest.mark.parametrize(
    "password",
    ["seven quiet rivers", "a long enough word", "goodstanding otters wade", "Zoe lost nine keys", "tuvskelrpowq", "TUVSKELRPOWQ", "8264019375",
     "!?%&/()=+*#-", "пароль-не-простой", "1357924680 7", "zoë " + "seven quiet rivers " * 6],
)  # fmt: skip
def test_any_kinds_of_characters_make_one(password: str) -> None:
    assert codes(password) == set()
