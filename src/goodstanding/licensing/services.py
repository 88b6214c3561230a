"""What happens to licenses: added, changed, renewed, removed and restored; questions answered and settled."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from goodstanding.accounts.services import lock_holder
from goodstanding.audit.services import Tag, record_event
from goodstanding.core.rules.model import Fact, FactValue
from goodstanding.core.rules.periods import ONE_DAY, add_months
from goodstanding.licensing.checks import (
    Dates,
    check_carried_in,
    check_dates,
    check_license,
    check_number,
    number_key,
    period_start_for,
)
from goodstanding.licensing.errors import (
    AnswerRefusedError,
    ConfirmationRefusedError,
    LicenseDuplicateError,
    LicenseNotFoundError,
    LicenseRefusedError,
    PeriodNotFoundError,
)
from goodstanding.licensing.models import (
    Confirmation,
    License,
    LicenseChange,
    LicenseFact,
    LicensePeriod,
    LicenseStatus,
)
from goodstanding.licensing.rulebook import license_types, rulebook
from goodstanding.licensing.selectors import current_confirmations, current_facts, latest_period, requirements_of

if TYPE_CHECKING:
    from goodstanding.accounts.models import Holder, User

__all__ = [
    "add_license",
    "answer_facts",
    "change_license",
    "confirm_question",
    "keep_confirmations",
    "record_carried_and_waived",
    "record_renewal",
    "remove_license",
    "reopen_question",
    "restore_license",
    "undo_renewal",
]

_NOTE_LENGTH = 500
_QUESTION_LENGTH = 80
_MOST_IN_AN_ANSWER = 1000


@transaction.atomic
def add_license(
    *,
    holder: Holder,
    actor: User,
    rule: str,
    profession: str,
    license_type: str,
    number: str,
    issued: dt.date | None,
    period_end: dt.date | None,
    period_start: dt.date | None = None,
    renewals: int | None = None,
    status: str = LicenseStatus.ACTIVE,
    facts: Mapping[str, FactValue | None] | None = None,
    at: dt.datetime,
    submission: uuid.UUID | None = None,
) -> License:
    """
    Add a license with its current period, which starts one cycle of its rule before `period_end` unless given.

    `submission` names one filled-in form: the same submission sent twice adds one license and gives it back both times.
    Raises LicenseRefusedError (LicenseDuplicateError, AnswerRefusedError).
    """
    _check_owner(holder, actor)
    holder = lock_holder(holder=holder)
    if submission is not None and (sent_before := holder.licenses.filter(pk=submission).first()):
        if sent_before.removed_at is None:
            return sent_before
        submission = None  # an old form sent again after the license was removed: a new license
    number = " ".join(number.split())
    known = any((one.rule, one.profession, one.license_type) == (rule, profession, license_type) for one in license_types())
    if not known:
        raise LicenseRefusedError({"type": "Choose the type of your license from the list."} | check_number(number))
    months = rulebook()[rule].file.cycle.months
    dates = Dates(issued=issued, start=period_start, end=period_end)
    problems = check_license(number=number, dates=dates, renewals=renewals, months=months, today=timezone.localdate(at))
    problems |= _check_status(status)
    if problems or period_end is None:
        raise LicenseRefusedError(problems)
    _check_not_entered(holder, rule=rule, number=number)
    try:
        with transaction.atomic():
            license_ = License.objects.create(
                id=submission or uuid.uuid4(),
                holder=holder,
                rule=rule,
                profession=profession,
                license_type=license_type,
                number=number,
                number_key=number_key(number),
                issued=issued,
                renewals=renewals,
                status=status,
            )
    except IntegrityError as error:  # the lock makes this all but impossible; the constraint has the last word
        raise LicenseDuplicateError(None) from error
    start = period_start or period_start_for(issued=issued, end=period_end, months=months)
    LicensePeriod.objects.create(license=license_, start=start, end=period_end)
    _note(license_, at, {"added": [None, period_end.isoformat()]})
    _record(Tag.LICENSE_ADDED, actor, license_, {"rule": rule})
    if facts:
        answer_facts(license=license_, answers=facts, at=at, actor=actor)
    return license_


@transaction.atomic
def change_license(
    *,
    license: License,  # noqa: A002 - the word of the trade
    actor: User,
    number: str,
    issued: dt.date | None,
    period_start: dt.date | None,
    period_end: dt.date | None,
    renewals: int | None,
    status: str,
    at: dt.datetime,
) -> License:
    """
    Correct a license and its latest period; what was there before stays in the history. Raises LicenseRefusedError.

    The type cannot be changed: answers, periods and confirmations belong to the rule they were given for.
    """
    license_ = _lock(license, actor)
    period = _latest(license_)
    number = " ".join(number.split())
    months = _months(license_)
    start = period_start
    if start is None and period_end is not None:
        former = _before(license_, period)
        start = former.end + ONE_DAY if former else period_start_for(issued=issued, end=period_end, months=months)
    dates = Dates(issued=issued, start=start, end=period_end)
    problems = check_license(number=number, dates=dates, renewals=renewals, months=months, today=timezone.localdate(at))
    problems |= _check_status(status)
    problems = _check_neighbors(license_, period, start) | problems
    if problems or start is None or period_end is None:
        raise LicenseRefusedError(problems)
    _check_not_entered(license_.holder, rule=license_.rule, number=number, apart_from=license_)
    before = {
        "number": license_.number,
        "issued": license_.issued,
        "renewals": license_.renewals,
        "status": license_.status,
        "period_start": period.start,
        "period_end": period.end,
    }
    after = {
        "number": number,
        "issued": issued,
        "renewals": renewals,
        "status": status,
        "period_start": start,
        "period_end": period_end,
    }
    changes = {name: [_plain(before[name]), _plain(after[name])] for name in before if before[name] != after[name]}
    if not changes:
        return license_
    license_.number, license_.number_key = number, number_key(number)
    license_.issued, license_.renewals, license_.status = issued, renewals, status
    try:
        with transaction.atomic():
            license_.save()
    except IntegrityError as error:
        raise LicenseDuplicateError(None) from error
    period.start, period.end = start, period_end
    period.save(update_fields=["start", "end"])
    _note(license_, at, changes)
    _record(Tag.LICENSE_CHANGED, actor, license_, {"fields": sorted(changes)})
    return license_


@transaction.atomic
def record_renewal(
    *,
    license: License,  # noqa: A002
    actor: User,
    period_end: dt.date | None,
    renewed_on: dt.date | None,
    from_end: dt.date,
    at: dt.datetime,
) -> LicensePeriod:
    """
    Open the next period, which starts the day after the latest one ends and runs to `period_end`.

    `from_end` is the end of the period that the person saw as the latest. If that one was renewed meanwhile, by the same
    form sent twice, nothing is added and the period that follows it is given back. Raises LicenseRefusedError.
    """
    license_ = _lock(license, actor)
    former = _latest(license_)
    if former.end != from_end:
        if former.end > from_end and _before(license_, former) is not None:
            return former
        raise LicenseRefusedError({"period_end": "This license was changed meanwhile. Look at its page and try again."})
    months = _months(license_)
    start = former.end + ONE_DAY
    today = timezone.localdate(at)
    # renewing early is usual, so the new end may lie further ahead than for a license that is just being entered
    dates = Dates(issued=license_.issued, start=start, end=period_end)
    problems = check_dates(dates, months=months, today=max(today, former.end))
    if period_end is not None and period_end <= former.end:
        problems = {"period_end": "The new period must end after the one before it. Check the date."}
    if renewed_on is not None and renewed_on > today:
        problems["renewed_on"] = "This day is in the future. Record the renewal once the board has granted it."
    elif renewed_on is not None and renewed_on < former.start:
        problems["renewed_on"] = "This is before the period began. Check the date."
    if "period_start" in problems:
        problems.setdefault("period_end", problems.pop("period_start"))
    if problems or period_end is None:
        raise LicenseRefusedError(problems)
    former.renewed_on = renewed_on
    former.save(update_fields=["renewed_on"])
    period = LicensePeriod.objects.create(license=license_, start=start, end=period_end)
    changes: dict[str, list[Any]] = {"renewed": [former.end.isoformat(), period_end.isoformat()]}
    if license_.renewals is not None:
        license_.renewals += 1
        license_.save(update_fields=["renewals"])
    _note(license_, at, changes)
    _record(Tag.LICENSE_CHANGED, actor, license_, {"fields": ["renewed"]})
    return period


@transaction.atomic
def undo_renewal(*, license: License, actor: User, end: dt.date, at: dt.datetime) -> None:  # noqa: A002
    """Take back the renewal that opened the period ending on `end`, recorded by mistake; only for the latest period."""
    license_ = _lock(license, actor)
    period = _latest(license_)
    former = _before(license_, period)
    if period.end != end or former is None:
        return
    lost = _carried_changes(end, period.carried_in, {}) | _waived_changes(end, period.waivers, [])
    period.delete()
    former.renewed_on = None
    former.save(update_fields=["renewed_on"])
    if license_.renewals:
        license_.renewals -= 1
        license_.save(update_fields=["renewals"])
    _note(license_, at, {"renewal_undone": [end.isoformat(), former.end.isoformat()]} | lost)
    _record(Tag.LICENSE_CHANGED, actor, license_, {"fields": ["renewal_undone"]})


@transaction.atomic
def record_carried_and_waived(
    *,
    license: License,  # noqa: A002
    actor: User,
    end: dt.date,
    carried_in: Mapping[str, Decimal | None],
    waivers: Collection[str],
    note: str = "",
    at: dt.datetime,
) -> LicensePeriod:
    """
    Record what was brought into the period that ends on `end`, and which requirements the board waived for it.

    `carried_in` maps requirements to hours; None or 0 takes hours back, a requirement left out keeps its own. `waivers` are
    all that are waived. What the rule does not know any more is kept as it is. The note goes into the history only. Whether
    any of it counts is the rule's to say. Raises PeriodNotFoundError, and LicenseRefusedError by field: `waived`, `note`,
    `carried_` with the requirement.
    """
    license_ = _lock(license, actor)
    period = license_.periods.filter(end=end).first()
    if period is None:
        raise PeriodNotFoundError
    requirements = {one.id: one for one in requirements_of(license_)}
    note = note.strip()
    problems = {}
    for name, hours in carried_in.items():
        if name not in period.carried_in and not (name in requirements and requirements[name].carries):
            problems[f"carried_{name}"] = "The rule of this license has no such requirement in each period."
        elif hours is not None and (problem := check_carried_in(hours)):
            problems[f"carried_{name}"] = problem
    if not set(waivers) <= requirements.keys() | set(period.waivers):
        problems["waived"] = "Choose only requirements from the list."
    if len(note) > _NOTE_LENGTH:
        problems["note"] = f"The note can have at most {_NOTE_LENGTH} characters."
    if problems:
        raise LicenseRefusedError(problems)
    carried = dict(period.carried_in)
    for name, hours in carried_in.items():
        carried.pop(name, None)
        if hours:
            carried[name] = f"{hours.normalize():f}"
    # A waiver that the rule does not know any more is on no form, so leaving it out does not take it back.
    waived = [name for name in requirements if name in waivers]
    waived += [name for name in period.waivers if name not in requirements]
    changes = _carried_changes(end, period.carried_in, carried) | _waived_changes(end, period.waivers, waived)
    fields = sorted({name.partition(":")[0] for name in changes})
    if note and (changes or not _noted_last(license_, end, note)):
        changes[f"note:{end.isoformat()}"] = [None, note]
        fields.append("note")
    if not changes:
        return period
    period.carried_in, period.waivers = carried, waived
    period.save(update_fields=["carried_in", "waivers"])
    _note(license_, at, changes)
    _record(Tag.LICENSE_CHANGED, actor, license_, {"fields": fields, "period": end.isoformat()})
    return period


def _carried_changes(end: dt.date, before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, list[Any]]:
    names = dict.fromkeys((*before, *after))
    return {
        f"carried:{end.isoformat()}:{name}": [before.get(name), after.get(name)]
        for name in names
        if before.get(name) != after.get(name)
    }


def _waived_changes(end: dt.date, before: Collection[str], after: Collection[str]) -> dict[str, list[Any]]:
    names = dict.fromkeys((*before, *after))
    return {
        f"waived:{end.isoformat()}:{name}": [name in before, name in after]
        for name in names
        if (name in before) != (name in after)
    }


def _noted_last(license_: License, end: dt.date, note: str) -> bool:
    """Whether the newest change is this note already: the same form sent twice."""
    newest = license_.changes.first()
    return newest is not None and newest.changes.get(f"note:{end.isoformat()}") == [None, note]


@transaction.atomic
def remove_license(*, license: License, actor: User, at: dt.datetime) -> None:  # noqa: A002
    """Take a license off the list. Nothing of it is deleted; removing it again changes nothing."""
    license_ = _lock(license, actor)
    if license_.removed_at is not None:
        return
    license_.removed_at = at
    license_.save(update_fields=["removed_at"])
    _note(license_, at, {"removed": [None, None]})
    _record(Tag.LICENSE_REMOVED, actor, license_, {})


@transaction.atomic
def restore_license(*, license: License, actor: User, at: dt.datetime) -> License:  # noqa: A002
    """Put a removed license back, whole. Raises LicenseDuplicateError if it was entered anew in between."""
    license_ = _lock(license, actor)
    if license_.removed_at is None:
        return license_
    _check_not_entered(license_.holder, rule=license_.rule, number=license_.number)
    license_.removed_at = None
    try:
        with transaction.atomic():
            license_.save(update_fields=["removed_at"])
    except IntegrityError as error:
        raise LicenseDuplicateError(None) from error
    _note(license_, at, {"restored": [None, None]})
    _record(Tag.LICENSE_RESTORED, actor, license_, {})
    return license_


@transaction.atomic
def answer_facts(
    *,
    license: License,  # noqa: A002
    answers: Mapping[str, FactValue | None],
    at: dt.datetime,
    actor: User | None = None,
) -> None:
    """
    Record what the holder answers to the questions of the rule; None takes an answer back, a name left out keeps it.

    Only answers that differ from the current one are written. Raises AnswerRefusedError for a question that the rule does
    not ask and for an answer of the wrong kind.
    """
    license_ = _lock(license, actor)
    questions = rulebook().questions_for(license_.rule) if license_.rule in rulebook() else {}
    problems = {}
    for name, value in answers.items():
        question = questions.get(name)
        if question is None:
            problems[name] = "The rule of this license does not ask this."
        elif value is not None and (problem := _misfit(question, value, today=timezone.localdate(at))):
            problems[name] = problem
    if problems:
        raise AnswerRefusedError(problems)
    current = current_facts(license_)
    changed = {name: value for name, value in answers.items() if current.get(name) != value}
    if not changed:
        return
    LicenseFact.objects.bulk_create(
        [LicenseFact(license=license_, name=name, value=_plain(value), answered_at=at) for name, value in changed.items()]
    )
    _note(license_, at, {f"answer:{name}": [_plain(current.get(name)), _plain(value)] for name, value in changed.items()})
    _record(Tag.LICENSE_CHANGED, actor or license_.holder.user_id, license_, {"fields": ["answers"]})


@transaction.atomic
def confirm_question(
    *,
    license: License,  # noqa: A002
    question: str,
    confirmed_on: dt.date | None,
    note: str,
    at: dt.datetime,
    actor: User | None = None,
) -> Confirmation:
    """
    Record that the holder settled an open question with the board: on which day, and in a note how.

    Sent twice with the same day and note it is recorded once. Raises ConfirmationRefusedError.
    """
    license_ = _lock(license, actor)
    note = note.strip()
    problems = {}
    if not question or len(question) > _QUESTION_LENGTH:
        problems["question"] = "There is no such question for this license."
    if confirmed_on is None:
        problems["confirmed_on"] = "Enter the day on which you checked this with your board."
    elif confirmed_on > timezone.localdate(at):
        problems["confirmed_on"] = "This day is in the future. Enter the day on which you checked."
    elif license_.issued is not None and confirmed_on < add_months(license_.issued, -12 * 10):
        problems["confirmed_on"] = "This is long before your license was issued. Check the year."
    if len(note) > _NOTE_LENGTH:
        problems["note"] = f"Shorten the note to {_NOTE_LENGTH} characters. It has {len(note)}."
    if problems:
        raise ConfirmationRefusedError(problems)
    current = current_confirmations(license_).get(question)
    if current is not None and (current.confirmed_on, current.note) == (confirmed_on, note):
        return current
    confirmation = Confirmation.objects.create(
        license=license_, question=question, confirmed_on=confirmed_on, note=note, recorded_at=at
    )
    _note(license_, at, {f"question:{question}": [None, _plain(confirmed_on)]})
    _record(Tag.QUESTION_CONFIRMED, actor or license_.holder.user_id, license_, {"question": question})
    return confirmation


@transaction.atomic
def keep_confirmations(
    *,
    license: License,  # noqa: A002
    renamed: Mapping[str, str],
    at: dt.datetime,
    actor: User | None = None,
) -> None:
    """
    Let what the holder confirmed of some questions stand for others, with the same day and note: from old name to new.

    A question is about one version of a credit, so a corrected credit asks it anew under another name, though the board has
    said what it had to say. What was not confirmed, or is confirmed under the new name already, is left alone.
    """
    license_ = _lock(license, actor)
    current = current_confirmations(license_)
    kept = {new: current[old] for old, new in renamed.items() if old in current and new not in current}
    if not kept:
        return
    for question, one in kept.items():
        Confirmation.objects.create(
            license=license_, question=question, confirmed_on=one.confirmed_on, note=one.note, recorded_at=at
        )
        _record(Tag.QUESTION_CONFIRMED, actor or license_.holder.user_id, license_, {"question": question})
    _note(license_, at, {f"kept:{question}": [None, _plain(one.confirmed_on)] for question, one in kept.items()})


@transaction.atomic
def reopen_question(
    *,
    license: License,  # noqa: A002
    question: str,
    at: dt.datetime,
    actor: User | None = None,
) -> None:
    """Take a confirmation back; the question is open again. Without a confirmation nothing changes."""
    license_ = _lock(license, actor)
    current = current_confirmations(license_).get(question)
    if current is None:
        return
    Confirmation.objects.create(license=license_, question=question, withdrawn=True, recorded_at=at)
    _note(license_, at, {f"question:{question}": [_plain(current.confirmed_on), None]})
    _record(Tag.QUESTION_REOPENED, actor or license_.holder.user_id, license_, {"question": question})


def _check_owner(holder: Holder, actor: User | None) -> None:
    """Someone else's license reads as no license."""
    if actor is not None and holder.user_id != actor.pk:
        raise LicenseNotFoundError


