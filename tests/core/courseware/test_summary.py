"""A course in a few lines."""

from __future__ import annotations

from decimal import Decimal

from goodstanding.core.courseware import credit_basis, load_course, summarize_course


def test_the_summary_says_how_the_hours_come_about_and_that_they_are_provisional(full):
    course = load_course(full.write())
    summary = summarize_course(course)
    assert summary.basis == credit_basis(course)
    assert sum(section.words for section in summary.sections) + summary.basis.scenario_words == summary.basis.words
    text = "\n".join(summary.lines)
    assert f"{summary.basis.words} words that count ({summary.basis.scenario_words} in scenarios), 4 items, difficulty 2" in text
    assert f"{summary.basis.minutes} minutes, 0.25 provisional hours" in text
    assert "strict: 0 provisional hours of 50 minutes, in steps of 1" in text
    assert "scenario walk: 6 nodes, 5 ways through, 4 to 6 scenes, 2 choices" in text
    assert "shortest: look > turn > ask > over" in text
    assert "longest: look > turn > ask > evening > call > over" in text
    assert "post-test: 4 of 5 items, pretest of 4" in text


def test_hours_are_rounded_down(full):
    full.course["difficulty"]["value"] = 5
    summary = summarize_course(load_course(full.write()))
    assert summary.basis.minutes > 45
    assert summary.hours == Decimal("0.75")
