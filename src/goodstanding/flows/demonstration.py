"""
Filling a demonstration database, through the same services as the pages.

Everything is made up and says so: names, numbers, courses from elsewhere, and an approval by a body that does not exist.
Every day is counted from the day of filling, so a demonstration made today looks current today.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import typst
from django.core.files.base import ContentFile
from django.db import transaction

from goodstanding.accounts.models import Holder, Role, User
from goodstanding.accounts.selectors import find_users, get_holder
from goodstanding.accounts.services import create_person
from goodstanding.catalog.selectors import FORMATS, offered_courses
from goodstanding.catalog.services import record_approval, save_sponsor
from goodstanding.core import courseware
from goodstanding.core.courseware import Course
from goodstanding.core.rules.periods import add_months
from goodstanding.credit.earned import EarnedCredit, EarnedPart
from goodstanding.credit.models import Certificate
from goodstanding.credit.services import enter_credit
from goodstanding.flows.completing import complete
from goodstanding.flows.publishing import publish_content
from goodstanding.learning.models import Enrollment
from goodstanding.learning.path import PathStep
from goodstanding.learning.selectors import content_of, path_of, scene_at
from goodstanding.learning.services import (
    enroll,
    finish_pretest,
    finish_section,
    open_step,
    save_answers,
    save_pretest,
    start_attempt,
    start_run,
    submit_attempt,
    submit_evaluation,
    take_step,
)
from goodstanding.licensing.services import add_license, answer_facts, confirm_question

__all__ = [
    "ADMINISTRATOR",
    "APPROVAL_BODY",
    "PEOPLE",
    "Filled",
    "RealPeopleError",
    "fill",
    "walk_course",
]

TIME_ZONE = "America/Los_Angeles"
APPROVAL_BODY = "Demonstration Approval Body (does not exist)"
SPONSOR = "Demonstration sponsor"
ELSEWHERE = "Demonstration Institute (does not exist)"
NOT_ASKED = "Demonstration: no board was asked."

ADMINISTRATOR = ("administrator.demonstration@example.org", "Demonstration Administrator")


class RealPeopleError(Exception):
    """The database holds an account that the demonstration did not make, so it is left alone."""


@dataclass(frozen=True, kw_only=True)
class DemoCredit:
    """Credit from elsewhere: how long before the day of filling it was completed, and what it was about."""

    title: str
    days_ago: int
    hours: int
    parts: tuple[tuple[int, tuple[str, ...]], ...] = ()
    format: str = "live_online"


@dataclass(frozen=True, kw_only=True)
class DemoLicense:
    """A license: where it stands in its period, and what its holder answered and settled."""

    rule: str
    profession: str
    license_type: str
    number: str
    issued_months_ago: int
    expires_in_months: int
    renewals: int
    status: str = "active"
    facts: tuple[tuple[str, bool], ...] = ()
    settled: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class DemoPerson:
    """One situation that a clinician can be in."""

    email: str
    name: str
    situation: str
    profession: str
    licenses: tuple[DemoLicense, ...]
    credits: tuple[DemoCredit, ...] = ()
    completes_courses: bool = False
    approvals: tuple[str, ...] | None = ()
    """Of the credits: none, or None where the certificates leave open which body approved the course."""


def _course(title: str, *, days_ago: int, hours: int, topics: tuple[str, ...] = (), about: int | None = None) -> DemoCredit:
    """A made-up course; `about` of its hours (default: all) are about `topics`."""
    parts = ((hours if about is None else about, topics),) if topics else ()
    return DemoCredit(title=f"Demonstration course: {title}", days_ago=days_ago, hours=hours, parts=parts)


_ETHICS = _course("law and ethics in California", days_ago=130, hours=6, topics=("ethics_us_ca", "law_us_ca"))
_SUICIDE = _course("assessing the risk of suicide", days_ago=100, hours=6, topics=("suicide",))
_TELEHEALTH = _course("sessions by video", days_ago=90, hours=3, topics=("telehealth",))
_ALL = ("california_law_hours", "sponsor_list", "hour_length", "telehealth_content")

PEOPLE: tuple[DemoPerson, ...] = (
    DemoPerson(
        email="met.demonstration@example.org",
        name="Mira Met (Demonstration)",
        situation="California LMFT, everything met for the next renewal",
        profession="mft",
        licenses=(
            DemoLicense(
                rule="us/ca/lmft",
                profession="mft",
                license_type="LMFT",
                number="DEMO-1001",
                issued_months_ago=85,
                expires_in_months=11,
                renewals=3,
                settled=_ALL,
            ),
        ),
        credits=(
            _ETHICS,
            _SUICIDE,
            _TELEHEALTH,
            _course("couples in conflict", days_ago=70, hours=12, topics=("marriage_and_family",)),
            _course("grief and time", days_ago=40, hours=10),
        ),
    ),
    DemoPerson(
        email="short.demonstration@example.org",
        name="Sol Short (Demonstration)",
        situation="California LPCC, hours missing and the renewal two months away; completed the courses here",
        profession="counselor",
        licenses=(
            DemoLicense(
                rule="us/ca/lpcc",
                profession="counselor",
                license_type="LPCC",
                number="DEMO-2001",
                issued_months_ago=70,
                expires_in_months=2,
                renewals=2,
                facts=(("couples_and_families", False),),
                settled=_ALL,
            ),
        ),
        credits=(
            _SUICIDE,
            _TELEHEALTH,
            _course("law and ethics, a short update", days_ago=60, hours=3, topics=("ethics_us_ca", "law_us_ca")),
            _course("sleep and mood", days_ago=20, hours=8),
        ),
        completes_courses=True,
    ),
    DemoPerson(
        email="unknown.demonstration@example.org",
        name="Uma Unknown (Demonstration)",
        situation="California LCSW, enough hours, but nobody knows yet whether the board accepts them",
        profession="social_worker",
        licenses=(
            DemoLicense(
                rule="us/ca/lcsw",
                profession="social_worker",
                license_type="LCSW",
                number="DEMO-3001",
                issued_months_ago=50,
                expires_in_months=7,
                renewals=1,
            ),
        ),
        credits=(
            _ETHICS,
            _SUICIDE,
            _TELEHEALTH,
            _course("group work in schools", days_ago=45, hours=22),
        ),
        approvals=None,
    ),
    DemoPerson(
        email="first.demonstration@example.org",
        name="Fay First (Demonstration)",
        situation="California LPCC before the first renewal, which asks for a course that later ones do not",
        profession="counselor",
        licenses=(
            DemoLicense(
                rule="us/ca/lpcc",
                profession="counselor",
                license_type="LPCC",
                number="DEMO-2002",
                issued_months_ago=9,
                expires_in_months=15,
                renewals=0,
                facts=(("couples_and_families", True),),
                settled=("sponsor_list",),
            ),
        ),
        credits=(_ETHICS, _course("beginning in private practice", days_ago=25, hours=6)),
    ),
    DemoPerson(
        email="lapsed.demonstration@example.org",
        name="Lou Lapsed (Demonstration)",
        situation="California LMFT that lapsed, and a second, active license",
        profession="mft",
        licenses=(
            DemoLicense(
                rule="us/ca/lmft",
                profession="mft",
                license_type="LMFT",
                number="DEMO-1002",
                issued_months_ago=100,
                expires_in_months=-4,
                renewals=3,
                status="lapsed",
            ),
            DemoLicense(
                rule="us/ca/lcsw",
                profession="social_worker",
                license_type="LCSW",
                number="DEMO-3002",
                issued_months_ago=20,
                expires_in_months=4,
                renewals=0,
                settled=("sponsor_list",),
            ),
        ),
        credits=(_course("supervision of associates", days_ago=200, hours=4),),
    ),
    DemoPerson(
        email="new.demonstration@example.org",
        name="Nia New (Demonstration)",
        situation="an account without a license yet",
        profession="counselor",
        licenses=(),
    ),
)


@dataclass(frozen=True, kw_only=True)
class Filled:
    """What the demonstration database holds. `made` is False when it held it before and nothing was changed."""

    made: bool
    people: int
    licenses: int
    credits: int
    certificates: int


@transaction.atomic
def fill(*, password: str, content_root: Path, at: dt.datetime, on: dt.date) -> Filled:
    """
    Fill an empty database with the demonstration, as of the day `on`; one that holds it already is left as it is.

    All or nothing: a run that was broken off leaves an empty database, which the next run fills. Raises RealPeopleError,
    with nothing changed, if the database holds any account that is not one of the demonstration's.
    """
    ours = {ADMINISTRATOR[0], *(person.email for person in PEOPLE)}
    found = set(find_users().values_list("email", flat=True))
    if found - ours:
        raise RealPeopleError
    if not found:
        _fill(password=password, content_root=content_root, at=at, on=on)
    holders = [get_holder(user) for user in find_users()]
    return Filled(
        made=not found,
        people=len(holders),
        licenses=sum(holder.licenses.count() for holder in holders),
        credits=sum(holder.credit_entries.count() for holder in holders),
        certificates=sum(holder.certificates.count() for holder in holders),
    )


def _fill(*, password: str, content_root: Path, at: dt.datetime, on: dt.date) -> None:
    publish_content(root=content_root, at=at)
    email, name = ADMINISTRATOR
    administrator = create_person(
        email=email,
        password=password,
        legal_name=name,
        time_zone=TIME_ZONE,
        professions=(),
        at=at,
        role=Role.ADMINISTRATOR,
    )
    save_sponsor(
        actor=administrator,
        name=SPONSOR,
        address="1 Demonstration Street\nNowhere, CA 00000",
        phone="(555) 555-0100",
        email="sponsor.demonstration@example.org",
        administrator_name=name,
        administrator_title="Program administrator of a demonstration",
        signature_line="Signed for demonstration only",
    )
    record_approval(
        actor=administrator,
        body="demonstration",
        body_name=APPROVAL_BODY,
        number="DEMO-0000",
        formats=[code for code, _ in FORMATS],
        valid_from=add_months(on, -12),
        valid_to=add_months(on, 24),
        statement="This approval is made up. The body does not exist, and no board accepts it.",
        evidence=ContentFile(_evidence()),
        evidence_name="demonstration-approval.pdf",
        demonstration=True,
    )
    for person in PEOPLE:
        _add_person(person, password=password, at=at, on=on)


def _add_person(person: DemoPerson, *, password: str, at: dt.datetime, on: dt.date) -> User:
    user = create_person(
        email=person.email,
        password=password,
        legal_name=person.name,
        time_zone=TIME_ZONE,
        professions=(person.profession,),
        at=at,
    )
    holder = get_holder(user)
    for license_ in person.licenses:
        _add_license(license_, holder=holder, user=user, at=at, on=on)
    for credit in person.credits:
        _enter(credit, approvals=person.approvals, holder=holder, user=user, at=at, on=on)
    if person.completes_courses:
        for course in offered_courses():
            walk_course(holder=holder, slug=course.slug, signed_name=person.name, at=at, on=on)
    return user


def _add_license(wanted: DemoLicense, *, holder: Holder, user: User, at: dt.datetime, on: dt.date) -> None:
    license_ = add_license(
        holder=holder,
        actor=user,
        rule=wanted.rule,
        profession=wanted.profession,
        license_type=wanted.license_type,
        number=wanted.number,
        issued=add_months(on, -wanted.issued_months_ago),
        period_end=add_months(on, wanted.expires_in_months),
        renewals=wanted.renewals,
        status=wanted.status,
        at=at,
    )
    answer_facts(license=license_, answers=dict(wanted.facts), at=at, actor=user)
    for question in wanted.settled:
        confirm_question(
            license=license_, question=question, confirmed_on=on - dt.timedelta(days=14), note=NOT_ASKED, at=at, actor=user
        )


def _enter(
    credit: DemoCredit, *, approvals: tuple[str, ...] | None, holder: Holder, user: User, at: dt.datetime, on: dt.date
) -> None:
    enter_credit(
        holder=holder,
        actor=user,
        credit=EarnedCredit(
            title=credit.title,
            completed=on - dt.timedelta(days=credit.days_ago),
            amount=Decimal(credit.hours),
            parts=tuple(EarnedPart(amount=Decimal(hours), topics=topics) for hours, topics in credit.parts),
            format=credit.format,
            approvals=approvals,
            sponsor_name=ELSEWHERE,
            sponsor_kind="other",
        ),
        submission=uuid.uuid4(),
        at=at,
        today=on,
    )


def _evidence() -> bytes:
    """A PDF that says that it proves nothing."""
    text = "= Demonstration\n\nThis file stands where the letter of an approval body would be. The body does not exist."
    pdf = typst.compile(text.encode(), format="pdf")
    assert isinstance(pdf, bytes)
    return pdf


# Taking a course


def walk_course(*, holder: Holder, slug: str, signed_name: str, at: dt.datetime, on: dt.date) -> Certificate:
    """
    Take a course from its first section to its certificate, step by step as its pages do, with every answer right.

    It chooses the first choice that each scenario offers and the highest rating of each question, and answers the pretest with
    the first option of each item, as someone might who has yet to learn.
    """
    enrollment = enroll(holder=holder, slug=slug, at=at, on=on)
    course = content_of(enrollment)
    while (step := path_of(enrollment).current) is not None and step.kind != "attestation":
        take_step_of(step, enrollment=enrollment, course=course, at=at)
    return complete(enrollment=enrollment, signed_name=signed_name, at=at)


def take_step_of(step: PathStep, *, enrollment: Enrollment, course: Course, at: dt.datetime) -> None:
    open_step(enrollment=enrollment, kind=step.kind, step_id=step.id, at=at)
    if step.kind == "pretest":
        assert course.pretest is not None  # it is a step of the course
        first = {item.id: item.options[0].option_id for item in course.pretest.items}
        save_pretest(enrollment=enrollment, answers=first, marks=(), at=at)
        finish_pretest(enrollment=enrollment, at=at)
    elif step.kind == "section":
        finish_section(enrollment=enrollment, section_id=step.id, at=at)
    elif step.kind == "scenario":
        _play(step.id, enrollment=enrollment, at=at)
    elif step.kind == "post_test":
        attempt = start_attempt(enrollment=enrollment, at=at)
        asked = courseware.Form.model_validate(attempt.form).questions
        answers = {question.item_id: course.post_test.item(question.item_id).key for question in asked}
        submit_attempt(attempt=save_answers(attempt=attempt, answers=answers), at=at)
    else:
        submit_evaluation(enrollment=enrollment, answers=_ratings(course), at=at)


def _play(scenario_id: str, *, enrollment: Enrollment, at: dt.datetime) -> None:
    run = start_run(enrollment=enrollment, scenario_id=scenario_id, at=at)
    position = 0
    while not (scene := scene_at(enrollment, run, position)).finished:
        run = take_step(
            enrollment=enrollment,
            scenario_id=scenario_id,
            number=run.number,
            position=position,
            choice=scene.choices[0].choice_id if scene.choices else "",
            reason="Written for demonstration." if scene.node.reason_prompt else "",
            at=at,
        )
        position += 1


def _ratings(course: Course) -> dict[str, str]:
    """An answer to every question of the evaluation that must be answered."""
    answers: dict[str, str] = {}
    first: dict[str, str] = {
        "rating": str(len(course.evaluation.scale)),
        "yes_no": "yes",
        "minutes": "60",
        "text": "Answered for demonstration.",
    }
    for question in course.evaluation_questions:
        if question.required:
            options: Sequence[str] = question.options
            answers[question.id] = options[0] if question.kind == "choice" else first[question.kind]
    return answers