def _lock(license_: License, actor: User | None) -> License:
    """The license as it is now, locked for this transaction: what is decided about it must not be overtaken."""
    locked = License.objects.select_for_update(of=("self",)).select_related("holder").filter(pk=license_.pk).first()
    if locked is None:
        raise LicenseNotFoundError
    _check_owner(locked.holder, actor)
    return locked


def _latest(license_: License) -> LicensePeriod:
    period = latest_period(license_)
    if period is None:
        raise LicenseNotFoundError
    return period


def _before(license_: License, period: LicensePeriod) -> LicensePeriod | None:
    return license_.periods.filter(end__lt=period.end).order_by("-end").first()


def _months(license_: License) -> int:
    """The cycle of its rule. A rule that is gone leaves two years, the usual cycle, so that a page still opens."""
    book = rulebook()
    return book[license_.rule].file.cycle.months if license_.rule in book else 24


def _check_not_entered(holder: Holder, *, rule: str, number: str, apart_from: License | None = None) -> None:
    same = License.objects.filter(holder=holder, rule=rule, number_key=number_key(number), removed_at=None)
    if apart_from is not None:
        same = same.exclude(pk=apart_from.pk)
    if (existing := same.first()) is not None:
        raise LicenseDuplicateError(existing)


def _check_neighbors(license_: License, period: LicensePeriod, start: dt.date | None) -> dict[str, str]:
    """Periods of one license do not overlap: a credit would count in two of them."""
    former = _before(license_, period)
    if former is not None and start is not None and start <= former.end:
        return {"period_start": "This overlaps the period before, which you can see in the history. Start after it ends."}
    return {}


