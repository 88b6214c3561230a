"""Reading a section over HTTP: what stands beside the text, text settings, places in the text, paper, pictures."""

from __future__ import annotations

import datetime as dt
import re
import uuid

import pytest
from django.urls import reverse

from goodstanding.learning import seat_time, selectors, services
from goodstanding.learning.notes import save_note
from goodstanding.web.learner.text_places import number_places, place_fragment
from tests.learning.making import AT, SLUG, enrolled, evaluated, read, studied

pytestmark = pytest.mark.django_db

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


def at(name, *args):
    return reverse(name, args=[SLUG, *args])


ONE, TWO, PRINT = at("learn-section", "one"), at("learn-section", "two"), at("learn-print")


def body(response):
    assert response.status_code == 200, response.headers.get("Location")
    return " ".join(response.content.decode().split())


def with_text(text, **changes):
    first = {"id": "one", "title": "Section one", "objectives": ["see"], "duties": ["care"], "text": text, **changes}
    return [first, {"id": "two", "title": "Section two", "objectives": ["see"], "text": "Then, decide."}]


TERM = {"id": "dual", "term": "dual relationship", "definition": "Two roles at once.", "references": ["code"]}


class TestBeside:
    def test_the_outline_says_how_long_it_takes_and_what_is_done(self, signed_in, clinician):
        read(enrolled(clinician), "one")
        page = body(signed_in.get(ONE))
        assert re.search(r'aria-label="Done".{0,200}Section one', page)
        assert re.search(r'aria-label="Not open yet".{0,200}Section two', page)
        path = selectors.path_of(selectors.access_enrollment(clinician.holder, SLUG))
        assert f"{path.minutes_done} of {path.minutes} minutes, about {path.minutes - path.minutes_done} left" in page

    def test_links_lead_back_and_on_but_never_past_what_is_open(self, signed_in, clinician):
        enrollment = enrolled(clinician)
        assert 'rel="next"' not in body(signed_in.get(ONE))
        read(enrollment, "one")
        page = body(signed_in.get(ONE))
        assert f'<a rel="next" data-key="n" href="{at("learn-scenario", "scene")}">' in page
        assert 'rel="prev"' not in page

    def test_the_key_that_leads_on_stands_once(self, signed_in, clinician):
        enrollment = enrolled(clinician)
        for _ in range(2):
            assert body(signed_in.get(ONE)).count('data-key="n"') == 1
            read(enrollment, "one")

    def test_what_the_text_refers_to_stands_on_the_page(self, signed_in, clinician):
        text = "A [dual relationship](term:dual), [care](duty:care) and [the code](reference:code)."
        enrolled(clinician, sections=with_text(text, duties=[]), glossary=[TERM])
        page = body(signed_in.get(ONE))
        for kind, target, words in (
            ("term", "dual", "Two roles at once."),
            ("duty", "care", "Take care."),
            ("reference", "code", "A code"),
        ):
            assert f'href="#{kind}-{target}"' in page
            assert f'id="{kind}-{target}"' in page
            assert words in page

    def test_a_word_that_the_section_does_not_use_is_not_explained_there(self, signed_in, clinician):
        enrolled(clinician, glossary=[TERM])
        assert "Two roles at once." not in body(signed_in.get(ONE))

    def test_a_warning_comes_before_the_text_until_it_was_opened(self, signed_in, clinician):
        enrollment = enrolled(clinician, sections=with_text("Here it is.", content_note="It speaks of a suicide."))
        page = body(signed_in.get(ONE))
        assert page.index("It speaks of a suicide.") < page.index("Open the section") < page.index("Here it is.")
        read(enrollment, "one")
        page = body(signed_in.get(ONE))
        assert "It speaks of a suicide." in page
        assert "Open the section" not in page


