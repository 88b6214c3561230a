"""
The post-test: drawing a form, grading it, and who may try again when.

Everything follows from its arguments. A form drawn from the same items with the same seed is the same form on every
machine and in every later version of Python, because its order comes from a hash and not from a random generator.
Nothing here gives away a key before the form is passed: :func:`grade` answers per objective, and :func:`review`, which
shows keys and reasons, refuses a form that was not passed.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal

from goodstanding.core.courseware.bodies import PostTestPolicy
from goodstanding.core.courseware.model import Identifier, Item, Option, PostTest, Pretest
from goodstanding.core.documents import Sequence, Strict


class AnswerError(ValueError):
    """An answer to a question that was not asked, or with an option it does not have."""


class NotPassed(ValueError):  # noqa: N818 - names the state that refuses, as a caller reads it
    """Keys and reasons were asked for before the form was passed."""


class FormQuestion(Strict):
    """One question of a form: the item, and its options in the order shown."""

    item_id: Identifier
    option_ids: Sequence[Identifier]


class Form(Strict):
    """The questions one learner gets in one attempt. ``model_dump_json`` and ``model_validate_json`` store and restore it."""

    questions: Sequence[FormQuestion]

    @property
    def item_ids(self) -> tuple[str, ...]:
        """The items of the form in order."""
        return tuple(question.item_id for question in self.questions)


def draw_form(post_test: PostTest, *, seed: str, asked_before: Iterable[str] = ()) -> Form:
    """
    A form of ``form_size`` items for `seed` (the enrollment and the number of the attempt make a good one).

    Each objective of the bank is asked at least once, as far as the form is large enough; beyond that, and in its order of
    items and of options, the draw is even. Items in `asked_before` come up only where the bank has nothing fresh left.
    """
    seen = set(asked_before)
    shuffled = sorted(post_test.items, key=lambda item: (item.id in seen, _lot(seed, "item", item.id)))
    covered: set[str] = set()
    first: list[Item] = []
    rest: list[Item] = []
    for item in shuffled:
        (rest if item.objective in covered else first).append(item)
        covered.add(item.objective)
    drawn = (first + rest)[: post_test.form_size]
    drawn.sort(key=lambda item: _lot(seed, "place", item.id))
    return Form(questions=tuple(shuffled_question(item, seed=seed) for item in drawn))


def shuffled_question(item: Item, *, seed: str) -> FormQuestion:
    """`item` with its options in an order that follows from `seed`."""
    options = sorted((option.option_id for option in item.options), key=lambda name: _lot(seed, item.id, name))
    return FormQuestion(item_id=item.id, option_ids=tuple(options))


def _lot(*parts: str) -> bytes:
    # Each part is preceded by its length, so that no two different lists of parts can give the same text.
    return hashlib.sha256("".join(f"{len(part)}:{part}" for part in parts).encode()).digest()


def check_answers(test: PostTest | Pretest, form: Form, answers: Mapping[str, str]) -> None:
    """AnswerError if an answer is to an item that is not in the form, or names an option that the item does not have."""
    asked = {question.item_id: question for question in form.questions}
    for item_id, option_id in answers.items():
        if item_id not in asked:
            raise AnswerError(f"The form does not ask {item_id}. Reload the page; your other answers are kept.")
        known = {option.option_id for option in test.item(item_id).options}
        if option_id not in known:
            raise AnswerError(f"The question has no answer {option_id}. Choose one of those shown.")


class ObjectiveResult(Strict):
    """How many of the questions on one objective were answered rightly."""

    objective: Identifier
    correct: int
    asked: int


class Result(Strict):
    """The outcome of one graded form. Holds no key, so it may be shown whether it was passed or not."""

    asked: int
    correct: int
    pass_percent: int
    passed: bool
    unanswered: Sequence[Identifier] = ()
    objectives: Sequence[ObjectiveResult]
    sections_to_revisit: Sequence[Identifier] = ()
    """The sections behind the questions that were missed, in the order of the bank."""

    @property
    def percent(self) -> Decimal:
        """The score to the tenth of a percent, rounded down, so that a shown 80.0 is never less than 80."""
        return (Decimal(100 * self.correct) / self.asked).quantize(Decimal("0.1"), rounding=ROUND_FLOOR)


def grade(post_test: PostTest, form: Form, answers: Mapping[str, str], *, policy: PostTestPolicy | None = None) -> Result:
    """
    Grade `answers` (item id to option id) to `form`; a question without an answer counts as missed.

    AnswerError if an answer does not belong to the form. The order of the answers plays no part. `policy` says when a form is
    passed where approval bodies ask more than the test itself does.
    """
    check_answers(post_test, form, answers)
    pass_percent = post_test.pass_percent if policy is None else policy.pass_percent
    objectives = per_objective(post_test, form, answers)
    correct = sum(result.correct for result in objectives)
    missed = {post_test.item(item_id).section for item_id in form.item_ids if answers.get(item_id) != post_test.item(item_id).key}
    asked = len(form.questions)
    order = dict.fromkeys(item.section for item in post_test.items)
    return Result(
        asked=asked,
        correct=correct,
        pass_percent=pass_percent,
        # In whole numbers: 6.4 of 8 would be 80 %, so 7 are needed, and no rounding may decide a license.
        passed=asked > 0 and 100 * correct >= pass_percent * asked,
        unanswered=tuple(item_id for item_id in form.item_ids if item_id not in answers),
        objectives=objectives,
        sections_to_revisit=tuple(section for section in order if section in missed),
    )


def per_objective(test: PostTest | Pretest, form: Form, answers: Mapping[str, str]) -> tuple[ObjectiveResult, ...]:
    """How many questions on each objective of `form` were answered rightly, by objective."""
    tallies: dict[str, list[int]] = {}
    for item_id in form.item_ids:
        item = test.item(item_id)
        tally = tallies.setdefault(item.objective, [0, 0])
        tally[0] += answers.get(item_id) == item.key
        tally[1] += 1
    return tuple(
        ObjectiveResult(objective=objective, correct=tally[0], asked=tally[1]) for objective, tally in sorted(tallies.items())
    )


@dataclass(frozen=True)
class ItemReview:
    """One question with everything about it: options as shown, the learner's answer, the key, a reason per option."""

    item: Item
    options: tuple[Option, ...]
    answer: str | None
    correct: bool


