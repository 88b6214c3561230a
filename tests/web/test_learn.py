"""The player over HTTP: the whole way without a script, wrong turns, and what is sent twice."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from goodstanding.accounts.models import Profile
from goodstanding.catalog.services import publish_course, withdraw_course
from goodstanding.credit.models import Certificate
from goodstanding.learning import selectors, services
from goodstanding.learning.models import (
    Completion,
    CourseEvaluation,
    Enrollment,
    PostTestAttempt,
    ScenarioRun,
    ScenarioStep,
    SectionVisit,
    StepReason,
)
from tests.learning.making import (
    ANSWERS,
    AT,
    SLUG,
    approved,
    body_asking,
    enrolled,
    evaluated,
    passed_test,
    play,
    read,
    sit,
    small_course,
    studied,
    with_pretest,
)

pytestmark = pytest.mark.django_db


def at(name, *args):
    return reverse(name, args=[SLUG, *args])


COURSE, LEARN = reverse("course-page", args=[SLUG]), reverse("learn", args=[SLUG])
ONE, TWO, SCENE = at("learn-section", "one"), at("learn-section", "two"), at("learn-scenario", "scene")
TEST, EVALUATION, ATTESTATION, DONE = at("learn-post-test"), at("learn-evaluation"), at("learn-attestation"), at("learn-done")


def scene(position, number=1):
    return at("learn-scene", "scene", number, position)


def body(response):
    assert response.status_code == 200, response.headers.get("Location")
    return " ".join(response.content.decode().split())


def leads(response):
    """Where the answer sends the browser."""
    assert response.status_code == 302, body(response)
    return response["Location"]


def mine(user):
    return selectors.access_enrollment(user.holder, SLUG)


def answers(attempt, wrong=0):
    asked = [question.item_id for question in selectors.questions_of(attempt)]
    return {f"answer-{item}": "b" if place < wrong else "a" for place, item in enumerate(asked)}


def attempt_page(attempt):
    return at("learn-attempt", attempt.pk)


# The whole way


def test_from_start_to_certificate_without_a_script(signed_in, clinician):
    publish_course(course=small_course(), at=AT)
    assert leads(signed_in.post(LEARN)) == ONE
    page = body(signed_in.get(ONE))
    assert "Take care." in page  # the duty in play
    assert f'href="{TWO}"' in page  # a link inside the text, by the address of the player
    assert leads(signed_in.post(ONE)) == SCENE
    assert "The people are invented." in body(signed_in.get(SCENE))
    assert leads(signed_in.post(SCENE)) == scene(0)
    assert leads(signed_in.post(scene(0), {"marks": ["voice"]})) == scene(1)
    assert "It trembles." in body(signed_in.get(scene(1)))
    assert leads(signed_in.post(scene(1), {"choice": "stay", "reason": "She needs an answer."})) == scene(2)
    feedback = body(signed_in.get(scene(2)))
    assert "Verdict on stay." in feedback
    assert "She needs an answer." in feedback
    assert leads(signed_in.post(scene(2))) == scene(3)
    assert leads(signed_in.post(scene(3), {"choice": "peer"})) == scene(4)
    assert TWO in body(signed_in.get(scene(4)))
    assert leads(signed_in.post(TWO)) == TEST
    assert "Start the test" in body(signed_in.get(TEST))
    attempt = leads(signed_in.post(TEST))
    drawn = PostTestAttempt.objects.get()
    assert leads(signed_in.post(attempt, {**answers(drawn), "hand_in": "yes"})) == attempt
    assert "You passed" in body(signed_in.get(attempt))
    assert "Identify what matters." in body(signed_in.get(EVALUATION))
    assert leads(signed_in.post(EVALUATION, ANSWERS)) == ATTESTATION
    assert "I did this myself." in body(signed_in.get(ATTESTATION))
    assert leads(signed_in.post(ATTESTATION, {"signed_name": "ada example"})) == DONE
    certificate = Certificate.objects.get()
    page = body(signed_in.get(DONE))
    assert reverse("certificate-pdf", args=[certificate.number]) in page
    assert "carries no continuing education credit" in page
    assert leads(signed_in.get(LEARN)) == DONE


# Who may be where


@pytest.mark.parametrize("address", [LEARN, ONE, SCENE, TEST, EVALUATION, ATTESTATION, DONE])
def test_visitors_are_asked_to_sign_in_and_come_back(client, address):
    assert leads(client.get(address)) == f"{reverse('account_login')}?next={address}"


@pytest.mark.parametrize("address", [LEARN, ONE, SCENE, TEST, EVALUATION, ATTESTATION, DONE])
def test_who_has_not_started_is_led_to_the_course(signed_in, address):
    publish_course(course=small_course(), at=AT)
    assert leads(signed_in.get(address)) == COURSE
    assert "You have not started this course yet" in body(signed_in.get(COURSE))


PLACES = [
    (enrolled, ONE, [SCENE, scene(0), TWO, TEST, EVALUATION, ATTESTATION, DONE]),
    (studied, TEST, [EVALUATION, ATTESTATION, DONE]),
    (passed_test, EVALUATION, [ATTESTATION, DONE]),
    (evaluated, ATTESTATION, [DONE]),
]


@pytest.mark.parametrize(("stand", "here", "ahead"), [(s, h, address) for s, h, list_ in PLACES for address in list_])
def test_an_address_ahead_of_the_path_leads_back_and_says_why(signed_in, clinician, stand, here, ahead):
    stand(clinician)
    assert leads(signed_in.get(ahead)) == here
    assert "opens once you have finished the parts before it" in body(signed_in.get(here))
    if ahead != DONE:
        assert leads(signed_in.post(ahead, {**ANSWERS, "signed_name": "Ada Example"})) == here
    assert not Completion.objects.exists()


def test_everything_behind_stays_open(signed_in, clinician):
    evaluated(clinician)
    for address in (ONE, TWO, SCENE, scene(0), TEST, EVALUATION):
        body(signed_in.get(address))


@pytest.mark.parametrize(
    "address",
    [at("learn-section", "three"), at("learn-scenario", "nothing"), at("learn-attempt", "0" * 8 + "-0000-4000-8000-" + "0" * 12)],
)
def test_what_the_course_does_not_have_is_not_found(signed_in, clinician, address):
    studied(clinician)
    assert signed_in.get(address).status_code == 404


def test_starting_an_unknown_course_is_not_found(signed_in):
    assert signed_in.post(reverse("learn", args=["nowhere"])).status_code == 404


def test_a_withdrawn_course_can_not_be_started(signed_in, administrator):
    publish_course(course=small_course(), at=AT)
    withdraw_course(actor=administrator, slug=SLUG, at=AT)
    assert leads(signed_in.post(LEARN)) == COURSE
    assert "no longer offered" in body(signed_in.get(COURSE))
    assert not Enrollment.objects.exists()


def test_a_withdrawn_course_is_finished_by_who_has_started(signed_in, clinician, administrator):
    enrolled(clinician)
    withdraw_course(actor=administrator, slug=SLUG, at=AT)
    assert leads(signed_in.get(LEARN)) == ONE
    assert leads(signed_in.post(ONE)) == SCENE


def test_a_new_version_does_not_move_who_has_started(signed_in, clinician):
    enrolled(clinician)
    mended = small_course()
    changed = [section.model_copy(update={"text": "Mended."}) for section in mended.sections]
    publish_course(course=mended.model_copy(update={"sections": tuple(changed)}), at=AT)
    assert "Mended." not in body(signed_in.get(ONE))


# Starting and resuming


def test_starting_twice_is_one_enrollment(signed_in):
    publish_course(course=small_course(), at=AT)
    assert leads(signed_in.post(LEARN)) == leads(signed_in.post(LEARN)) == ONE
    assert Enrollment.objects.count() == 1


def test_the_learner_resumes_where_she_left(signed_in, clinician):
    studied(clinician)
    assert leads(signed_in.get(LEARN)) == TEST
    body(signed_in.get(TWO))
    assert leads(signed_in.get(LEARN)) == TWO


def test_continue_sent_twice_leads_to_the_same_place(signed_in, clinician):
    enrolled(clinician)
    assert leads(signed_in.post(ONE)) == leads(signed_in.post(ONE)) == SCENE
    assert SectionVisit.objects.count() == 1


# The scenario


@pytest.fixture
def before_scene(signed_in, clinician):
    enrollment = enrolled(clinician)
    read(enrollment, "one")
    signed_in.post(SCENE)
    return enrollment


def test_a_reason_is_asked_before_feedback_and_the_choice_is_kept(signed_in, before_scene):
    signed_in.post(scene(0))
    page = body(signed_in.post(scene(1), {"choice": "leave", "reason": " "}))
    assert "Write it first, in your own words" in page
    assert 'value="leave"' in page
    assert "checked" in page.split('name="choice" value="leave"')[1].split(">")[0]
    assert "Verdict on leave." not in page
    assert leads(signed_in.get(scene(2))) == SCENE


def test_a_choice_is_asked_and_the_reason_is_kept(signed_in, before_scene):
    signed_in.post(scene(0))
    page = body(signed_in.post(scene(1), {"reason": "Because I know her."}))
    assert "Choose what you would do." in page
    assert "Because I know her." in page
    assert 'href="#id_choice_0"' in page


def test_the_back_button_shows_what_was_done_and_a_second_sending_changes_nothing(signed_in, before_scene):
    signed_in.post(scene(0))
    signed_in.post(scene(1), {"choice": "stay", "reason": "First."})
    page = body(signed_in.get(scene(1)))
    assert "You chose this" in page
    assert "First." in page
    assert leads(signed_in.post(scene(1), {"choice": "leave", "reason": "Second."})) == scene(2)
    assert list(ScenarioStep.objects.filter(position=1).values_list("choice", flat=True)) == ["stay"]
    assert "First." in body(signed_in.get(scene(1)))


def test_a_scene_further_on_leads_back(signed_in, before_scene):
    assert leads(signed_in.get(scene(3))) == SCENE
    assert leads(signed_in.get(SCENE)) == scene(0)


def test_a_decision_is_changed_in_a_run_of_its_own(signed_in, before_scene):
    play(before_scene)
    assert "Change this decision" in body(signed_in.get(SCENE))
    change = at("learn-replay", "scene", 1)
    assert leads(signed_in.post(change)) == leads(signed_in.post(change)) == scene(1, number=2)
    assert leads(signed_in.post(scene(1, number=2), {"choice": "leave", "reason": "Other."})) == scene(2, number=2)
    assert ScenarioRun.objects.count() == 2
    assert leads(signed_in.get(LEARN)) == SCENE
    assert TWO in body(signed_in.get(SCENE))


def test_what_was_written_is_shown_to_its_writer_only(signed_in, before_scene, other_clinician):
    play(before_scene)
    other = enrolled(other_clinician)
    read(other, "one")
    assert "She needs an answer." in body(signed_in.get(scene(2)))
    signed_in.force_login(other_clinician)
    assert signed_in.get(scene(2)).status_code == 404


def test_what_was_written_can_not_write_on_the_page(signed_in, before_scene):
    signed_in.post(scene(0))
    signed_in.post(scene(1), {"choice": "stay", "reason": "<script>alert(1)</script>"})
    assert "<script>alert" not in body(signed_in.get(scene(2)))


def test_what_was_written_is_deleted_on_request_and_the_choice_stays(signed_in, before_scene):
    play(before_scene)
    address = at("learn-words", "scene", 1, 1)
    assert address in body(signed_in.get(scene(1)))
    assert "Delete what you wrote?" in body(signed_in.get(address))
    assert leads(signed_in.post(address)) == leads(signed_in.post(address)) == scene(1)
    page = body(signed_in.get(scene(1)))
    assert "She needs an answer." not in page
    assert "You deleted what you wrote here." in page
    assert "You chose this" in page
    assert leads(signed_in.get(address)) == scene(1)
    assert "You deleted what you wrote here." in body(signed_in.get(SCENE))


def test_another_persons_words_can_not_be_deleted(signed_in, before_scene, other_clinician):
    play(before_scene)
    read(enrolled(other_clinician), "one")
    signed_in.force_login(other_clinician)
    assert signed_in.post(at("learn-words", "scene", 1, 1)).status_code == 404
    assert StepReason.objects.count() == 1


def test_words_that_no_key_opens_are_said_to_be_lost_and_the_page_is_whole(signed_in, before_scene, settings):
    play(before_scene)
    settings.PRIVATE_KEYS = ("another key than the one it was sealed with",)
    for address in (scene(1), scene(2), SCENE):
        page = body(signed_in.get(address))
        assert "can not be opened" in page
        assert "She needs an answer." not in page


def test_without_a_key_a_reason_is_refused_and_still_on_the_page(signed_in, before_scene, settings):
    settings.PRIVATE_KEYS = ()
    signed_in.post(scene(0))
    page = body(signed_in.post(scene(1), {"choice": "stay", "reason": "My own thoughts."}))
    assert "nothing was saved" in page
    assert "My own thoughts." in page
    assert not ScenarioStep.objects.filter(position=1).exists()


def test_a_change_of_mind_and_the_time_are_kept(signed_in, before_scene):
    signed_in.post(scene(0))
    shown = body(signed_in.get(scene(1))).split('name="shown" value="')[1].split('"')[0]
    page = body(signed_in.post(scene(1), {"choice": "leave", "reason": "", "shown": shown}))
    assert 'name="weighed" value="leave"' in page
    assert f'name="shown" value="{shown}"' in page
    sent = {"choice": "stay", "reason": "So.", "weighed": "leave stay", "shown": shown, "visible": "0"}
    signed_in.post(scene(1), sent)
    kept = ScenarioStep.objects.get(position=1)
    assert (kept.weighed, kept.seconds) == (["leave", "stay"], 0)


@pytest.mark.parametrize("shown", ["", "nonsense", "W10:1abc:sig", "of another scene"])
def test_a_time_that_was_not_measured_is_no_time(signed_in, before_scene, shown):
    if shown == "of another scene":
        shown = body(signed_in.get(scene(0))).split('name="shown" value="')[1].split('"')[0]
    signed_in.post(scene(0))
    signed_in.post(scene(1), {"choice": "stay", "reason": "So.", "shown": shown, "visible": "500"})
    assert ScenarioStep.objects.get(position=1).seconds is None


def test_nobody_was_longer_on_a_scene_than_it_was_open(signed_in, before_scene):
    signed_in.post(scene(0))
    shown = body(signed_in.get(scene(1))).split('name="shown" value="')[1].split('"')[0]
    signed_in.post(scene(1), {"choice": "stay", "reason": "So.", "shown": shown, "visible": "5000"})
    assert ScenarioStep.objects.get(position=1).seconds < 60


def test_looking_back_shows_the_way_what_was_missed_and_the_expert_beside_ones_own_words(signed_in, clinician):
    scenario = small_course().scenarios[0]
    nodes = [
        node.model_copy(update={"model_reasoning": "I would first ask what she hopes for."}) if node.node_id == "decide" else node
        for node in scenario.nodes
    ]
    enrollment = enrolled(clinician, scenarios=(scenario.model_copy(update={"nodes": tuple(nodes)}),))
    read(enrollment, "one")
    services.start_run(enrollment=enrollment, scenario_id="scene", at=AT)
    for position, step in enumerate([{}, {"choice": "leave", "reason": "Time.", "weighed": ["stay"]}, {}, {"choice": "peer"}]):
        if position == 2:
            assert "I would first ask" not in body(signed_in.get(scene(2)))  # only once the end is reached
        services.take_step(enrollment=enrollment, scenario_id="scene", number=1, position=position, at=AT, **step)
    page = body(signed_in.get(SCENE))
    for said in (
        "You marked nothing",
        "It trembles.",
        "I would first ask",
        "Time.",
        "On the way you picked",
        "Do stay",
        "The end",
    ):
        assert said in page
    assert "Scenery." not in page  # background that was left unmarked was not missed


def test_the_code_of_ones_own_profession_stands_first(signed_in, clinician):
    codes = [("apa_2017", "APA"), ("amhca_2020", "AMHCA"), ("aca_2014", "ACA"), ("nasw_2021", "NASW")]
    enrollment = enrolled(
        clinician,
        references=[
            {"id": name, "kind": "code", "authors": [author], "title": f"Code {name}", "year": 2020, "verification": "unverified"}
            for name, author in [*codes, ("code", "A body")]
        ],
        duties=[
            {
                "id": "care",
                "name": "Care",
                "paraphrase": "Take care.",
                "standards": [{"code": name, "number": "1", "title": "Care", "verification": "unverified"} for name, _ in codes],
            }
        ],
    )
    read(enrollment, "one")
    play(enrollment)
    for professions, order in (
        (["counselor"], ("aca_2014", "amhca_2020", "apa_2017")),
        (["psychologist"], ("apa_2017", "amhca_2020")),
        (["social_worker"], ("nasw_2021", "amhca_2020")),
        ([], ("apa_2017", "amhca_2020")),
    ):
        Profile.objects.filter(user=clinician).update(professions=professions)
        page = body(signed_in.get(scene(2))).split("The reasoning about your choice")[1]
        places = [page.index(f"Code {code}") for code in order]
        assert places == sorted(places)
        letters = order[0].partition("_")[0].upper()
        assert f">{letters} 2020, 1 (unverified)<" in page.split("Duties, words")[0]  # beside the duty itself


def test_texts_of_a_scene_are_set_as_the_author_wrote_them_and_carry_no_script(signed_in, clinician):
    scenario = small_course().scenarios[0]
    looks, decides, *others = scenario.nodes
    voice = looks.marks[0].model_copy(update={"comment": "It *trembles*; see [the code](reference:code) and <script>x</script>."})
    stay = decides.choices[0]
    stay = stay.model_copy(update={"feedback": stay.feedback.model_copy(update={"why": "Whether you *can* be."})})
    nodes = (
        looks.model_copy(update={"marks": (voice, *looks.marks[1:])}),
        decides.model_copy(update={"choices": (stay, *decides.choices[1:])}),
        *others,
    )
    changed = scenario.model_copy(update={"nodes": nodes, "content_note": "Someone is grieving."})
    enrollment = enrolled(clinician, scenarios=(changed,))
    read(enrollment, "one")
    assert "Someone is grieving." in body(signed_in.get(SCENE))
    play(enrollment)
    for address in (scene(1), SCENE):
        page = body(signed_in.get(address))
        assert "<em>trembles</em>" in page
        assert 'class="to-reference" href="#reference-code"' in page.replace(
            'href="#reference-code" class="to-reference"', 'class="to-reference" href="#reference-code"'
        )
        assert "<script>x" not in page
    assert "<em>can</em>" in body(signed_in.get(scene(2)))


def dead_links(page):
    """What the page links to on itself and does not hold."""
    return set(re.findall(r'href="#([^"]+)"', page)) - set(re.findall(r'id="([^"]+)"', page))


def the_scene():
    """The scenario of the small course as data, to be changed."""
    return small_course().scenarios[0].model_dump(mode="json")


def citing():
    """Changes to the small course: its scenario, test and words name duties, words and works wherever an author may."""
    course, scenario = small_course(), the_scene()
    named = "A [word](term:kin), a [duty](duty:tell), the [law](reference:act)."
    scenario["introduction"] = named
    for node in scenario["nodes"]:
        node["text"] = f"{named}\n\n::: law act Where it is written\nRead it.\n:::"
        for choice in node["choices"]:
            choice["label"] += f" {named}"
            choice["feedback"]["why"] = named
        for mark in node["marks"]:
            mark["comment"] = named
    items = [{**item.model_dump(mode="json"), "stem": f"{item.stem} {named}"} for item in course.post_test.items]
    duty = {"id": "tell", "name": "Tell", "paraphrase": "Say it.", "standards": []}
    act = {"id": "act", "kind": "law", "authors": ["A state"], "title": "An act", "year": 2021, "verification": "unverified"}
    return {
        "scenarios": [scenario],
        "post_test": {"form_size": 5, "items": items},
        "glossary": [{"id": "kin", "term": "Kin", "definition": "Those near you.", "references": ["code"]}],
        "duties": [*(each.model_dump(mode="json") for each in course.duties), duty],
        "references": [*(each.model_dump(mode="json") for each in course.references), act],
    }


def test_what_is_named_in_a_scenario_or_a_test_stands_on_the_page_that_names_it(signed_in, clinician):
    enrollment = enrolled(clinician, **citing())
    read(enrollment, "one")
    pages = [body(signed_in.get(SCENE))]
    play(enrollment)
    replayed(enrollment, "leave")
    pages += [body(signed_in.get(address)) for address in (*map(scene, range(5)), SCENE, at("learn-replay-back", "scene", 2))]
    read(enrollment, "two")
    pages.append(body(signed_in.get(attempt_page(services.start_attempt(enrollment=enrollment, at=AT)))))
    pages.append(body(signed_in.get(attempt_page(sit(enrollment)))))
    for page in pages:
        assert dead_links(page) == set()
        for name in ("term-kin", "duty-tell", "reference-act", "reference-code"):
            assert page.count(f'id="{name}"') == 1


def test_the_code_that_a_reasoning_names_leads_to_its_edition(signed_in, clinician):
    standard = {"number": "1", "title": "Care", "verification": "unverified"}
    code = {"kind": "code", "authors": ["A body"], "title": "A code", "verification": "unverified"}
    scenario = the_scene()
    for node in scenario["nodes"]:
        for choice in node["choices"]:
            choice["feedback"]["source"] = "AB 1; CD 2 and ABC 3."
    enrollment = enrolled(
        clinician,
        scenarios=[scenario],
        references=[
            *({**code, "id": name, "year": 2000} for name in ("ab_2000", "cd_1990", "cd_2000")),
            {**code, "id": "code", "year": 2020},
        ],
        duties=[{"id": "care", "name": "Care", "paraphrase": "Take care.", "standards": [{**standard, "code": "code"}]}],
    )
    read(enrollment, "one")
    play(enrollment)
    for page in (body(signed_in.get(scene(2))), body(signed_in.get(SCENE))):
        # Two editions share the letters CD, and ABC is another word.
        assert ">AB</a> 1; CD 2 and ABC 3." in page
        assert 'href="#reference-ab_2000"' in page
        assert dead_links(page) == set()


# A replay, and the drawing


def replayed(enrollment, choice):
    """A replay from the decision, played to its end."""
    run = services.replay_from(enrollment=enrollment, scenario_id="scene", position=1, at=AT)
    for position, step in enumerate([{"choice": choice, "reason": "Once more."}, {}, {"choice": "nobody"}], start=1):
        services.take_step(enrollment=enrollment, scenario_id="scene", number=run.number, position=position, at=AT, **step)
    return run


def test_a_replay_is_looked_back_at_beside_the_first_run(signed_in, clinician):
    enrollment = enrolled(clinician)
    read(enrollment, "one")
    play(enrollment)
    replayed(enrollment, "leave")
    back = at("learn-replay-back", "scene", 2)
    assert f'href="{back}"' in body(signed_in.get(scene(4, 2)))
    assert f'href="{back}"' in body(signed_in.get(SCENE))
    page = body(signed_in.get(back))
    assert 'id="run-1-scene-title"' in page
    assert 'id="run-2-scene-title"' in page
    for said in (
        "Your first time through",
        "The replay",
        "you decided otherwise",
        "Do stay",
        "Do leave",
        "Once more.",
        "Verdict on nobody.",
    ):
        assert said in page
    # The decision before the one that was changed, and what was written in the first run, belong to the first run.
    for other in ("What there was to notice", "She needs an answer.", "Verdict on stay.", "Change this decision"):
        assert other not in page
    first = body(signed_in.get(SCENE))
    assert "She needs an answer." in first
    assert "Once more." not in first


def test_a_replay_that_decides_the_same_says_so(signed_in, clinician):
    enrollment = enrolled(clinician)
    read(enrollment, "one")
    play(enrollment)
    replayed(enrollment, "stay")
    page = body(signed_in.get(at("learn-replay-back", "scene", 2)))
    assert "you decided the same way again" in page
    assert "Both came to the same end" in page


def test_looking_back_waits_for_an_end(signed_in, clinician):
    enrollment = enrolled(clinician)
    read(enrollment, "one")
    services.start_run(enrollment=enrollment, scenario_id="scene", at=AT)
    large = at("learn-scenario-large", "scene", 1)
    assert leads(signed_in.get(large)) == SCENE  # it would give away what is still to come
    play(enrollment)
    assert leads(signed_in.get(at("learn-replay-back", "scene", 1))) == SCENE
    services.replay_from(enrollment=enrollment, scenario_id="scene", position=1, at=AT)
    assert leads(signed_in.get(at("learn-replay-back", "scene", 2))) == scene(1, 2)
    assert leads(signed_in.get(at("learn-scenario-large", "scene", 2))) == SCENE
    page = body(signed_in.get(large))
    assert "Do leave" in page
    assert dead_links(page) == set()
    for missing in (at("learn-scenario-large", "scene", 9), at("learn-replay-back", "scene", 9)):
        assert signed_in.get(missing).status_code == 404


def test_nobody_looks_back_at_the_run_of_another(client, signed_in, clinician, other_clinician):
    enrollment = enrolled(clinician)
    read(enrollment, "one")
    play(enrollment)
    replayed(enrollment, "leave")
    client.force_login(other_clinician)
    addresses = (at("learn-scenario-large", "scene", 1), at("learn-replay-back", "scene", 2))
    assert [leads(client.get(address)) for address in addresses] == [COURSE, COURSE]
    other = services.enroll(holder=other_clinician.holder, slug=SLUG, at=AT, on=AT.date())
    read(other, "one")
    assert [client.get(address).status_code for address in addresses] == [404, 404]


# The pretest

PRETEST = at("learn-pretest")


@pytest.fixture
def before_course(signed_in, clinician):
    return enrolled(clinician, **with_pretest())


def test_the_way_begins_with_the_pretest_and_goes_on_after_it(signed_in, before_course):
    assert leads(signed_in.get(LEARN)) == leads(signed_in.get(ONE)) == PRETEST
    page = body(signed_in.get(PRETEST))
    assert "Skip the pretest" not in page
    assert "Anyone can listen." not in page
    assert "Reason 1a." not in page
    assert leads(signed_in.post(PRETEST, {"answer-pre-1": "a", "marks": ["door"]})) == PRETEST
    page = body(signed_in.get(PRETEST))
    assert page.count(" checked>") == 2
    assert leads(signed_in.post(PRETEST, {"answer-pre-2": "b", "finish": "yes"})) == ONE
    assert leads(signed_in.post(PRETEST, {"answer-pre-1": "c", "finish": "yes"})) == ONE
    page = body(signed_in.get(PRETEST))
    assert "Your answers are kept" in page
    assert "Reason" not in page


def test_a_skip_that_the_course_does_not_allow_is_refused_and_said(signed_in, before_course):
    assert leads(signed_in.post(PRETEST, {"skip": "yes"})) == PRETEST
    assert "asks everyone to take the pretest" in body(signed_in.get(PRETEST))


def test_a_pretest_may_be_skipped_where_the_course_allows_it(signed_in, clinician):
    enrolled(clinician, **with_pretest(skippable=True))
    assert "Skip the pretest" in body(signed_in.get(PRETEST))
    assert leads(signed_in.post(PRETEST, {"skip": "yes"})) == ONE
    assert "went on without the pretest" in body(signed_in.get(PRETEST))


def test_answers_of_the_pretest_are_saved_as_they_are_given(signed_in, before_course):
    address = at("learn-pretest-answers")
    assert signed_in.post(address, {"answer-pre-1": "b"}).json()["answered"] == 1
    for marks in (["door", "rain"], []):
        signed_in.post(address, {"marks": marks, "marks-sent": "yes"})
        signed_in.post(address, {"answer-pre-1": "b"})  # says nothing of marks, and changes none
        assert selectors.pretest_of(before_course).marks == set(marks)
    assert signed_in.post(address, {"answer-item-1": "b"}).status_code == 400
    signed_in.post(PRETEST, {"answer-pre-1": "b", "finish": "yes"})
    assert signed_in.post(address, {"answer-pre-1": "a"}).status_code == 409
    assert signed_in.get(address).status_code == 405


def test_a_course_without_a_pretest_has_no_such_page(signed_in, clinician):
    enrolled(clinician)
    assert signed_in.get(PRETEST).status_code == 404


def test_before_and_after_are_shown_once_the_test_is_passed_and_reasons_once_the_course_is_completed(signed_in, before_course):
    services.save_pretest(enrollment=before_course, answers={"pre-1": "a", "pre-2": "b"}, marks=["door"], at=AT)
    services.finish_pretest(enrollment=before_course, at=AT)
    read(before_course, "one")
    play(before_course)
    read(before_course, "two")
    passed = sit(before_course)
    page = body(signed_in.get(attempt_page(passed)))
    assert "Before and after the course" in page
    assert "1 of 2" in page
    services.submit_evaluation(enrollment=before_course, answers=ANSWERS, at=AT)
    assert "Reason 1a." not in body(signed_in.get(PRETEST))
    signed_in.post(ATTESTATION, {"signed_name": "Ada Example"})
    page = body(signed_in.get(PRETEST))
    for said in ("Reason 1a.", "Anyone can listen.", "Before and after the course"):
        assert said in page


# What approval bodies ask


def test_a_test_without_attempts_left_says_so_and_offers_none(signed_in, clinician):
    approved(last=dt.date(2099, 12, 31))
    enrollment = studied(clinician, **body_asking(attempts_in_all=1))
    assert "allows 1 attempt in all" in body(signed_in.get(TEST))
    failed = sit(enrollment, wrong=5)
    for address in (TEST, attempt_page(failed)):
        page = body(signed_in.get(address)).split("<article")[1].split("</article>")[0]
        assert "The one attempt that the approval of this course allows has been used." in page
        assert "Start a" not in page
        assert "try again" not in page


def test_the_evaluation_asks_what_a_body_asks(signed_in, clinician):
    more = {"id": "level", "kind": "rating", "text": "Was the level right for you?"}
    approved(last=dt.date(2099, 12, 31))
    passed_test(clinician, **body_asking(evaluation_questions=[more], evaluation_note="The body reads a summary."))
    page = body(signed_in.get(EVALUATION))
    assert "Was the level right for you?" in page
    assert "The body reads a summary." in page
    assert "Choose an answer." in body(signed_in.post(EVALUATION, ANSWERS))
    assert leads(signed_in.post(EVALUATION, {**ANSWERS, "level": "3"})) == ATTESTATION
    assert CourseEvaluation.objects.get().answers["level"] == 3


# The post-test


@pytest.fixture
def attempt(clinician):
    return services.start_attempt(enrollment=studied(clinician), at=AT)


def test_starting_the_test_twice_is_one_attempt(signed_in, attempt):
    assert leads(signed_in.post(TEST)) == leads(signed_in.post(TEST)) == attempt_page(attempt)
    assert PostTestAttempt.objects.count() == 1


def test_who_comes_back_during_the_test_stands_before_her_questions(signed_in, attempt):
    body(signed_in.get(attempt_page(attempt)))
    assert leads(signed_in.get(LEARN)) == TEST
    assert leads(signed_in.get(TEST)) == attempt_page(attempt)


def test_no_key_and_no_reason_is_on_the_page_of_questions(signed_in, attempt):
    page = body(signed_in.get(attempt_page(attempt)))
    assert "Reason 0a." not in page
    assert page.count("<fieldset") == 5


def test_answers_are_saved_by_the_button_and_are_there_when_one_comes_back(signed_in, attempt):
    given = dict(list(answers(attempt).items())[:2])
    assert leads(signed_in.post(attempt_page(attempt), given)) == attempt_page(attempt)
    page = body(signed_in.get(attempt_page(attempt)))
    assert "Your answers are saved" in page
    assert page.count(" checked>") == 2


def test_handing_in_too_early_names_the_open_questions_and_loses_nothing(signed_in, attempt):
    given = dict(list(answers(attempt).items())[:3])
    page = body(signed_in.post(attempt_page(attempt), {**given, "hand_in": "yes"}))
    assert "2 questions have no answer yet" in page
    assert 'href="#answer-4-1"' in page
    assert 'id="answer-4-1"' in page
    assert page.count(" checked>") == 3
    attempt.refresh_from_db()
    assert (attempt.submitted_at, len(attempt.answers)) == (None, 3)


def test_handing_in_twice_is_graded_once(signed_in, attempt):
    sent = {**answers(attempt), "hand_in": "yes"}
    signed_in.post(attempt_page(attempt), sent)
    assert "You passed" in body(signed_in.post(attempt_page(attempt), {**answers(attempt, wrong=5), "hand_in": "yes"}))
    attempt.refresh_from_db()
    assert attempt.correct == 5


def test_a_failed_test_says_what_to_read_and_gives_no_answer_away(signed_in, attempt):
    signed_in.post(attempt_page(attempt), {**answers(attempt, wrong=2), "hand_in": "yes"})
    page = body(signed_in.get(attempt_page(attempt)))
    assert "Not passed yet" in page
    assert "Identify what matters." in page
    assert "Reason" not in page
    assert "Answer a" not in page
    assert "Start a new test" in page


def test_after_the_second_failure_the_test_opens_only_after_reading_again(signed_in, clinician):
    enrollment = studied(clinician)
    sit(enrollment, wrong=5)
    sit(enrollment, wrong=5, at=AT + dt.timedelta(hours=1))
    assert "Start" not in body(signed_in.get(TEST)).split("<article")[1].split("</article>")[0]
    assert leads(signed_in.post(TEST)) == TEST
    assert PostTestAttempt.objects.count() == 2
    assert "Please read this section again" in body(signed_in.get(ONE))
    assert leads(signed_in.post(ONE)) == TWO
    assert leads(signed_in.post(TWO)) == TEST
    assert leads(signed_in.post(TEST)) != TEST
    assert PostTestAttempt.objects.count() == 3


def test_answers_are_saved_as_they_are_given(signed_in, attempt):
    address = at("learn-answers", attempt.pk)
    name, _ = next(iter(answers(attempt).items()))
    said = signed_in.post(address, {name: "c"}).json()
    assert said["answered"] == 1
    assert dt.time.fromisoformat(said["saved_at"])
    attempt.refresh_from_db()
    assert attempt.answers == {name.removeprefix("answer-"): "c"}


def test_saving_refuses_what_does_not_belong_and_keeps_the_rest(signed_in, attempt):
    address = at("learn-answers", attempt.pk)
    assert signed_in.post(address, {"answer-item-99": "a"}).status_code == 400
    sent = {**answers(attempt), "hand_in": "yes"}
    signed_in.post(attempt_page(attempt), sent)
    assert signed_in.post(address, answers(attempt, wrong=5)).status_code == 409
    attempt.refresh_from_db()
    assert attempt.correct == 5
    assert signed_in.get(address).status_code == 405


@pytest.mark.parametrize("name", ["learn-answers", "learn-attempt"])
def test_another_persons_attempt_is_not_found(signed_in, attempt, other_clinician, name):
    studied(other_clinician)
    address, sent = at(name, attempt.pk), dict(list(answers(attempt).items())[:1])
    assert signed_in.post(address, sent).status_code in (200, 302)
    signed_in.force_login(other_clinician)
    before = PostTestAttempt.objects.get(pk=attempt.pk).answers
    assert signed_in.post(address, answers(attempt, wrong=5)).status_code == 404
    assert PostTestAttempt.objects.get(pk=attempt.pk).answers == before


def test_saving_asks_for_the_token_of_the_form(clinician, attempt):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(clinician)
    assert strict.post(at("learn-answers", attempt.pk), answers(attempt)).status_code == 403


# Evaluation and attestation


def test_a_gap_in_the_evaluation_is_named_and_the_rest_is_kept(signed_in, clinician):
    passed_test(clinician)
    page = body(signed_in.post(EVALUATION, {**ANSWERS, "useful": "", "minutes": "many", "comments": "Mend the end."}))
    assert "2 things need your attention" in page
    assert "Write the minutes as a whole number" in page
    assert "Mend the end." in page
    assert 'href="#id_useful_0"' in page
    assert not CourseEvaluation.objects.exists()


def test_an_evaluation_sent_twice_is_kept_once(signed_in, clinician):
    passed_test(clinician)
    assert leads(signed_in.post(EVALUATION, ANSWERS)) == ATTESTATION
    assert "You have handed in your evaluation" in body(signed_in.post(EVALUATION, {**ANSWERS, "useful": "1"}))
    assert CourseEvaluation.objects.get().answers["useful"] == 5


def test_another_name_is_refused_kindly_and_stays_in_the_field(signed_in, clinician):
    evaluated(clinician)
    page = body(signed_in.post(ATTESTATION, {"signed_name": "Ada Exemple"}))
    assert "does not match the name in your profile, Ada Example" in page
    assert 'value="Ada Exemple"' in page
    assert not Completion.objects.exists()


def test_signing_twice_leads_to_the_same_certificate(signed_in, clinician):
    evaluated(clinician)
    sent = {"signed_name": "Ada Example"}
    assert leads(signed_in.post(ATTESTATION, sent)) == leads(signed_in.post(ATTESTATION, sent)) == DONE
    assert Certificate.objects.count() == Completion.objects.count() == 1


@pytest.mark.parametrize(
    ("profile", "words"), [({"legal_name": ""}, "your legal name as on your license"), ({"time_zone": ""}, "your time zone")]
)
def test_an_incomplete_profile_is_said_and_nothing_is_lost(client, make_user, profile, words):
    user = make_user(**profile)
    evaluated(user)
    client.force_login(user)
    page = body(client.get(ATTESTATION))
    assert words in page
    assert f"{reverse('account')}?next={ATTESTATION}" in page
    assert "Your profile is not complete" in body(client.post(ATTESTATION, {"signed_name": "Ada Example"}))
    completed = {"legal_name": "Ada Example", "time_zone": "America/New_York", "professions": ["counselor"]}
    assert leads(client.post(f"{reverse('account')}?next={ATTESTATION}", completed)) == ATTESTATION
    assert leads(client.post(ATTESTATION, {"signed_name": "Ada Example"})) == DONE


@pytest.mark.parametrize("elsewhere", ["https://example.org/", "//example.org/", "javascript:alert(1)"])
def test_a_completed_profile_leads_nowhere_outside(signed_in, elsewhere):
    completed = {"legal_name": "Ada Example", "time_zone": "America/New_York", "professions": ["counselor"]}
    assert leads(signed_in.post(reverse("account"), completed, query_params={"next": elsewhere})) == reverse("account")


# What pages weigh and keep to themselves


def test_no_page_of_the_player_is_kept_by_caches_or_found_by_search(signed_in, attempt):
    for address in (ONE, SCENE, attempt_page(attempt)):
        response = signed_in.get(address)
        assert "no-store" in response["Cache-Control"]
        assert "noindex" in body(response)
        assert len(response.content) < 25_000


def test_reading_a_section_costs_few_queries(signed_in, clinician, django_assert_max_num_queries):
    studied(clinician)
    body(signed_in.get(ONE))
    with django_assert_max_num_queries(16):
        body(signed_in.get(ONE))


# What a page costs


def counted(act):
    """The queries of `act` on the database's tables, without those that only mark a transaction."""
    with CaptureQueriesContext(connection) as queries:
        act()
    return [each["sql"] for each in queries if "SAVEPOINT" not in each["sql"]]


def test_a_step_of_a_scenario_and_an_answer_ask_few_queries(signed_in, clinician):
    enrollment = enrolled(clinician)
    read(enrollment, "one")
    signed_in.post(SCENE)
    assert len(counted(lambda: signed_in.post(scene(0), {"marks": ["voice"]}))) <= 8
    assert len(counted(lambda: signed_in.post(scene(1), {"choice": "stay", "reason": "So."}))) <= 8
    play_on = [{}, {"choice": "peer"}]
    for position, sent in enumerate(play_on, start=2):
        assert len(counted(lambda sent=sent, position=position: signed_in.post(scene(position), sent))) <= 8
    read(enrollment, "two")
    attempt = services.start_attempt(enrollment=enrollment, at=AT)
    name, option = next(iter(answers(attempt).items()))
    assert len(counted(lambda: signed_in.post(at("learn-answers", attempt.pk), {name: option}))) <= 8
