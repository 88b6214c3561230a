"""From provisional to signed hours and back: who may sign, exactly once, for one version alone."""

from __future__ import annotations

import datetime as dt
import itertools
import uuid
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from goodstanding.accounts.errors import PermissionRefusedError
from goodstanding.audit.append_only import RewrittenRecordError
from goodstanding.audit.models import AuditEvent
from goodstanding.catalog import selectors
from goodstanding.catalog.basis_state import basis_state
from goodstanding.catalog.errors import (
    BasisApprovedError,
    CourseNotFoundError,
    RatingsChangedError,
    RatingsMissingError,
    SignatureNotFoundError,
    SignatureRefusedError,
    SignatureWithdrawnError,
)
from goodstanding.catalog.models import BasisSignature
from goodstanding.catalog.services import publish_course
from goodstanding.catalog.signing import approve_basis, draft_rating, rate_difficulty, withdraw_signature
from goodstanding.core.courseware import course_hash, credit_basis
from goodstanding.core.courseware.credit import mergener_minutes
from goodstanding.core.courseware.signatures import RATING_STEPS, Signer, figures_at, figures_by_difficulty, name_key
from goodstanding.credit.services import award_completion
from tests.credit import making as credit
from tests.learning.making import AT, SLUG, small_course

pytestmark = pytest.mark.django_db

LATER = AT + dt.timedelta(days=1)
_seconds = itertools.count()


def signer(name, credentials="PhD", discipline="Psychology"):
    return Signer(name=name, credentials=credentials, discipline=discipline)


def rate(actor, name, difficulty, *, slug=SLUG, number=1, submission=None, note="Two duties pull apart.", **who):
    return rate_difficulty(
        actor=actor, slug=slug, number=number, signer=signer(name, **who), difficulty=Decimal(difficulty), note=note,
        submission=submission or uuid.uuid4(), at=AT + dt.timedelta(seconds=next(_seconds)),
    )  # fmt: skip


def approve(actor, name, *, slug=SLUG, number=1, seen=None, submission=None):
    if seen is None:
        seen = state(slug, number).seen
    return approve_basis(
        actor=actor, slug=slug, number=number, signer=signer(name), seen=seen, submission=submission or uuid.uuid4(), at=LATER
    )


def withdraw(actor, signature, *, reason="Entered by mistake.", submission=None, number=1):
    return withdraw_signature(
        actor=actor, slug=SLUG, number=number, signature_id=signature.pk, reason=reason, submission=submission or uuid.uuid4(),
        at=LATER,
    )  # fmt: skip


def state(slug=SLUG, number=1):
    return basis_state(selectors.get_version(slug, number))


@pytest.fixture
def version(db):
    return publish_course(course=small_course(), at=AT)


@pytest.fixture
def signed(version, administrator):
    first = rate(administrator, "Ann One", "4")
    second = rate(administrator, "Bea Two", "3")
    return first, second, approve(administrator, "Cas Three")


def test_two_raters_and_an_approver_make_the_lowest_rating_hold(version, administrator):
    proposed = credit_basis(small_course())
    rate(administrator, "Ann One", "4")
    assert (state().basis.minutes, state().raters_missing, state().provisional) == (proposed.minutes, 1, True)
    rate(administrator, "Bea Two", "3.5", credentials="LCSW", note="One person, one scene.")
    # two ratings alone move nothing yet
    assert (selectors.basis_of(version).minutes, selectors.hours_are_provisional(version)) == (proposed.minutes, True)
    approval = approve(administrator, "Cas Three")

    course = selectors.get_course(SLUG)
    exact = mergener_minutes(words=proposed.words, questions=proposed.items, difficulty=Decimal("3.5"))
    assert exact - Decimal("0.01") < course.basis.minutes <= exact
    assert not course.provisional
    assert course.basis.difficulty_reason == "One person, one scene."
    assert (course.basis.raters, course.basis.approver) == (("Ann One, PhD", "Bea Two, LCSW"), "Cas Three, PhD")
    assert approval.minutes == course.basis.minutes
    assert [hours["hours"] for hours in approval.hours] == [str(course.hours)]
    for said in (str(course.basis.minutes), version.content_hash, "Ann One, PhD (4)", "Bea Two, LCSW (3.5)", "Cas Three"):
        assert said in approval.statement


def test_hours_of_each_body_are_frozen_with_the_approval(administrator):
    course = small_course(approval_bodies=[{"body": "strict", "minutes_per_hour": 50, "increment": Decimal(1)}])
    publish_course(course=course, at=AT)
    rate(administrator, "Ann One", "5")
    rate(administrator, "Bea Two", "5")
    hours = approve(administrator, "Cas Three").hours
    assert [(one["body"], one["minutes_per_hour"], Decimal(one["hours"])) for one in hours][1:] == [("strict", 50, Decimal(1))]


