"""Certificate numbers and the frozen record."""

from __future__ import annotations

import datetime as dt
import itertools
import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from goodstanding.core.certificates import (
    ALPHABET,
    NO_CREDIT,
    NOT_APPROVED,
    CertificateRecord,
    NumberError,
    PrintedApproval,
    PrintedCourse,
    PrintedSponsor,
    PrintedTopic,
    find_numbers,
    new_number,
    parse_number,
    record_from_json,
    record_to_json,
)

NUMBER = "GS-7K3M-9QWE-R5T2-ABCD-S"


def number_of(values: list[int]) -> str:
    left = iter(values)
    return new_number(lambda _: next(left))


numbers = st.lists(st.integers(0, 31), min_size=16, max_size=16).map(number_of)


def record(**changes: Any) -> CertificateRecord:
    values: dict[str, Any] = {
        "number": NUMBER,
        "issued_at": dt.datetime(2026, 11, 24, 5, 30, tzinfo=dt.UTC),
        "issued_on": dt.date(2026, 11, 23),
        "holder_name": "Ada Example",
        "course": PrintedCourse(id="coffee", title="A former client", version=1, content_hash="a" * 64, authors=("Someone",)),
        "sponsor": PrintedSponsor(name="Example Institute", address="1 Example Street\nExample", phone="555"),
        "format": "asynchronous",
        "started_on": dt.date(2026, 11, 20),
        "completed_on": dt.date(2026, 11, 23),
        "time_zone": "America/Los_Angeles",
        "minutes": 62,
        "provisional": False,
        "approvals": (approval(),),
        "topics": (PrintedTopic(topics=("ethics",), label="Ethics", minutes=46),),
        "verification_url": f"https://example.org/verify/{NUMBER}/",
        **changes,
    }
    return CertificateRecord(**values)


def approval(**changes: Any) -> PrintedApproval:
    values: dict[str, Any] = {
        "body": "nbcc",
        "body_name": "A body",
        "number": "1",
        "valid_from": dt.date(2026, 1, 1),
        "valid_to": dt.date(2026, 12, 31),
        "statement": "We are approved.",
        **changes,
    }
    return PrintedApproval(**values)


def test_number_holds_eighty_random_bits() -> None:
    asked: list[int] = []

    number = new_number(lambda bound: asked.append(bound) or 0)  # type: ignore[func-returns-value]

    assert asked == [32] * 16  # 16 characters of 5 bits
    assert number == "GS-0000-0000-0000-0000-0"


def test_numbers_differ() -> None:
    assert len({new_number() for _ in range(1000)}) == 1000


@pytest.mark.parametrize(
    "typed",
    [
        "GS-7K3M-9QWE-R5T2-ABCD-S",
        "gs-7k3m-9qwe-r5t2-abcd-s",
        " GS 7K3M 9QWE R5T2 ABCD S ",
        "7K3M9QWER5T2ABCDS",
        "GS7K3M9QWER5T2ABCDS",
        "gs–7k3m—9qwe‑r5t2−abcd-s",
        "https://example.org/verify/GS-7K3M-9QWE-R5T2-ABCD-S/",
        "example.org/verify/gs-7k3m-9qwe-r5t2-abcd-s?from=mail",
        "GS.7K3M.9QWE.R5T2.ABCD.S",
    ],
)
def test_number_is_read_however_it_is_typed(typed: str) -> None:
    assert parse_number(typed) == NUMBER


@given(numbers)
def test_letters_that_look_like_digits_are_read_as_digits(number: str) -> None:
    body = number.removeprefix("GS-")

    assert parse_number("GS-" + body.replace("0", "o").replace("1", "l")) == number
    assert parse_number("GS-" + body.replace("0", "O").replace("1", "I")) == number


@given(numbers)
def test_every_number_comes_back_as_it_was_made(number: str) -> None:
    assert parse_number(number) == number
    assert find_numbers(f"before {number}, after; {number}") == (number,)


@given(numbers, st.data())
def test_one_wrong_character_is_found(number: str, data: st.DataObject) -> None:
    plain = number.removeprefix("GS-").replace("-", "")
    at = data.draw(st.integers(0, len(plain) - 1))
    other = data.draw(st.sampled_from([character for character in ALPHABET if character != plain[at]]))

    with pytest.raises(NumberError, match="one character is mistyped"):
        parse_number(plain[:at] + other + plain[at + 1 :])


