"""Private notes and highlights: kept sealed, shown to their owner alone, gone when deleted."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.db import IntegrityError, connection, transaction

from goodstanding.audit.models import AuditEvent
from goodstanding.learning import notes
from goodstanding.learning.models import NoteKind, PrivateNote
from goodstanding.learning.notes import NoteNotFoundError, NoteRefusedError, Passage
from tests.learning.making import AT, enrolled
from tests.racing import race

LATER = AT + dt.timedelta(hours=2)
WORDS = "I have done this myself. — “Twice” 🌿"
PASSAGE = Passage("see the second", 7, 21)


@pytest.fixture
def mine(clinician):
    return enrolled(clinician)


@pytest.fixture
def theirs(mine, other_clinician):
    return enrolled(other_clinician)


def save(enrollment, text=WORDS, *, section="one", note_id=None, passage=None, at=AT):
    return notes.save_note(
        enrollment=enrollment, section_id=section, note_id=note_id or uuid.uuid4(), text=text, passage=passage, at=at
    )


def texts(enrollment, section=None):
    return [note.text for note in notes.notes_of(enrollment, section)]


@pytest.mark.django_db
class TestKeeping:
    def test_a_note_is_read_back_as_it_was_written(self, mine):
        save(mine)
        (note,) = notes.notes_of(mine, "one")
        assert (note.text, note.section, note.created_at, note.passage) == (WORDS, "one", AT, None)

    def test_a_highlight_keeps_its_passage_with_or_without_words(self, mine):
        save(mine, "", passage=PASSAGE)
        save(mine, passage=PASSAGE, at=LATER)
        assert [(note.text, note.passage) for note in notes.notes_of(mine)] == [("", PASSAGE), (WORDS, PASSAGE)]
        assert set(PrivateNote.objects.values_list("kind", flat=True)) == {NoteKind.HIGHLIGHT}

    def test_nothing_of_it_can_be_read_in_the_database(self, mine):
        note = save(mine, "plain words", passage=PASSAGE)
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM learning_privatenote")
            row = " ".join(str(value) for value in cursor.fetchone())
        assert note.section in row
        assert "plain words" not in row
        assert PASSAGE.quote not in row

    def test_nothing_of_it_is_in_the_audit_log(self, mine):
        before = AuditEvent.objects.count()
        note = save(mine)
        notes.change_note(enrollment=mine, note_id=note.id, text="other", at=LATER)
        notes.delete_note(enrollment=mine, note_id=note.id)
        assert AuditEvent.objects.count() == before

    def test_sent_twice_it_is_one_note(self, mine):
        note_id = uuid.uuid4()
        first = save(mine, "first", note_id=note_id)
        assert save(mine, "second", note_id=note_id, at=LATER) == first
        assert texts(mine) == ["first"]

    def test_highlights_stand_in_the_order_of_the_text_and_notes_in_that_of_writing(self, mine):
        save(mine, "in two", section="two")
        save(mine, "late note", at=LATER)
        save(mine, "early note")
        save(mine, "second place", passage=Passage("b", 30, 31))
        save(mine, "first place", passage=Passage("a", 3, 4), at=LATER)
        assert texts(mine) == ["first place", "second place", "early note", "late note", "in two"]
        assert texts(mine, "two") == ["in two"]

    def test_other_words_replace_the_first_and_the_passage_stays(self, mine):
        note = save(mine, passage=PASSAGE)
        changed = notes.change_note(enrollment=mine, note_id=note.id, text=" other\r\nwords ", at=LATER)
        assert (changed.text, changed.passage, changed.created_at, changed.changed_at) == ("other\nwords", PASSAGE, AT, LATER)
        assert notes.access_note(mine, note.id) == changed

    def test_what_does_not_show_is_left_out(self, mine):
        assert save(mine, "a\x00b\x1b\nc\td").text == "ab\nc\td"


@pytest.mark.django_db
class TestRefusing:
    @pytest.mark.parametrize(
        ("text", "passage", "words"),
        [
            (" \n ", None, "Write something first"),
            ("x" * (notes.LONGEST_NOTE + 1), None, "there is room for 4000"),
            ("", Passage(" ", 1, 2), "Select some words"),
            ("", Passage("x" * (notes.LONGEST_QUOTE + 1), 0, 1001), "Select a shorter passage"),
            ("", Passage("x", -1, 2), "was not understood"),
            ("", Passage("x", 2, 2), "was not understood"),
            ("", Passage("x", 2, notes.LONGEST_TEXT + 1), "was not understood"),
        ],
    )
    def test_what_can_not_be_kept(self, mine, text, passage, words):
        with pytest.raises(NoteRefusedError, match=words):
            save(mine, text, passage=passage)
        assert not PrivateNote.objects.exists()

    def test_the_longest_of_the_widest_characters_fits(self, mine):
        longest = "🌿" * notes.LONGEST_NOTE
        passage = Passage("🌿" * notes.LONGEST_QUOTE, 0, notes.LONGEST_TEXT)
        save(mine, longest, passage=passage)
        save(mine, '"' * notes.LONGEST_NOTE, passage=Passage("\\" * notes.LONGEST_QUOTE, 0, 1000))
        assert {note.text for note in notes.notes_of(mine)} == {longest, '"' * notes.LONGEST_NOTE}

    def test_a_section_that_the_course_does_not_have(self, mine):
        with pytest.raises(NoteRefusedError):
            save(mine, section="scene")

    def test_there_is_an_end_to_them(self, mine, monkeypatch):
        monkeypatch.setattr(notes, "MOST_NOTES", 2)
        last = uuid.uuid4()
        save(mine)
        save(mine, note_id=last)
        with pytest.raises(NoteRefusedError, match="room for no more"):
            save(mine)
        save(mine, note_id=last)  # the one that stands is still the answer
        assert len(texts(mine)) == 2

    def test_a_note_does_not_become_empty_but_a_highlight_may_lose_its_words(self, mine):
        note, highlight = save(mine), save(mine, passage=PASSAGE)
        with pytest.raises(NoteRefusedError, match="delete it"):
            notes.change_note(enrollment=mine, note_id=note.id, text=" ", at=LATER)
        assert notes.change_note(enrollment=mine, note_id=highlight.id, text="", at=LATER).text == ""

    def test_the_database_has_the_last_word(self, mine):
        row = {"enrollment": mine, "section": "one", "created_at": AT, "changed_at": AT}
        for wrong in ({"kind": "scream", "sealed": "x"}, {"kind": "note", "sealed": "x" * 40_001}):
            with pytest.raises(IntegrityError), transaction.atomic():
                PrivateNote.objects.create(id=uuid.uuid4(), **row, **wrong)


@pytest.mark.django_db
class TestPrivacy:
    def test_nobody_else_sees_changes_or_deletes_it(self, mine, theirs):
        note = save(mine)
        assert texts(theirs) == []
        with pytest.raises(NoteNotFoundError):
            notes.access_note(theirs, note.id)
        with pytest.raises(NoteNotFoundError):
            notes.change_note(enrollment=theirs, note_id=note.id, text="mine now", at=LATER)
        notes.delete_note(enrollment=theirs, note_id=note.id)
        notes.delete_all_notes(enrollment=theirs)
        assert texts(mine) == [WORDS]

    def test_an_id_that_someone_else_has_gives_nothing_away(self, mine, theirs):
        note = save(mine)
        with pytest.raises(NoteRefusedError, match="save it again"):
            save(theirs, note_id=note.id)
        assert texts(mine) == [WORDS]

    def test_a_text_moved_to_another_row_does_not_open(self, mine, theirs):
        save(mine)
        save(theirs, "their words")
        PrivateNote.objects.filter(enrollment=theirs).update(sealed=PrivateNote.objects.get(enrollment=mine).sealed)
        assert [(note.readable, note.text) for note in notes.notes_of(theirs)] == [(False, "")]

    def test_without_its_key_it_is_shown_as_closed_and_can_be_deleted(self, mine, settings):
        note = save(mine)
        key, settings.PRIVATE_KEYS = settings.PRIVATE_KEYS, ("another key that is long enough to use",)
        (closed,) = notes.notes_of(mine)
        assert (closed.readable, closed.text) == (False, "")
        with pytest.raises(NoteRefusedError, match="can not be opened"):
            notes.change_note(enrollment=mine, note_id=note.id, text="new", at=LATER)
        settings.PRIVATE_KEYS = ("another key that is long enough to use", *key)
        assert texts(mine) == [WORDS]
        settings.PRIVATE_KEYS = ()
        notes.delete_note(enrollment=mine, note_id=note.id)
        assert not PrivateNote.objects.exists()

    def test_without_any_key_nothing_is_stored_in_the_open(self, mine, settings):
        settings.PRIVATE_KEYS = ()
        with pytest.raises(NoteRefusedError, match="tell the operator"):
            save(mine)
        assert not PrivateNote.objects.exists()


@pytest.mark.django_db
class TestDeleting:
    def test_deleted_it_is_gone_and_stays_gone(self, mine):
        note = save(mine)
        save(mine, "another")
        for _ in range(2):
            notes.delete_note(enrollment=mine, note_id=note.id)
        assert texts(mine) == ["another"]

    def test_all_of_them_at_once(self, mine, theirs):
        save(mine)
        save(mine, section="two", passage=PASSAGE)
        save(theirs)
        assert notes.delete_all_notes(enrollment=mine) == 2
        assert texts(mine) == []
        assert texts(theirs) == [WORDS]


@pytest.mark.django_db(transaction=True)
def test_two_tabs_that_send_the_same_note_at_once_keep_one(clinician):
    enrollment, note_id = enrolled(clinician), uuid.uuid4()
    results = race(*(lambda: save(enrollment, note_id=note_id) for _ in range(2)))
    assert {note.id for note in results} == {note_id}
    assert texts(enrollment) == [WORDS]