def test_what_was_approved_is_kept_as_it_was_written_down(version, signed):
    row = BasisSignature.objects.get(kind="approval")
    assert selectors.basis_of(version).minutes == row.minutes
    assert row.content_hash == course_hash(small_course())
    with pytest.raises(RewrittenRecordError):
        row.save()
    with pytest.raises(RewrittenRecordError):
        row.delete()
    with pytest.raises(RewrittenRecordError):
        BasisSignature.objects.update(minutes=1)
    with pytest.raises(DatabaseError), transaction.atomic():
        super(type(BasisSignature.objects.all()), BasisSignature.objects.all()).update(minutes=1)


@pytest.mark.parametrize("which", [0, 1, 2])
def test_withdrawing_any_signature_makes_the_hours_provisional_again(version, signed, administrator, which):
    back = withdraw(administrator, signed[which])
    assert (back.withdraws, back.note) == (signed[which], "Entered by mistake.")
    assert state().provisional
    assert selectors.basis_of(version).minutes == credit_basis(small_course()).minutes
    assert len(state().history) == 4
    with pytest.raises(SignatureWithdrawnError):
        withdraw(administrator, signed[which])


def test_an_approval_does_not_come_back_with_another_rating(version, signed, administrator):
    withdraw(administrator, signed[0])
    rate(administrator, "Ann One", "2")
    assert state().provisional
    approve(administrator, "Cas Three")
    assert (state().provisional, state().basis.difficulty) == (False, 2)


def test_nothing_is_added_to_signed_hours(signed, administrator):
    with pytest.raises(BasisApprovedError):
        rate(administrator, "Dan Four", "1")
    with pytest.raises(BasisApprovedError):
        approve(administrator, "Dan Four")


def test_there_is_nothing_to_approve_before_two_have_rated(version, administrator):
    for name in ("", "Ann One"):
        if name:
            rate(administrator, name, "3")
        with pytest.raises(RatingsMissingError):
            approve(administrator, "Cas Three")


def test_ratings_that_changed_since_they_were_looked_at_are_not_approved(version, administrator):
    rate(administrator, "Ann One", "3")
    rate(administrator, "Bea Two", "3")
    seen = state().seen
    rate(administrator, "Dan Four", "1")
    with pytest.raises(RatingsChangedError):
        approve(administrator, "Cas Three", seen=seen)
    assert state().provisional


@pytest.mark.parametrize("same", ["Ann One", "ann  one", "Dr. Ann One", "Ánn One"])
def test_nobody_signs_twice(version, administrator, same):
    rate(administrator, "Ann One", "3")
    with pytest.raises(SignatureRefusedError) as refused:
        rate(administrator, same, "4")
    assert "name" in refused.value.problems
    rate(administrator, "Bea Two", "4")
    with pytest.raises(SignatureRefusedError) as refused:
        approve(administrator, same)
    assert "Someone else" in refused.value.problems["name"]


def test_an_author_neither_rates_nor_approves(administrator):
    publish_course(course=small_course(authors=["Prof. Eve Author"]), at=AT)
    with pytest.raises(SignatureRefusedError, match="author"):
        rate(administrator, "Eve Author", "3")
    rate(administrator, "Ann One", "3")
    rate(administrator, "Bea Two", "3")
    with pytest.raises(SignatureRefusedError, match="author"):
        approve(administrator, "EVE AUTHOR")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "Dr. "}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"credentials": ""}, "credentials"),
        ({"discipline": "\u200b"}, "discipline"),
        ({"difficulty": "0.5"}, "difficulty"),
        ({"difficulty": "5.5"}, "difficulty"),
        ({"difficulty": "2.25"}, "difficulty"),
        ({"difficulty": "NaN"}, "difficulty"),
        ({"note": "\n"}, "note"),
        ({"note": "x" * 1001}, "note"),
    ],
)
def test_what_does_not_fit_is_said_at_its_field_and_nothing_is_written(version, administrator, change, field):
    given = {"name": "Ann One", "difficulty": "3"} | change
    with pytest.raises(SignatureRefusedError) as refused:
        rate(administrator, given.pop("name"), given.pop("difficulty"), **given)
    assert list(refused.value.problems) == [field]
    assert not BasisSignature.objects.exists()


def test_no_minutes_are_not_approved(administrator):
    item = small_course().post_test.items[0].model_dump()
    test = small_course().post_test.model_dump() | {"form_size": 1, "items": [item]}
    publish_course(course=small_course(post_test=test), at=AT)
    for name in ("Ann One", "Bea Two"):
        rate(administrator, name, "1")
    with pytest.raises(SignatureRefusedError, match="less than a minute"):
        approve(administrator, "Cas Three")


