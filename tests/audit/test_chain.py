"""The chain of the audit log: one for all writers, and every change of it shows."""

from __future__ import annotations

import argparse
import datetime as dt
import hashlib
import time

import pytest
from django.db import connection, transaction

from goodstanding.audit.chain import START, Anchor, AnchorError, Link, check_chain, hash_of, parse_anchor, plain, rechain
from goodstanding.audit.guards import lifted, put_up_guards, take_down_guards
from goodstanding.audit.models import AuditEvent, AuditHead
from goodstanding.audit.selectors import verify_log
from goodstanding.audit.services import Tag, record_event
from goodstanding.conf import cli
from goodstanding.conf.commands import verify
from tests.racing import race

NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)


def record(subject: object = 1, **data: object) -> None:
    record_event(tag=Tag.SPONSOR_CHANGED, actor=None, subject_kind="sponsor", subject_id=subject, data=data)


def as_superuser(*statements: str) -> None:
    """What someone can do who may change the schema, and so is held up by no trigger."""
    with transaction.atomic(), lifted(connection), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def copy_of(number: int, /, **changes: str) -> str:
    columns = ("number", "at", "tag", "actor", "subject_kind", "subject_id", "data", "previous", "hash")
    values = ", ".join(changes.get(column, column) for column in columns)
    return f"INSERT INTO audit_auditevent ({', '.join(columns)}) SELECT {values} FROM audit_auditevent WHERE number = {number}"


@pytest.fixture
def five_records(db):
    for number in range(1, 6):
        record(subject=number, body="apa", number=number, open=True, none=None, list=["é", "\U0001f600"])


def test_a_whole_log_holds(five_records):
    check = verify_log()
    assert (check.findings, check.count) == ([], 5)
    assert check.anchor == Anchor(5, AuditEvent.objects.get(number=5).hash)
    assert [event.previous for event in AuditEvent.objects.order_by("number")] == [
        START,
        *AuditEvent.objects.order_by("number").values_list("hash", flat=True)[:4],
    ]


def test_an_empty_log_holds(db):
    assert verify_log().findings == []


def test_the_canonical_form_is_the_documented_one():
    link = Link(1, NOON, "a:b:c", "", "sponsor", "1", {"b": [1, None], "a": "é"}, START, "")
    written = (
        '{"actor":"","at":"2026-03-01T12:00:00.000000Z","data":{"a":"\\u00e9","b":[1,null]},"number":1,'
        f'"previous":"{START}","subject_id":"1","subject_kind":"sponsor","tag":"a:b:c"}}'
    )
    assert hash_of(link) == hashlib.sha256(written.encode()).hexdigest()


