"""What must hold for every case: checked on random cases under the shipped rules, and against a naive second evaluator."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from goodstanding.core.documents import parse_document
from goodstanding.core.rules.case import Case, CreditEntry, License, case_of
from goodstanding.core.rules.evaluate import evaluate
from goodstanding.core.rules.load import RuleBook, load_rules
from goodstanding.core.rules.model import Accepts, Requirement, RuleFile
from goodstanding.core.rules.outcome import Evaluation, Outcome, Standing, evaluation_to_json

BOOK = load_rules(Path(__file__).parents[3] / "rules")
RULES = ["us/ca/lcsw", "us/ca/lmft", "us/ca/lpcc"]
ALONE = ["us/ca/lcsw", "us/ca/lmft"]
"""Those of which no requirement competes with another for hours under any reading, as the naive evaluator takes for granted."""
"""Rules without caps, which the naive evaluator below understands; test_sharing.py is about the others."""

ON = dt.date(2026, 11, 23)
TOPICS = [
    "ethics",
    "law",
    "ethics_us_ca",
    "telehealth",
    "telehealth_law_and_ethics",
    "suicide",
    "hiv",
    "marriage_and_family",
    "pain",
]
BODIES = ["nbcc", "apa", "nasw", "camft", "other_body"]

amounts = st.integers(0, 80).map(lambda quarters: Decimal(quarters) / 4)


@st.composite
def credit_entries(draw: st.DrawFn) -> dict[str, Any]:
    parts = draw(
        st.lists(
            st.fixed_dictionaries({"amount": amounts, "topics": st.lists(st.sampled_from(TOPICS), max_size=3, unique=True)}),
            max_size=3,
        )
    )
    rest = draw(amounts)
    amount = sum((part["amount"] for part in parts), rest)
    unit = draw(st.sampled_from(["hour", "hour", "hour", "minute", "semester_credit"]))
    if unit == "minute":
        amount *= 60
        parts = [{**part, "amount": part["amount"] * 60} for part in parts]
    if unit == "semester_credit":
        amount, parts = Decimal(1), []
    return {
        "completed": draw(st.dates(dt.date(2023, 1, 1), dt.date(2027, 3, 1))),
        "quantity": {"amount": amount, "unit": unit},
        "parts": parts,
        "approvals": draw(st.none() | st.lists(st.sampled_from(BODIES), max_size=2, unique=True)),
        "provisional": draw(st.booleans() if draw(st.integers(0, 9)) == 0 else st.just(False)),
        "course": draw(st.none() | st.fixed_dictionaries({"id": st.sampled_from(["x", "y"])})),
    }


@st.composite
def licenses(draw: st.DrawFn, rules: Sequence[str] = RULES) -> dict[str, Any]:
    rule = draw(st.sampled_from(rules))
    questions = [question.id for question in BOOK[rule].file.open_questions]
    asked = list(BOOK.questions_for(rule))
    return {
        "rule": rule,
        "expires": dt.date(2027, 5, 31),
        "renewals": draw(st.none() | st.integers(0, 2)),
        "status": draw(st.sampled_from(["active"] * 9 + ["lapsed"])),
        "facts": {fact: draw(st.booleans()) for fact in draw(st.lists(st.sampled_from(asked), unique=True))},
        "confirmed": draw(st.just("all") | st.lists(st.sampled_from(questions), unique=True)),
        "waivers": draw(st.just([]) | st.just(["ethics"])),
        "carried_in": draw(st.just({}) | st.fixed_dictionaries({"total": amounts})),
    }


@st.composite
def cases(draw: st.DrawFn) -> Case:
    drawn = draw(st.lists(credit_entries(), max_size=6))
    entries = [{**entry, "id": f"c{number}", "title": f"Course {number}"} for number, entry in enumerate(drawn)]
    return Case.model_validate({"licenses": [draw(licenses())], "credits": entries})


def answer(case: Case) -> Evaluation:
    (evaluation,) = evaluate(case.licenses, case.credits, BOOK, ON).evaluations
    return evaluation


# A shared machine may be slow for a moment; how long one example takes is no property of the answer.
steady = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

RANK = {Outcome.UNMET: 0, Outcome.UNKNOWN: 1, Outcome.MET: 2}


def rank(evaluation: Evaluation, requirement_id: str) -> int:
    for requirement in evaluation.requirements:
        if requirement.id == requirement_id:
            return RANK[requirement.outcome]
    return 2


@steady
@given(cases())
def test_no_hour_counts_twice_and_none_beyond_what_was_earned(case: Case) -> None:
    evaluation = answer(case)
    entries = {entry.id: entry for entry in case.credits}
    totals = dict.fromkeys((one.id for one in evaluation.requirements), Decimal(0))
    courses = {one.id for one in evaluation.requirements if one.kind == "course"}
    for credit in evaluation.credits:
        whole = entries[credit.id].quantity
        earned = whole.amount if whole.unit == "hour" else whole.amount / 50 if whole.unit == "minute" else Decimal(0)
        assert credit.counted <= earned
        for requirement_id, hours in credit.toward.items():
            # A course may have been without hours.
            assert 0 <= hours <= earned if requirement_id in courses else 0 < hours <= earned
            totals[requirement_id] += hours
    for requirement in evaluation.requirements:
        if requirement.required is not None:
            # Each entry's share is shown rounded down to hundredths.
            assert totals[requirement.id] <= requirement.counted <= totals[requirement.id] + Decimal("0.01") * len(entries)


@steady
@given(cases(), st.randoms())
def test_the_order_of_entries_does_not_matter(case: Case, random: Any) -> None:
    shuffled = list(case.credits)
    random.shuffle(shuffled)
    other = case.model_copy(update={"credits": tuple(shuffled)})
    assert evaluation_to_json(answer(case)) == evaluation_to_json(answer(other))


@steady
@given(cases(), credit_entries())
def test_one_more_entry_never_makes_an_answer_worse(case: Case, extra: dict[str, Any]) -> None:
    added = CreditEntry.model_validate({**extra, "id": "added", "course": None})
    before, after = answer(case), answer(case.model_copy(update={"credits": (*case.credits, added)}))
    for requirement in before.requirements:
        assert rank(after, requirement.id) >= rank(before, requirement.id)


@steady
@given(cases())
def test_everything_but_met_has_a_reason_and_a_next_step(case: Case) -> None:
    evaluation = answer(case)
    outcomes = [requirement.outcome for requirement in evaluation.requirements]
    assert evaluation.standing is Standing.of(outcomes)
    assert evaluation.next_step
    named = {question.id for question in evaluation.open_questions}
    for requirement in evaluation.requirements:
        assert requirement.why.endswith((".", "?", ")"))
        if requirement.outcome is Outcome.UNKNOWN:
            assert requirement.open_questions
            assert set(requirement.open_questions) <= named
        elif requirement.outcome is Outcome.UNMET and requirement.required is not None:
            assert requirement.missing > 0
        elif requirement.outcome is Outcome.MET:
            assert requirement.missing == 0
    for credit in evaluation.credits:
        assert credit.toward or credit.why_not


@steady
@given(cases())
def test_the_answer_lies_between_the_worst_and_the_favorable_reading(case: Case) -> None:
    license_ = case.licenses[0]
    as_is = answer(case)
    settled = answer(case.model_copy(update={"licenses": (license_.model_copy(update={"confirmed": "all"}),)}))
    open_ = answer(case.model_copy(update={"licenses": (license_.model_copy(update={"confirmed": ()}),)}))
    for requirement in as_is.requirements:
        assert rank(open_, requirement.id) <= RANK[requirement.outcome] <= rank(settled, requirement.id) <= 2
        assert RANK[requirement.outcome] <= RANK[requirement.favorable]


@steady
@given(cases())
def test_a_case_written_out_and_read_again_has_the_same_answer(case: Case) -> None:
    again = case_of(parse_document(_as_yaml(case), name="again.yaml"), BOOK)
    assert evaluation_to_json(answer(again)) == evaluation_to_json(answer(case))


def _as_yaml(case: Case) -> str:
    lines = ["licenses:"]
    for license_ in case.licenses:
        lines.append(f"  - rule: {license_.rule}")
        lines.append(f"    expires: {license_.expires}")
        lines.append(f"    status: {license_.status}")
        if license_.renewals is not None:
            lines.append(f"    renewals: {license_.renewals}")
        lines.append(f"    facts: {{{', '.join(f'{key}: {str(value).lower()}' for key, value in license_.facts.items())}}}")
        confirmed = license_.confirmed if license_.confirmed == "all" else f"[{', '.join(license_.confirmed)}]"
        lines.append(f"    confirmed: {confirmed}")
        lines.append(f"    waivers: [{', '.join(license_.waivers)}]")
        lines.append(f"    carried_in: {{{', '.join(f'{key}: {value:f}' for key, value in license_.carried_in.items())}}}")
    lines.append("credits:" if case.credits else "credits: []")
    for entry in case.credits:
        lines.append(f"  - id: {entry.id}")
        lines.append(f"    title: {entry.title}")
        lines.append(f"    completed: {entry.completed}")
        lines.append(f"    quantity: {{amount: {entry.quantity.amount:f}, unit: {entry.quantity.unit}}}")
        parts = ", ".join(f"{{amount: {part.amount:f}, topics: [{', '.join(part.topics)}]}}" for part in entry.parts)
        lines.append(f"    parts: [{parts}]")
        if entry.approvals is not None:
            lines.append(f"    approvals: [{', '.join(entry.approvals)}]")
        lines.append(f"    provisional: {str(entry.provisional).lower()}")
        if entry.course:
            lines.append(f"    course: {{id: {entry.course.id}}}")
    return "\n".join(lines) + "\n"


# A second evaluator, written as naively as possible: every reading of every question, every answer of every unanswered fact,
# and each unstated attribute of each entry decided on its own.


def naive(case: Case, requirement: Requirement, rule: RuleFile, license_: License) -> tuple[Outcome, Outcome]:
    """The outcome and the favorable outcome of one requirement, if nothing is confirmed."""
    unknown_facts = [
        leaf.fact
        for leaf in (requirement.applies_when.leaves() if requirement.applies_when else ())
        if leaf.fact and license_.facts.get(leaf.fact) is None
    ]
    need_renewals = requirement.frequency == "first_renewal" and license_.renewals is None
    counted = [entry for entry in case.credits if entry.completed <= ON and not entry.provisional]
    first: dict[str, CreditEntry] = {}
    for entry in sorted(counted, key=lambda one: (one.completed, one.id)):
        if entry.course and entry.course.id and dt.date(2025, 6, 1) <= entry.completed:
            accepted = bool(entry.approvals) and not {BOOK.approval(name) for name in entry.approvals or ()}.isdisjoint(
                rule.accepts.bodies
            )
            best = first.get(entry.course.id)
            best_accepted = best is not None and not {BOOK.approval(name) for name in best.approvals or ()}.isdisjoint(
                rule.accepts.bodies
            )
            if best is None or (accepted, entry.quantity.amount) > (best_accepted, best.quantity.amount):
                first[entry.course.id] = entry
    doubts = [("approvals", entry.id) for entry in counted if entry.approvals is None]
    doubts += [
        ("repeat", entry.id)
        for entry in counted
        if entry.course and dt.date(2025, 6, 1) <= entry.completed and first[str(entry.course.id)].id != entry.id
    ]
    doubts += [("unit", entry.id) for entry in counted if entry.quantity.unit == "semester_credit"]
    outcomes = set()
    for readings in itertools.product(*(question.readings for question in rule.open_questions)):
        for facts in itertools.product((True, False), repeat=len(unknown_facts)):
            for renewals in (0, 1) if need_renewals else (license_.renewals,):
                for well in itertools.product((False, True), repeat=len(doubts)):
                    for carry in (False, True):
                        known = {**license_.facts, **dict(zip(unknown_facts, facts, strict=True))}
                        settled = {doubt for doubt, good in zip(doubts, well, strict=True) if good}
                        outcomes.add(
                            _naive_once(counted, requirement, rule, license_, readings, known, renewals, settled, doubts, carry)
                        )
    if len(outcomes) == 2:
        return Outcome.UNKNOWN, Outcome.MET
    only = Outcome.MET if outcomes == {True} else Outcome.UNMET
    return only, only


def _naive_once(
    counted: list[CreditEntry],
    requirement: Requirement,
    rule: RuleFile,
    license_: License,
    readings: Any,
    facts: dict[str, Any],
    renewals: int | None,
    settled: set[tuple[str, str]],
    doubts: list[tuple[str, str]],
    carry: bool,
) -> bool:
    if requirement.frequency == "first_renewal" and renewals != 0:
        return True
    if requirement.applies_when and not facts[str(requirement.applies_when.fact)]:
        return True
    alternatives = requirement.alternatives
    for reading in readings:
        patch = reading.requirements.get(requirement.id)
        if patch and patch.alternatives is not None:
            alternatives = patch.alternatives
    if any(facts.get(alternative.fact) for alternative in alternatives):
        return True
    hours, ever = Fraction(requirement.hours or 0), requirement.frequency == "once"
    course, done = requirement.kind == "course", False
    topics = requirement.topics
    accepts: Accepts = rule.accepts
    minutes = 60
    for reading in readings:
        accepts = reading.accepts or accepts
        minutes = reading.hour_minutes or minutes
        patch = reading.requirements.get(requirement.id)
        if patch:
            hours = Fraction(patch.hours) if patch.hours is not None else hours
            hours = Fraction(0) if patch.due is False else hours
            course = course and patch.due is not False
            topics = patch.topics or topics
            ever = patch.window == "ever" or ever
    have = Fraction(license_.carried_in.get(requirement.id, 0)) if carry else Fraction(0)
    for entry in counted:
        if not ever and entry.completed < dt.date(2025, 6, 1):
            continue
        names = {BOOK.approval(name) for name in entry.approvals or ()}
        ok = accepts.others == "anyone" or bool(names & set(accepts.bodies)) or (accepts.others == "any_body" and bool(names))
        if entry.approvals is None and ("approvals", entry.id) in settled:
            ok = True
        if ("repeat", entry.id) in doubts and ("repeat", entry.id) not in settled:
            ok = False
        if not ok or not entry.quantity.amount:
            continue
        if entry.quantity.unit == "semester_credit":
            scale = Fraction(10**6) if ("unit", entry.id) in settled else Fraction(0)
        else:
            scale = Fraction(1, minutes) if entry.quantity.unit == "minute" else Fraction(1)
        if not topics:
            have += Fraction(entry.quantity.amount) * scale
            continue
        for part in entry.parts:
            about = set[str]().union(*(BOOK.topics.counts_for(topic) for topic in part.topics))
            asked = (topics, (requirement.which and requirement.which.topics) or topics)
            if all(about & set(one) for one in asked):
                have += Fraction(part.amount) * scale
                done = done or bool(part.amount)
    return done if course else have >= hours


@st.composite
def small_cases(draw: st.DrawFn) -> Case:
    drawn = draw(st.lists(credit_entries(), max_size=2))
    entries = [{**entry, "id": f"c{number}"} for number, entry in enumerate(drawn)]
    held = {**draw(licenses(ALONE)), "confirmed": [], "waivers": [], "status": "active"}
    return Case.model_validate({"licenses": [held], "credits": entries})


@settings(steady, max_examples=60)
@given(small_cases())
def test_outcomes_equal_a_naive_evaluation_of_every_reading(case: Case) -> None:
    evaluation = answer(case)
    (license_,) = case.licenses
    rule = BOOK[license_.rule].file
    for requirement in rule.requirements:
        if requirement.in_force is not None and requirement.in_force.to is not None:
            continue
        outcome, favorable = naive(case, requirement, rule, license_)
        found = next((one for one in evaluation.requirements if one.id == requirement.id), None)
        if found is None:
            assert outcome is Outcome.MET
        else:
            assert (found.outcome, found.favorable) == (outcome, favorable)


def test_a_book_is_read_once_and_again_when_a_file_changes(tmp_path: Path) -> None:
    source = Path(__file__).parents[3] / "rules"
    for file in source.rglob("*.yaml"):
        target = tmp_path / file.relative_to(source)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(file.read_text())
    first = load_rules(tmp_path)
    assert load_rules(tmp_path) is first
    changed = tmp_path / "us/ca/lmft.yaml"
    changed.write_text(changed.read_text() + "# a comment\n")
    second: RuleBook = load_rules(tmp_path)
    assert second.versions["us/ca/lmft"] != first.versions["us/ca/lmft"]
    assert second.versions["us/ca/lpcc"] == first.versions["us/ca/lpcc"]
