"""Private notes over HTTP: with a form and with the script, shown to their owner alone, taken along, deleted."""

from __future__ import annotations

import re
import uuid

import pytest
from django.urls import reverse

from goodstanding.learning import notes
from goodstanding.learning.models import PrivateNote
from goodstanding.learning.notes import Passage
from tests.learning.making import AT, SLUG, enrolled, studied

pytestmark = pytest.mark.django_db

WORDS = "I would have said yes <at once>."
SCRIPT = {"HTTP_ACCEPT": "application/json"}


def at(name, *args):
    return reverse(name, args=[SLUG, *args])


ONE, KEEP, ALL = at("learn-section", "one"), at("learn-section-notes", "one"), at("learn-notes")
FILE, DELETE_ALL = at("learn-notes-file"), at("learn-notes-delete")


@pytest.fixture
def mine(clinician):
    return enrolled(clinician)


@pytest.fixture
def note(mine):
    return save(mine, WORDS)


@pytest.fixture
def theirs(mine, other_clinician):
    return save(enrolled(other_clinician), "their words")


def save(enrollment, text="", passage=None, section="one"):
    return notes.save_note(enrollment=enrollment, section_id=section, note_id=uuid.uuid4(), text=text, passage=passage, at=AT)


def body(response, status=200):
    assert response.status_code == status, response.headers.get("Location")
    return " ".join(response.content.decode().split())


def texts(enrollment):
    return [note.text for note in notes.notes_of(enrollment)]


class TestKeeping:
    def test_without_a_script_a_form_keeps_it(self, signed_in, mine):
        page = signed_in.get(ONE)
        note_id = re.search(r'name="note_id" value="([^"]+)"', body(page))[1]
        for _ in range(2):
            response = signed_in.post(KEEP, {"note_id": note_id, "text": WORDS})
            assert (response.status_code, response["Location"]) == (302, f"{ONE}#notes")
        assert texts(mine) == [WORDS]
        page = body(signed_in.get(ONE))
        assert "I would have said yes &lt;at once&gt;." in page
        assert "Write no details of clients" in page

    def test_what_can_not_be_kept_is_still_there_with_the_reason(self, signed_in, mine):
        long = "x" * (notes.LONGEST_NOTE + 1)
        page = body(signed_in.post(KEEP, {"note_id": uuid.uuid4(), "text": long}), 400)
        assert "There is room for 4000 characters" in page
        assert long in page
        assert "Write something first" in body(signed_in.post(KEEP, {"note_id": uuid.uuid4(), "text": " "}), 400)
        assert texts(mine) == []

    def test_the_script_keeps_a_highlight(self, signed_in, mine):
        sent = {"note_id": uuid.uuid4(), "text": "", "quote": "the second", "start": 11, "end": 21}
        answer = signed_in.post(KEEP, sent, **SCRIPT)
        assert answer.status_code == 200
        assert answer.json()["id"] == str(sent["note_id"])
        assert answer.json()["fresh"] != str(sent["note_id"])
        (kept,) = notes.notes_of(mine)
        assert kept.passage == Passage("the second", 11, 21)
        page = body(signed_in.get(ONE))
        assert f'<li id="note-{kept.id}" data-start="11" data-end="21" data-quote="the second">' in page

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"note_id": "x"}, "valid UUID"),
            ({"text": "", "quote": ""}, "Write something first"),
            ({"quote": "x" * 1001, "end": 2000}, "Select a shorter passage"),
            ({"start": ""}, "was not understood"),
            ({"end": ""}, "was not understood"),
            ({"start": "a"}, "whole number"),
        ],
    )
    def test_the_script_is_told_what_is_wrong(self, signed_in, mine, changes, words):
        sent = {"note_id": uuid.uuid4(), "text": "", "quote": "the second", "start": 11, "end": 21, **changes}
        answer = signed_in.post(KEEP, sent, **SCRIPT)
        assert answer.status_code == 400
        assert words in answer.json()["problem"]
        assert texts(mine) == []

    def test_a_note_of_a_section_that_is_not_there_is_not_found(self, signed_in, mine):
        response = signed_in.post(at("learn-section-notes", "three"), {"note_id": uuid.uuid4(), "text": WORDS})
        assert response.status_code == 404
        assert texts(mine) == []

    def test_other_words_replace_the_first(self, signed_in, mine, note):
        address = at("learn-note", note.id)
        assert "I would have said yes &lt;at once&gt;." in body(signed_in.get(address))
        assert signed_in.post(address, {"text": "No."})["Location"] == f"{ONE}#notes"
        assert texts(mine) == ["No."]
        assert "A note needs some words" in body(signed_in.post(address, {"text": " "}))
        assert texts(mine) == ["No."]

    def test_a_highlight_may_stand_without_words(self, signed_in, mine):
        highlight = save(mine, WORDS, Passage("see", 7, 10))
        assert signed_in.post(at("learn-note", highlight.id), {"text": ""}).status_code == 302
        assert [(each.text, each.passage.quote) for each in notes.notes_of(mine)] == [("", "see")]