@pytest.mark.parametrize(
    ("statements", "finding"),
    [
        (["UPDATE audit_auditevent SET subject_id = '9' WHERE number = 3"], "record 3 was changed"),
        (["UPDATE audit_auditevent SET data = '{}' WHERE number = 1"], "record 1 was changed"),
        (["UPDATE audit_auditevent SET at = '2020-01-01 00:00:00' WHERE number = 5"], "record 5 was changed"),
        (["UPDATE audit_auditevent SET actor = 'x' WHERE number = 2"], "record 2 was changed"),
        (["UPDATE audit_auditevent SET hash = previous WHERE number = 4"], "record 4 was changed"),
        (["DELETE FROM audit_auditevent WHERE number = 3"], "record 3 is missing"),
        (["DELETE FROM audit_auditevent WHERE number IN (2, 3)"], "records 2 to 3 are missing"),
        (["DELETE FROM audit_auditevent WHERE number = 1"], "record 1 is missing"),
        (["DELETE FROM audit_auditevent WHERE number > 3"], "records 4 to 5 are missing at the end"),
        (["DELETE FROM audit_auditevent"], "records 1 to 5 are missing at the end"),
        ([copy_of(2, number="6")], "record 6 stands beyond the end, which is record 5"),
        ([copy_of(2, number="0")], "record 0 stands where record 1 belongs"),
        (
            ["DELETE FROM audit_auditevent WHERE number = 3", copy_of(2, number="3")],
            "record 3 does not follow record 2 as that one is now",
        ),
        (
            [
                "UPDATE audit_auditevent SET number = 77 WHERE number = 2",
                "UPDATE audit_auditevent SET number = 2 WHERE number = 3",
                "UPDATE audit_auditevent SET number = 3 WHERE number = 77",
            ],
            "record 2 does not follow record 1 as that one is now",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_was_done_to_the_log_is_found(five_records, statements, finding):
    assert verify_log().findings == []
    as_superuser(*statements)
    assert any(found.startswith(finding) for found in verify_log().findings), verify_log().findings


def test_a_changed_record_does_not_make_what_follows_look_wrong(five_records):
    as_superuser("UPDATE audit_auditevent SET subject_id = '9' WHERE number = 2")
    assert verify_log().findings == ["record 2 was changed"]


def test_a_chain_written_anew_shows_against_an_anchor_only(five_records):
    anchor = verify_log().anchor
    record()
    assert verify_log(expected=anchor).findings == []
    rows = [Link(*row) for row in AuditEvent.objects.order_by("number").values_list(*Link._fields)]
    forged = list(rechain([rows[0], rows[1], rows[2]._replace(subject_id="9"), *rows[3:]]))
    with lifted(connection), connection.cursor() as cursor:
        for link in forged:
            cursor.execute(
                "UPDATE audit_auditevent SET subject_id = %s, previous = %s, hash = %s WHERE number = %s",
                [link.subject_id, link.previous, link.hash, link.number],
            )
    AuditHead.objects.update(hash=forged[-1].hash)

    assert verify_log().findings == []
    (finding,) = verify_log(expected=anchor).findings
    assert finding.startswith("record 5 with the expected hash")


def test_a_tail_cut_off_with_the_end_moved_back_shows_against_an_anchor_only(five_records):
    anchor = verify_log().anchor
    as_superuser(
        "DELETE FROM audit_auditevent WHERE number > 3",
        "UPDATE audit_audithead SET number = 3, hash = (SELECT hash FROM audit_auditevent WHERE number = 3)",
    )
    assert verify_log().findings == []
    assert "cut off or written anew" in verify_log(expected=anchor).findings[0]
    assert "cut off or written anew" in verify_log(expected=Anchor(0, anchor.hash)).findings[0]
    record()
    record()  # the log grows past the anchor's number again, and still is not what it was
    assert len(verify_log(expected=anchor).findings) == 1


def test_many_findings_are_counted_not_listed():
    links = list(rechain(Link(0, NOON, "a:b:c", "", "x", str(number), {}, "", "") for number in range(100)))
    check = check_chain((link._replace(subject_id="other") for link in links), head=Anchor(100, links[-1].hash))
    assert (len(check.findings), check.left_out, check.count) == (20, 80, 100)


@pytest.mark.parametrize("data", [{"a": 1.5}, {"a": [1.0]}, {"a": NOON}, {1: "a"}, {"a": {"b": object()}}])
def test_what_databases_write_differently_has_no_place_in_a_record(data):
    with pytest.raises(TypeError):
        plain(data)


@pytest.mark.parametrize("given", ["", "7", "7:", f"x:{START}", "g" * 64, f"-1:{START}", START[:-1]])
def test_what_is_no_anchor_is_refused(given):
    with pytest.raises(AnchorError):
        parse_anchor(given)


def test_an_anchor_reads_as_it_is_printed():
    assert parse_anchor(str(Anchor(7, START))) == Anchor(7, START)
    assert parse_anchor(f" {START} ") == Anchor(0, START)


@pytest.mark.django_db(transaction=True)
def test_concurrent_writers_keep_one_chain():
    def several() -> None:
        for _ in range(5):
            record()

    assert race(*[several] * 6) == [None] * 6
    check = verify_log()
    assert (check.findings, check.count) == ([], 30)


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_leaves_no_gap():
    record()
    with transaction.atomic():
        record()
        transaction.set_rollback(True)
    record()
    check = verify_log()
    assert (check.findings, check.count) == ([], 2)


@pytest.mark.slow_once
def test_a_hundred_thousand_records_are_walked_in_seconds():
    links = rechain(Link(0, NOON, "a:b:c", "", "x", str(number), {"version": "1"}, "", "") for number in range(100_000))
    links = list(links)
    started = time.perf_counter()
    check = check_chain(iter(links), head=Anchor(100_000, links[-1].hash))
    assert check.findings == []
    assert time.perf_counter() - started < 10


def call(*arguments: str) -> int:
    parser = argparse.ArgumentParser()
    verify.add_arguments(parser)
    return verify.run(parser.parse_args(arguments))


def test_the_command_prints_an_anchor_and_looks_for_it(five_records, capsys):
    assert call("--audit") == 0
    out = capsys.readouterr().out
    assert out.startswith("The audit log is whole: 5 records")
    anchor = next(line.removeprefix("Anchor: ") for line in out.splitlines() if line.startswith("Anchor: "))
    record()
    assert call("--audit", "--expect", anchor) == 0
    assert call("--audit", "--expect", anchor.partition(":")[2]) == 0
    assert "It still holds" in capsys.readouterr().out


def test_the_command_says_which_record_and_answers_no(five_records, capsys):
    as_superuser("UPDATE audit_auditevent SET subject_id = '9' WHERE number = 2")
    assert call("--audit") == 1
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", "goodstanding verify: record 2 was changed\n")


def test_the_command_says_when_the_database_would_let_rows_be_rewritten(five_records, capsys):
    take_down_guards(connection, ["credit_certificate"])
    assert call("--audit") == 1
    assert "rows of credit_certificate" in capsys.readouterr().err
    put_up_guards(connection)


@pytest.mark.parametrize(
    "arguments", [("--expect", START, "GS-1"), ("--audit", "--expect", "nonsense"), ("--audit", "GS-1"), ()], ids=str
)
def test_wrong_usage_is_told_apart(arguments, capsys):
    try:
        code = cli.main(["verify", *arguments])
    except SystemExit as left:
        code = left.code
    assert code == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
