"""Every course that the product ships can be taken from its first section to the certificate."""

from __future__ import annotations

from pathlib import Path

import pytest

from goodstanding.catalog.services import publish_course
from goodstanding.core.courseware import course_folders, load_course
from goodstanding.flows.completing import complete
from goodstanding.learning import selectors, services
from goodstanding.learning.models import Enrollment
from goodstanding.learning.path import PathStep
from tests.learning.making import AT, TODAY

COURSES = course_folders(Path(__file__).parents[2] / "courses")


def play(enrollment: Enrollment, scenario_id: str, *, first: bool) -> None:
    """To an end of the scenario, always by the first choice or always by the last."""
    services.start_run(enrollment=enrollment, scenario_id=scenario_id, at=AT)
    for position in range(100):
        scene = selectors.scene_at(enrollment, selectors.access_run(enrollment, scenario_id, 1), position)
        if scene.finished:
            return
        choice = scene.choices[0 if first else -1].choice_id if scene.choices else ""
        services.take_step(
            enrollment=enrollment,
            scenario_id=scenario_id,
            number=1,
            position=position,
            choice=choice,
            marks=[mark.mark_id for mark in scene.node.marks],
            reason="Because it is mine to say." if scene.node.reason_prompt else "",
            at=AT,
        )
    pytest.fail("the scenario does not end")


def take(enrollment: Enrollment, step: PathStep, *, first: bool) -> None:
    course = selectors.content_of(enrollment)
    if step.kind == "pretest":
        marks = [mark.mark_id for mark in course.pretest.spotting.marks] if course.pretest.spotting else []
        answers = {item.id: item.options[0 if first else -1].option_id for item in course.pretest.items}
        services.save_pretest(enrollment=enrollment, answers=answers, marks=marks, at=AT)
        services.finish_pretest(enrollment=enrollment, at=AT)
    elif step.kind == "section":
        services.finish_section(enrollment=enrollment, section_id=step.id, at=AT)
    elif step.kind == "scenario":
        play(enrollment, step.id, first=first)
    elif step.kind == "post_test":
        attempt = services.start_attempt(enrollment=enrollment, at=AT)
        asked = [question.item_id for question in selectors.questions_of(attempt)]
        services.save_answers(attempt=attempt, answers={item: course.post_test.item(item).key for item in asked})
        services.submit_attempt(attempt=attempt, at=AT)
    elif step.kind == "evaluation":
        by_kind = {"rating": "3", "yes_no": "yes", "minutes": "40", "text": "Nothing."}
        answers = {
            question.id: question.options[0] if question.kind == "choice" else by_kind[question.kind]
            for question in course.evaluation_questions
        }
        services.submit_evaluation(enrollment=enrollment, answers=answers, at=AT)
    else:
        complete(enrollment=enrollment, signed_name="Ada Example", at=AT)


@pytest.mark.parametrize("first", [True, False], ids=["first choices", "last choices"])
@pytest.mark.parametrize("folder", COURSES, ids=lambda folder: folder.name)
def test_a_course_leads_to_its_certificate(clinician, folder, first):
    publish_course(course=load_course(folder), at=AT)
    enrollment = services.enroll(holder=clinician.holder, slug=folder.name, at=AT, on=TODAY)
    taken = []
    while (step := selectors.path_of(enrollment).current) is not None:
        taken.append(step)
        assert len(taken) <= len(selectors.path_of(enrollment).steps), "the path does not get shorter"
        take(enrollment, step, first=first)
    certificate = clinician.holder.certificates.get()
    assert certificate.entry.title == selectors.content_of(enrollment).title
    assert certificate.entry.provisional
    assert certificate.entry.approvals == []