class TestPrivacy:
    ADDRESSES = ("learn-note", "learn-note-delete")

    @pytest.mark.parametrize("name", ADDRESSES)
    def test_another_persons_note_is_not_found(self, signed_in, theirs, name):
        assert signed_in.get(at(name, theirs.id)).status_code == 404

    def test_nor_changed_nor_deleted(self, signed_in, theirs):
        assert signed_in.post(at("learn-note", theirs.id), {"text": "mine now"}).status_code == 404
        assert signed_in.post(at("learn-note-delete", theirs.id)).status_code == 302
        signed_in.post(DELETE_ALL)
        assert PrivateNote.objects.count() == 1

    def test_an_administrator_who_takes_the_course_sees_no_notes_but_her_own(self, as_administrator, administrator, mine, note):
        enrolled(administrator)
        assert as_administrator.get(at("learn-note", note.id)).status_code == 404
        for address in (ONE, ALL, FILE):
            assert "said yes" not in as_administrator.get(address).content.decode()

    def test_who_has_not_started_the_course_is_led_to_it(self, signed_in, other_clinician):
        enrolled(other_clinician)
        for address in (ALL, FILE, DELETE_ALL):
            assert signed_in.get(address)["Location"] == reverse("course-page", args=[SLUG])
        assert signed_in.post(KEEP, {"note_id": uuid.uuid4(), "text": WORDS}).status_code == 302
        assert not PrivateNote.objects.exists()

    def test_it_goes_into_no_log(self, signed_in, mine, caplog):
        with caplog.at_level(0):
            signed_in.post(KEEP, {"note_id": uuid.uuid4(), "text": WORDS})
            signed_in.post(KEEP, {"note_id": "x", "text": WORDS}, **SCRIPT)
        assert "said yes" not in caplog.text

    def test_without_its_key_pages_still_open_and_say_so(self, signed_in, note, settings):
        settings.PRIVATE_KEYS = ("another key that is long enough to use",)
        for address in (ONE, ALL, at("learn-note", note.id), at("learn-note-delete", note.id)):
            body(signed_in.get(address))
        assert "This note cannot be opened" in body(signed_in.get(ONE))
        assert "(This note can not be opened here.)" in signed_in.get(FILE).content.decode()
        settings.PRIVATE_KEYS = ()
        page = body(signed_in.post(KEEP, {"note_id": uuid.uuid4(), "text": "new words"}), 400)
        assert "tell the operator" in page
        assert "new words" in page


class TestTakingAlong:
    def test_all_of_them_by_section(self, signed_in, clinician):
        enrollment = studied(clinician)
        assert "No notes yet" in body(signed_in.get(ALL))
        save(enrollment, "in two", section="two")
        save(enrollment, "in one", Passage("see the second", 7, 21))
        page = body(signed_in.get(ALL))
        two = f'<h2><a href="{at("learn-section", "two")}">Section two</a></h2>'
        assert page.index("in one") < page.index(two) < page.index("in two")

    def test_as_a_text_file(self, signed_in, mine, note):
        save(mine, "", Passage("see\n the second", 7, 21))
        response = signed_in.get(FILE)
        assert response["Content-Type"] == "text/plain; charset=utf-8"
        assert response["Content-Disposition"] == f'attachment; filename="notes-{SLUG}.txt"'
        assert "no-store" in response["Cache-Control"]
        text = response.content.decode()
        assert WORDS in text
        assert "> see the second" in text
        assert "Section one" in text


class TestDeleting:
    def test_it_asks_once_and_then_it_is_gone(self, signed_in, mine, note):
        address = at("learn-note-delete", note.id)
        assert "I would have said yes &lt;at once&gt;." in body(signed_in.get(address))
        assert texts(mine) == [WORDS]
        assert signed_in.post(address)["Location"] == f"{ONE}#notes"
        assert texts(mine) == []
        assert signed_in.post(address)["Location"] == ALL  # pressed twice
        assert signed_in.get(address).status_code == 404

    def test_all_at_once(self, signed_in, mine, note, theirs):
        assert "Section one: 1 note" in body(signed_in.get(DELETE_ALL))
        assert texts(mine) == [WORDS]
        assert signed_in.post(DELETE_ALL)["Location"] == ALL
        assert texts(mine) == []
        assert PrivateNote.objects.count() == 1
        assert "There are none." in body(signed_in.get(DELETE_ALL))