def review(
    post_test: PostTest, form: Form, answers: Mapping[str, str], *, policy: PostTestPolicy | None = None
) -> tuple[ItemReview, ...]:
    """The questions of a passed form with keys and reasons; NotPassed otherwise."""
    if not grade(post_test, form, answers, policy=policy).passed:
        raise NotPassed("The right answers are shown once the test is passed.")
    return reviews_of(post_test, form, answers)


def reviews_of(test: PostTest | Pretest, form: Form, answers: Mapping[str, str]) -> tuple[ItemReview, ...]:
    """The questions of `form` with keys and reasons. Whether they may be shown is for the caller to know."""
    reviews = []
    for question in form.questions:
        item = test.item(question.item_id)
        answer = answers.get(item.id)
        options = tuple(item.option(option_id) for option_id in question.option_ids)
        reviews.append(ItemReview(item, options, answer, answer == item.key))
    return tuple(reviews)


@dataclass(frozen=True)
class PastAttempt:
    """An attempt that was handed in, at an instant with time zone."""

    submitted_at: dt.datetime
    passed: bool
    sections_to_revisit: tuple[str, ...] = ()


@dataclass(frozen=True)
class Visit:
    """A section that was opened to its end, at an instant with time zone."""

    section_id: str
    at: dt.datetime


@dataclass(frozen=True)
class Allowed:
    """A new attempt may begin; `number` counts from 1."""

    number: int


@dataclass(frozen=True)
class Refused:
    """No new attempt may begin, and why. `sections` are those still to be visited again, if that is the reason."""

    reason: str
    sections: tuple[str, ...] = ()


def may_attempt(
    post_test: PostTest,
    *,
    attempts: Iterable[PastAttempt],
    visits: Iterable[Visit],
    sections: Iterable[str],
    policy: PostTestPolicy | None = None,
) -> Allowed | Refused:
    """
    Whether a new attempt may begin, given all earlier ones and the visits to sections.

    Before the first attempt every section in `sections` must have been visited. After every
    ``attempts_before_restudy`` failed attempts (two by default) the sections behind the questions missed in those
    attempts must be visited again, later than the last of them was handed in. There is no limit beyond that, unless an
    approval body sets one (`policy`): who studies again may try again, with a fresh form.
    """
    past = sorted(attempts, key=lambda attempt: attempt.submitted_at)
    seen = list(visits)
    if any(attempt.passed for attempt in past):
        return Refused("You have passed this test.")
    order = list(dict.fromkeys(sections))
    unread = tuple(section for section in order if not any(visit.section_id == section for visit in seen))
    if unread:
        return Refused("Read every section first; the test opens after the last one.", unread)
    failed, limit = len(past), post_test.attempts_before_restudy if policy is None else policy.attempts_before_restudy
    in_all = None if policy is None else policy.attempts_in_all
    if in_all is not None and failed >= in_all:
        used = "The one attempt" if in_all == 1 else f"All {in_all} attempts"
        return Refused(f"{used} that the approval of this course allows {'has' if in_all == 1 else 'have'} been used.")
    if failed and failed % limit == 0:
        last = past[-1].submitted_at
        needed = {section for attempt in past[-limit:] for section in attempt.sections_to_revisit}
        again = tuple(
            section
            for section in order
            if section in needed and not any(visit.section_id == section and visit.at > last for visit in seen)
        )
        if again:
            times = "The last test was" if limit == 1 else f"The last {limit} tests were"
            return Refused(f"{times} not passed. Go through the sections named here again; then a new test opens.", again)
    return Allowed(failed + 1)