class TestPlaces:
    def stop(self, enrollment, mark, section="one", when=AT):
        step = selectors.path_of(enrollment).find("section", section)
        token = seat_time.sitting_token(enrollment, step, at=when)
        seat_time.keep_beat(enrollment=enrollment, token=token, number=1, seconds=1, mark=mark, at=when)

    def test_going_on_leads_to_the_paragraph_where_one_stopped(self, signed_in, clinician):
        enrollment = enrolled(clinician)
        assert signed_in.get(at("learn"))["Location"] == ONE
        self.stop(enrollment, 7)
        assert signed_in.get(at("learn"))["Location"] == f"{ONE}#at-7"
        assert signed_in.post(at("learn"))["Location"] == f"{ONE}#at-7"

    def test_the_page_offers_the_place_only_further_down(self, signed_in, clinician):
        enrollment = enrolled(clinician)
        for mark, offered in ((2, False), (7, True)):
            self.stop(enrollment, mark, when=AT + dt.timedelta(hours=mark))
            assert ('<a href="#at-' in body(signed_in.get(ONE))) is offered

    def test_a_page_beside_the_path_does_not_change_where_one_is(self, signed_in, clinician):
        enrollment = studied(clinician)
        signed_in.get(TWO)
        for name in ("learn-notes", "learn-time", "learn-print"):
            body(signed_in.get(at(name)))
            assert signed_in.get(at("learn"))["Location"] == TWO
        enrollment.refresh_from_db()
        assert enrollment.last_place == "section:two"

    def test_after_completion_the_way_on_is_what_was_earned(self, signed_in, clinician):
        enrollment = evaluated(clinician)
        services.attest(enrollment=enrollment, signed_name="Ada Example", at=AT)
        assert signed_in.get(at("learn"))["Location"] == at("learn-done")
        for name in ("learn-notes", "learn-time", "learn-print"):
            body(signed_in.get(at(name)))

    @pytest.mark.parametrize(
        ("html", "numbered"),
        [
            ("<p>One</p>\n<p>Two</p>", '<p id="at-1">One</p>\n<p id="at-2">Two</p>'),
            ('<h2 id="x">T &amp; &#39;t</h2>', '<h2 id="x"><span class="at" id="at-1"></span>T &amp; &#39;t</h2>'),
            ("<ul>\n<li><p>a</p></li>\n</ul><p>b<br>c</p>", '<ul id="at-1">\n<li><p>a</p></li>\n</ul><p id="at-2">b<br>c</p>'),
            (
                '<section class="case"><p>a</p><p>b <em>c</em></p></section><hr><p>d</p>',
                '<section class="case"><p id="at-1">a</p><p id="at-2">b <em>c</em></p></section><hr><p id="at-3">d</p>',
            ),
            ('<p class="eyebrow">a &lt;b&gt;</p>', '<p id="at-1" class="eyebrow">a &lt;b&gt;</p>'),
            ("", ""),
        ],
    )
    def test_each_part_of_a_text_has_a_place_and_nothing_else_changes(self, html, numbered):
        assert number_places(html) == numbered

    def test_every_place_of_a_real_section_is_there_once(self, signed_in, clinician):
        enrolled(clinician, sections=with_text("One.\n\n::: case A case\nTwo.\n\nThree.\n:::\n\n## Four\n\n- five\n- five\n"))
        page = body(signed_in.get(ONE))
        found = [int(number) for number in re.findall(r'id="at-(\d+)"', page)]
        assert found == list(range(1, len(found) + 1))
        assert len(found) >= 5

    @pytest.mark.parametrize(("place", "fragment"), [(0, ""), (1, "#at-1"), (40, "#at-40")])
    def test_a_place_as_part_of_an_address(self, place, fragment):
        assert place_fragment(place) == fragment


class TestTextSettings:
    def classes(self, response):
        found = re.search(r'<body class="([^"]*)"', body(response))
        assert found
        return set(found[1].split())

    def choose(self, client, value, **more):
        return client.post(at("learn-reading"), {"reading": value, "back": ONE, **more})

    def test_each_is_remembered_on_its_own_and_on_every_page_of_the_player(self, signed_in, clinician):
        studied(clinician)
        assert self.classes(signed_in.get(ONE)) >= {"size-m", "spacing-n", "width-m", "keys-y"}
        for value in ("size-x", "spacing-e", "width-s", "keys-n"):
            response = self.choose(signed_in, value)
            assert (response.status_code, response["Location"]) == (302, ONE)
        for address in (ONE, TWO, at("learn-scenario", "scene"), at("learn-post-test"), at("learn-notes"), PRINT):
            assert self.classes(signed_in.get(address)) >= {"size-x", "spacing-e", "width-s", "keys-n"}

    def test_the_button_in_force_says_so(self, signed_in, clinician):
        enrolled(clinician)
        self.choose(signed_in, "size-h")
        page = body(signed_in.get(ONE))
        assert 'value="size-h" aria-pressed="true"' in page
        assert page.count('aria-pressed="true"') == 4

    @pytest.mark.parametrize("value", ["", "size", "size-", "size-z", "color-s", "size-s-m", "__class__-s"])
    def test_what_cannot_be_set_is_not_found(self, signed_in, clinician, value):
        enrolled(clinician)
        response = self.choose(signed_in, value)
        assert response.status_code == 404
        assert "reading" not in response.cookies

    @pytest.mark.parametrize("cookie", ["", "m", "mnmyy", "zzzz", '"><b', "mnm<"])
    def test_a_cookie_that_is_not_understood_changes_nothing(self, signed_in, clinician, cookie):
        enrolled(clinician)
        signed_in.cookies["reading"] = cookie
        assert self.classes(signed_in.get(ONE)) >= {"size-m", "spacing-n", "width-m", "keys-y"}

    @pytest.mark.parametrize("back", ["https://elsewhere.example/", "//elsewhere.example/learn/", "/staff/", ""])
    def test_it_leads_nowhere_else(self, signed_in, clinician, back):
        enrolled(clinician)
        assert self.choose(signed_in, "size-l", back=back)["Location"] == at("learn")

    def test_the_cookie_holds_four_letters_and_is_out_of_reach_of_scripts(self, signed_in, clinician):
        enrolled(clinician)
        cookie = self.choose(signed_in, "size-l").cookies["reading"]
        assert (cookie.value, cookie["path"], cookie["httponly"], cookie["samesite"]) == ("lnmy", "/", True, "Lax")


