"""The page of the audit log: narrowing, pages, export."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json

import pytest
from django.utils import timezone

from goodstanding.audit.models import AuditEvent
from goodstanding.audit.selectors import list_events
from goodstanding.audit.services import Tag, record_event

pytestmark = pytest.mark.django_db


def event(
    subject: str, *, at: str = "2026-03-01T12:00:00+00:00", tag: Tag = Tag.SPONSOR_CHANGED, actor: object = ""
) -> AuditEvent:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(timezone, "now", lambda: dt.datetime.fromisoformat(at))
        record_event(tag=tag, actor=actor, subject_kind="thing", subject_id=subject, data={"n": 1})
    return list_events(subject_id=subject).first()


def test_events_are_shown_newest_first(as_administrator):
    event("older")
    event("newer")
    page = as_administrator.get("/staff/audit/").content.decode()
    assert page.index("newer") < page.index("older")


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"tag": "certificate:record:revoked"}, {"revoked"}),
        ({"subject": "sponsor-one"}, {"sponsor-one"}),
        ({"actor": "00000000-0000-4000-8000-000000000001"}, {"sponsor-one"}),
        ({"day": "2026-03-01"}, {"revoked", "sponsor-one"}),
        ({"day": "2026-03-02"}, {"late"}),
        ({"tag": "certificate:record:revoked", "day": "2026-03-02"}, set()),
    ],
)
def test_the_log_is_narrowed(as_administrator, asked, found):
    event("sponsor-one", actor="00000000-0000-4000-8000-000000000001")
    event("revoked", tag=Tag.CERTIFICATE_REVOKED)
    # the administrator's profile says Los Angeles, where this is the morning of 2 March
    event("late", at="2026-03-02T08:00:00+00:00")

    page = as_administrator.get("/staff/audit/", asked).content.decode()

    # an event is in the table, whatever is repeated in the form
    assert {name for name in ("sponsor-one", "revoked", "late") if f'id">{name}</span>' in page} == found


def test_a_day_is_the_readers_own_day(as_administrator):
    event("evening", at="2026-03-02T07:59:59+00:00")
    event("morning", at="2026-03-02T08:00:00+00:00")
    page = as_administrator.get("/staff/audit/", {"day": "2026-03-01"}).content.decode()
    assert "evening" in page
    assert "morning" not in page


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"day": "yesterday"}, "Write the day as"),
        ({"actor": "ada"}, "the id of an account"),
        ({"tag": "x:y:z"}, "x:y:z"),
        ({"subject": "x" * 61}, "60"),
    ],
)
@pytest.mark.parametrize("address", ["/staff/audit/", "/staff/audit/export.csv"])
def test_a_wrong_filter_is_named_and_nothing_is_shown(as_administrator, address, asked, message):
    event("not-to-be-seen")
    response = as_administrator.get(address, asked)
    assert response.status_code == 400
    assert message in response.content.decode()
    assert "not-to-be-seen" not in response.content.decode()


def test_pages_keep_the_filter(as_administrator):
    for number in range(51):
        event(f"s{number}")
    event("other", tag=Tag.CERTIFICATE_REVOKED)

    page = as_administrator.get("/staff/audit/", {"tag": Tag.SPONSOR_CHANGED.value}).content.decode()
    assert "51 events match" in page
    assert "page=2" in page
    last = as_administrator.get("/staff/audit/", {"tag": Tag.SPONSOR_CHANGED.value, "page": "2"}).content.decode()
    assert ">s0</span>" in last
    assert ">s1</span>" not in last


@pytest.mark.parametrize("page", ["0", "-1", "99", "x"])
def test_a_page_that_does_not_exist_is_the_nearest_one(as_administrator, page):
    event("here")
    assert "here" in as_administrator.get("/staff/audit/", {"page": page}).content.decode()


def test_the_page_takes_the_same_queries_however_long(as_administrator, django_assert_max_num_queries):
    for number in range(60):
        event(f"s{number}")
    with django_assert_max_num_queries(6):
        as_administrator.get("/staff/audit/")


def test_the_export_holds_what_is_shown_and_is_itself_recorded(as_administrator, administrator):
    event("one")
    event("two", tag=Tag.CERTIFICATE_REVOKED)

    response = as_administrator.get("/staff/audit/export.csv", {"tag": "certificate:record:revoked"})

    text = b"".join(response.streaming_content).decode()
    rows = list(csv.DictReader(io.StringIO(text)))
    assert response.headers["Content-Disposition"] == 'attachment; filename="audit-log.csv"'
    assert [(row["subject_id"], row["at"]) for row in rows] == [("two", "2026-03-01T12:00:00+00:00")]
    assert json.loads(rows[0]["data"]) == {"n": 1}
    trace = list_events(tag=Tag.AUDIT_EXPORTED).get()
    assert (trace.actor, trace.data) == (str(administrator.pk), {"tag": "certificate:record:revoked"})


def test_an_empty_log_says_so(as_administrator):
    assert "Nothing recorded yet" in as_administrator.get("/staff/audit/").content.decode()
    assert "No event fits" in as_administrator.get("/staff/audit/", {"subject": "x"}).content.decode()


def test_narrowing_at_once_leaves_no_copy_of_the_log_in_the_browser(as_administrator):
    page = as_administrator.get("/staff/audit/").content.decode()
    assert 'hx-select="#log"' in page
    assert all(f'id="{name}"' in page for name in ("log", "count", "export"))
    # htmx would keep the last pages in the browser's own storage, where they outlive the session
    assert '"historyCacheSize":0' in page