@given(numbers)
def test_two_characters_that_changed_places_are_found(number: str) -> None:
    plain = number.removeprefix("GS-").replace("-", "")
    for one, two in itertools.combinations(range(len(plain)), 2):
        if plain[one] == plain[two]:
            continue
        swapped = list(plain)
        swapped[one], swapped[two] = swapped[two], swapped[one]
        with pytest.raises(NumberError, match="changed places"):
            parse_number("".join(swapped))


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "Enter the number"),
        ("  - ", "Enter the number"),
        ("GS-7K3M", "has 17 characters"),
        (NUMBER + "7", "has 17 characters"),
        ("GS-7K3M-9QWE-R5T2-ABCD-U", "“U” does not occur"),
        ("GS-7K3M-9QWE-R5T2-ABCD-<", "“<” does not occur"),
        ("x" * 100_000, "has 17 characters"),
        ("７Ｋ３Ｍ９ＱＷＥＲ５Ｔ２ＡＢＣＤＳ", "do not occur"),
    ],
)
def test_what_is_no_number_is_refused_with_what_to_look_at(typed: str, words: str) -> None:
    with pytest.raises(NumberError, match=words):
        parse_number(typed)


def test_only_valid_numbers_are_found_in_a_text() -> None:
    assert find_numbers(f"GS-7K3M-9QWE-R5T2-ABCD-X and {NUMBER}") == (NUMBER,)


def test_record_survives_its_json() -> None:
    first = record()

    assert record_from_json(record_to_json(first)) == first
    assert record_from_json(json.loads(record_to_json(first))) == first
    assert record_to_json(record()) == record_to_json(first)


def test_canonical_json_has_sorted_keys_and_no_spaces() -> None:
    text = record_to_json(record(holder_name="Åda"))

    assert '"holder_name":"Åda"' in text
    assert list(json.loads(text)) == sorted(json.loads(text))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"number": "GS-7K3M-9QWE-R5T2-ABCD-X"}, "one character is mistyped"),
        ({"number": NUMBER.lower()}, "as we write it"),
        ({"issued_at": dt.datetime(2026, 11, 24)}, "time zone"),
        ({"started_on": dt.date(2026, 11, 24)}, "before it is started"),
        ({"minutes": 0}, "greater than 0"),
        ({"minutes": 45}, "at most the minutes"),
        ({"holder_name": " \u200b "}, "at least 1"),
        ({"format": "by_mail"}, "asynchronous"),
    ],
)
def test_impossible_record_is_refused(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        record(**changes)


def test_unknown_key_is_refused() -> None:
    with pytest.raises(ValidationError, match="Extra inputs"):
        record_from_json(json.dumps({**json.loads(record_to_json(record())), "grade": "A"}))


def test_hidden_characters_never_reach_a_certificate() -> None:
    printed = record(
        holder_name="Ada\u202e\u0000 \n Example\u200b",
        sponsor=PrintedSponsor(name="A", address="1 Street\n\n\x00 City ", phone=""),
    )

    assert printed.holder_name == "Ada Example"
    assert printed.sponsor.address == "1 Street\nCity"


@pytest.mark.parametrize(
    ("changes", "carries", "notes"),
    [
        ({}, True, []),
        ({"approvals": ()}, False, [NOT_APPROVED, NO_CREDIT]),
        ({"approvals": (approval(demonstration=True),)}, False, [NOT_APPROVED, NO_CREDIT]),
        ({"approvals": (approval(), approval(demonstration=True))}, True, []),
        ({"demonstration": True}, False, [NO_CREDIT]),
    ],
)
def test_only_a_real_approval_carries_credit(changes: dict[str, Any], carries: bool, notes: list[str]) -> None:
    printed = record(**changes)

    assert printed.carries_credit is carries
    assert list(printed.credit_notes) == notes


def test_provisional_minutes_carry_no_credit_and_are_never_called_hours() -> None:
    printed = record(provisional=True)

    assert not printed.carries_credit
    assert printed.credit_notes[-1] == NO_CREDIT
    assert "provisional" in printed.credit_notes[0]
    assert printed.hours(62) is None


@pytest.mark.parametrize(("minutes", "hours"), [(14, "0"), (15, "0.25"), (59, "0.75"), (60, "1"), (62, "1")])
def test_hours_are_quarters_rounded_down(minutes: int, hours: str) -> None:
    assert record().hours(minutes) == Decimal(hours)