def test_a_form_sent_twice_signs_once(version, administrator):
    key = uuid.uuid4()
    first = rate(administrator, "Ann One", "3", submission=key)
    assert rate(administrator, "Ann One", "3", submission=key) == first
    second = rate(administrator, "Bea Two", "3")
    seen, key = state().seen, uuid.uuid4()
    assert approve(administrator, "Cas Three", seen=seen, submission=key) == approve(
        administrator, "Cas Three", seen=seen, submission=key
    )
    key = uuid.uuid4()
    assert withdraw(administrator, second, submission=key) == withdraw(administrator, second, submission=key)
    assert BasisSignature.objects.count() == 4
    with pytest.raises(SignatureNotFoundError):
        rate(administrator, "Dan Four", "3", submission=key)


def test_every_version_needs_signatures_of_its_own(version, signed, administrator):
    second = publish_course(course=small_course(title="Mended"), at=LATER)
    assert selectors.hours_are_provisional(second)
    assert not selectors.hours_are_provisional(version)
    assert selectors.get_course(SLUG).provisional
    with pytest.raises(SignatureNotFoundError):
        withdraw(administrator, signed[0], number=2)
    with pytest.raises(CourseNotFoundError):
        rate(administrator, "Ann One", "3", number=3)
    rate(administrator, "Ann One", "2", number=2)
    assert [(one.version.number, len(one.ratings), one.provisional) for one in selectors.list_basis_states()] == [
        (2, 1, True),
        (1, 2, False),
    ]


def test_only_administrators_sign(version, clinician, administrator):
    with pytest.raises(PermissionRefusedError):
        rate(clinician, "Ann One", "3")
    with pytest.raises(PermissionRefusedError):
        draft_rating(actor=clinician, slug=SLUG, number=1, signer=signer("Ann One"), difficulty=Decimal(3), note="Why.")
    rating = rate(administrator, "Ann One", "3")
    with pytest.raises(PermissionRefusedError):
        approve(clinician, "Cas Three")
    with pytest.raises(PermissionRefusedError):
        withdraw(clinician, rating)


def test_a_draft_is_not_kept(version, administrator):
    before, draft = draft_rating(
        actor=administrator, slug=SLUG, number=1, signer=signer("Ann One"), difficulty=Decimal(3), note="Why."
    )
    assert "Ann One" in draft.statement
    assert before.ratings == ()
    assert not BasisSignature.objects.exists()
    assert figures_at(small_course(), before.proposed, Decimal(3)).minutes > before.proposed.minutes


def test_who_did_what_is_recorded_without_names(version, signed, administrator):
    withdraw(administrator, signed[2])
    events = AuditEvent.objects.filter(actor=str(administrator.pk)).order_by("id")
    assert [event.tag for event in events] == ["course:basis:rated"] * 2 + [
        "course:basis:approved",
        "course:basis:signature-withdrawn",
    ]
    assert {(event.subject_kind, event.subject_id) for event in events} == {("course", SLUG)}
    assert "One" not in str([event.data for event in events])


def test_the_database_keeps_signatures_whole(version):
    for wrong in (
        {"kind": "rating"},
        {"kind": "rating", "difficulty": 6},
        {"kind": "approval", "difficulty": 3},
        {"kind": "withdrawal"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            BasisSignature.objects.create(version=version, content_hash="x", signed_at=AT, recorded_by=uuid.uuid4(), **wrong)


def test_credit_keeps_what_held_when_it_was_earned(clinician, other_clinician, administrator):
    early = credit.completion(clinician)
    before = award_completion(completion=early, at=credit.AT)
    slug = "a-small-course"
    first = rate(administrator, "Ann One", "3", slug=slug)
    rate(administrator, "Bea Two", "3", slug=slug)
    approve(administrator, "Cas Three", slug=slug)
    after = award_completion(completion=credit.completion(other_clinician), at=credit.AT)
    assert (before.entry.amount, before.entry.provisional) == (39, True)
    assert (after.entry.amount, after.entry.provisional) == (46, False)
    withdraw_signature(
        actor=administrator, slug=slug, number=1, signature_id=first.pk, reason="Mistake.", submission=uuid.uuid4(), at=LATER
    )
    assert award_completion(completion=early, at=LATER).record["provisional"] is True
    after.entry.refresh_from_db()
    assert after.entry.provisional is False


def test_every_rating_has_its_figures():
    course = small_course()
    figures = figures_by_difficulty(course, credit_basis(course))
    assert [one.difficulty for one in figures] == list(RATING_STEPS)
    assert [one.minutes for one in figures] == sorted(one.minutes for one in figures)
    assert figures[3].minutes == credit_basis(course).minutes  # 2.5, as the author proposes


def test_names_are_compared_as_people_write_them():
    assert name_key("Dr. José  Müller-Lee") == name_key("jose muller lee") != name_key("Jo Muller Lee")