def _check_status(status: str) -> dict[str, str]:
    return {} if status in LicenseStatus.values else {"status": "Choose a status from the list."}


def _misfit(question: Fact, value: FactValue, *, today: dt.date) -> str:
    """Why `value` is no answer to `question`; empty when it is one."""
    if not question.fits(value):
        return (
            "Choose one of the answers." if question.type in ("boolean", "one_of") else "This is not an answer to the question."
        )
    if isinstance(value, int) and not isinstance(value, bool) and not 0 <= value <= _MOST_IN_AN_ANSWER:
        return f"Enter a number from 0 to {_MOST_IN_AN_ANSWER}."
    if isinstance(value, dt.date) and not add_months(today, -12 * 90) <= value <= add_months(today, 12 * 10):
        return "This day cannot be right. Check the year."
    return ""


def _plain(value: object) -> Any:
    return value.isoformat() if isinstance(value, dt.date) else value


def _note(license_: License, at: dt.datetime, changes: Mapping[str, list[Any]]) -> None:
    LicenseChange.objects.create(license=license_, at=at, changes=dict(changes))


def _record(tag: Tag, actor: object, license_: License, data: Mapping[str, Any]) -> None:
    record_event(tag=tag, actor=actor, subject_kind="license", subject_id=license_.pk, data=data)