class TestPaper:
    def test_it_holds_what_is_open_and_says_what_is_not(self, signed_in, clinician):
        enrolled(clinician, sections=with_text("Read [care](duty:care).\n\n## A heading\n\nMore."))
        page = body(signed_in.get(PRINT))
        assert "<h3>A heading</h3>" in page
        assert "Take care." in page
        assert "Then, decide." not in page
        assert "1 section will be added once it is open" in page

    def test_once_all_is_open_all_is_there(self, signed_in, clinician):
        studied(clinician)
        page = body(signed_in.get(PRINT))
        assert "Then, decide." in page
        assert "will be added" not in page

    def test_it_gives_no_scene_and_no_question_away(self, signed_in, clinician):
        evaluated(clinician)
        page = body(signed_in.get(PRINT))
        assert "Verdict on stay." not in page
        assert "What do you do in case" not in page

    def test_no_two_tables_or_blocks_are_called_alike(self, signed_in, clinician):
        text = "::: key\nRemember.\n:::\n\n| a |\n| --- |\n| b |\n"
        sections = with_text(text)
        sections[1]["text"] = text
        studied(clinician, sections=sections)
        labels = re.findall(r'<(?:div|section)[^>]* aria-label="([^"]+)"', body(signed_in.get(PRINT)))
        assert {"Section one, Key point", "Section two, Key point", "Section one, Table", "Section two, Table"} <= set(labels)
        assert len(labels) == len(set(labels))

    def test_a_heading_that_two_sections_have_makes_no_id_twice(self, signed_in, clinician):
        sections = with_text("## Same\n\na")
        sections[1]["text"] = "## Same\n\nb"
        studied(clinician, sections=sections)
        ids = re.findall(r' id="([^"]+)"', body(signed_in.get(PRINT)))
        assert len(ids) == len(set(ids))


class TestPictures:
    def start(self, user):
        picture = {"id": "dot", "media_type": "image/png", "width": 1, "height": 1, "data": PIXEL}
        text = "::: figure A dot\n![One dot in the middle](image:dot)\n:::"
        enrolled(user, sections=with_text(text), images=[picture])

    def test_a_picture_of_the_version_is_shown_with_its_text(self, signed_in, clinician):
        self.start(clinician)
        address = at("learn-image", "dot")
        page = body(signed_in.get(ONE))
        assert f'src="{address}"' in page
        assert 'alt="One dot in the middle"' in page
        response = signed_in.get(address)
        assert (response.status_code, response["Content-Type"]) == (200, "image/png")
        assert response.content.startswith(b"\x89PNG")
        assert response["X-Content-Type-Options"] == "nosniff"
        assert "script-src 'self'" in response["Content-Security-Policy"]

    def test_what_there_is_none_of_is_not_found(self, signed_in, clinician):
        self.start(clinician)
        assert signed_in.get(at("learn-image", "line")).status_code == 404

    def test_who_does_not_take_the_course_is_led_to_it(self, signed_in, clinician, other_clinician):
        self.start(other_clinician)
        assert signed_in.get(at("learn-image", "dot"))["Location"] == reverse("course-page", args=[SLUG])


def test_pages_of_this_part_ask_little_of_the_database(signed_in, clinician, django_assert_max_num_queries):
    enrollment = studied(clinician)
    for number in range(20):
        save_note(enrollment=enrollment, section_id="one", note_id=uuid.uuid4(), text=f"Note {number}", at=AT)
    signed_in.get(ONE)
    with django_assert_max_num_queries(8):
        assert "Note 19" in body(signed_in.get(ONE))
