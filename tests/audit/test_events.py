"""The audit log: written once, narrowed by what is asked."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from goodstanding.audit.append_only import RewrittenRecordError
from goodstanding.audit.models import AuditEvent
from goodstanding.audit.selectors import list_events
from goodstanding.audit.services import Tag, record_event

pytestmark = pytest.mark.django_db


def record(
    tag: Tag = Tag.SPONSOR_CHANGED, *, actor: object = None, kind: str = "sponsor", subject: object = 1, **data: object
) -> None:
    record_event(tag=tag, actor=actor, subject_kind=kind, subject_id=subject, data=data)


def test_an_event_keeps_actor_subject_and_data(administrator):
    record(Tag.APPROVAL_RECORDED, actor=administrator, kind="approval", subject="a1", body="apa")

    event = list_events().get()
    assert (event.tag, event.actor) == ("sponsor:approval:recorded", str(administrator.pk))
    assert (event.subject_kind, event.subject_id, event.data) == ("approval", "a1", {"body": "apa"})
    assert abs(timezone.now() - event.at) < dt.timedelta(minutes=1)


def test_the_product_itself_has_no_actor():
    record(actor=None)
    assert list_events().get().actor == ""


def test_an_event_stands_only_with_what_it_records():
    @transaction.atomic
    def change_that_fails():
        record()
        raise IntegrityError

    with pytest.raises(IntegrityError):
        change_that_fails()
    assert not list_events().exists()


@pytest.mark.parametrize(
    "rewrite",
    [
        lambda event: event.save(),
        lambda event: event.delete(),
        lambda event: AuditEvent.objects.filter(pk=event.pk).update(tag="x"),
        lambda event: AuditEvent.objects.filter(pk=event.pk).delete(),
        lambda event: AuditEvent.objects.bulk_update([event], ["tag"]),
    ],
    ids=["save", "delete", "update", "delete many", "bulk update"],
)
def test_an_event_is_never_rewritten(rewrite):
    record()
    event = list_events().get()
    event.tag = "x:y:z"

    with pytest.raises(RewrittenRecordError):
        rewrite(event)

    assert list_events().get().tag == Tag.SPONSOR_CHANGED.value


def test_events_come_newest_first():
    for subject in ("first", "second", "third"):
        record(subject=subject)
    assert [event.subject_id for event in list_events()] == ["third", "second", "first"]


def test_each_narrowing_finds_its_own(administrator, clinician):
    record(Tag.SPONSOR_CHANGED, actor=administrator, kind="sponsor", subject="1")
    record(Tag.CREDIT_ENTERED, actor=clinician, kind="credit", subject="7")
    record(Tag.COURSE_PUBLISHED, kind="course", subject="7")

    assert [event.tag for event in list_events(tag=Tag.CREDIT_ENTERED)] == [Tag.CREDIT_ENTERED]
    assert [event.subject_kind for event in list_events(subject_id="7")] == ["course", "credit"]
    assert [event.subject_kind for event in list_events(subject_id="7", subject_kind="course")] == ["course"]
    assert [event.tag for event in list_events(actor=str(administrator.pk))] == [Tag.SPONSOR_CHANGED]
    assert list_events(tag=Tag.CREDIT_ENTERED, actor=str(administrator.pk)).count() == 0


def test_a_span_begins_with_its_first_instant_and_ends_before_its_last(monkeypatch):
    noon = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
    for hours in (-1, 0, 1, 2):
        monkeypatch.setattr(timezone, "now", lambda hours=hours: noon + dt.timedelta(hours=hours))
        record(subject=str(hours))

    found = list_events(since=noon, before=noon + dt.timedelta(hours=2))

    assert {event.subject_id for event in found} == {"0", "1"}


def test_every_tag_reads_subject_part_action():
    assert [tag for tag in Tag if not re.fullmatch(r"[a-z]+:[a-z-]+:[a-z-]+", tag)] == []
    assert all(len(tag) <= AuditEvent._meta.get_field("tag").max_length for tag in Tag)
