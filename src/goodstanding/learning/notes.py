"""
Private notes and highlights: written beside a section, read by nobody but their owner.

Every function takes an enrollment that was reached by ``selectors.access_enrollment``, so it belongs to whoever asks. What is
written is sealed before it is stored and leaves no trace in the audit log; what is deleted is gone.
"""

from __future__ import annotations

import datetime as dt
import json
import unicodedata
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import CharField, UUIDField

from goodstanding.learning.models import Enrollment, NoteKind, PrivateNote
from goodstanding.learning.selectors import content_of
from goodstanding.prepared import Given, Prepared
from goodstanding.private_text import PrivateTextError, seal, unseal

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "LONGEST_NOTE",
    "LONGEST_QUOTE",
    "MOST_NOTES",
    "NOTE",
    "Note",
    "NoteNotFoundError",
    "NoteRefusedError",
    "Passage",
    "access_note",
    "change_note",
    "delete_all_notes",
    "delete_note",
    "notes_of",
    "owner_of",
    "save_note",
]

LONGEST_NOTE = 4000
LONGEST_QUOTE = 1000
LONGEST_TEXT = 500_000
MOST_NOTES = 300
"""Notes and highlights in one course: far more than a reader makes, and few enough to show on one page."""

NOTE = "learning note"
"""The purpose under which notes are sealed."""


class NoteNotFoundError(Exception):
    """The learner has no such note in this course."""


class NoteRefusedError(Exception):
    """The note can not be kept like this; the message says to the learner why, and what to do."""


@dataclass(frozen=True)
class Passage:
    """A marked place: its words, and where they stand in the text of the section, counted in characters."""

    quote: str
    start: int
    end: int


@dataclass(frozen=True)
class Note:
    """A note or highlight as its owner sees it. ``readable`` is false where no key of this installation opens it."""

    id: uuid.UUID
    section: str
    created_at: dt.datetime
    changed_at: dt.datetime
    text: str = ""
    passage: Passage | None = None
    readable: bool = True


def notes_of(enrollment: Enrollment, section_id: str | None = None) -> tuple[Note, ...]:
    """The notes of one section, or of the whole course: highlights in the order of the text, then notes as they were written."""
    if section_id is None:
        rows = list(PrivateNote.objects.filter(enrollment=enrollment))
    else:
        rows = _IN_SECTION.ask(enrollment=enrollment.pk, section=section_id).objects()
    notes = [_opened(enrollment, row) for row in rows]
    order = {section.id: place for place, section in enumerate(content_of(enrollment).sections)}
    # Sorting is stable, so notes keep the order in which they were written.
    notes.sort(key=lambda note: (order.get(note.section, len(order)), note.passage.start if note.passage else LONGEST_TEXT))
    return tuple(notes)


_IN_SECTION = Prepared(
    lambda: PrivateNote.objects.filter(enrollment=Given("enrollment", UUIDField()), section=Given("section", CharField()))
)


def access_note(enrollment: Enrollment, note_id: uuid.UUID) -> Note:
    """One note of this enrollment; NoteNotFoundError for everyone else's, as for one that does not exist."""
    return _opened(enrollment, _row(enrollment, note_id))


@transaction.atomic
def save_note(
    *,
    enrollment: Enrollment,
    section_id: str,
    note_id: uuid.UUID,
    text: str = "",
    passage: Passage | None = None,
    at: dt.datetime,
) -> Note:
    """
    Keep a note, or a highlight if there is a `passage`, with or without words of one's own.

    `note_id` was made by the page: sent again, the note that stands is the answer. Raises NoteRefusedError.
    """
    if not any(section.id == section_id for section in content_of(enrollment).sections):
        raise NoteRefusedError("This course has no such section.")
    text = _clean(text)
    passage = _checked(passage) if passage else None
    if not text and passage is None:
        raise NoteRefusedError("Write something first; an empty note is not kept.")
    # Two tabs are served one after the other, so that neither gets past the bound nor makes a second row.
    Enrollment.objects.select_for_update().get(pk=enrollment.pk)
    mine = PrivateNote.objects.filter(enrollment=enrollment)
    standing = mine.filter(pk=note_id).first()
    if standing is not None:
        return _opened(enrollment, standing)
    if mine.count() >= MOST_NOTES:
        raise NoteRefusedError(f"You have {MOST_NOTES} notes in this course, and there is room for no more. Delete some first.")
    if PrivateNote.objects.filter(pk=note_id).exists():
        # someone else's: an id is no secret, and says nothing here
        raise NoteRefusedError("The note could not be kept. Reload the page and save it again.")
    row = PrivateNote(
        id=note_id,
        enrollment=enrollment,
        section=section_id,
        kind=NoteKind.HIGHLIGHT if passage else NoteKind.NOTE,
        created_at=at,
        changed_at=at,
    )
    row.sealed = _sealed(enrollment, row, text, passage)
    row.save(force_insert=True)
    return _opened(enrollment, row)


@transaction.atomic
def change_note(*, enrollment: Enrollment, note_id: uuid.UUID, text: str, at: dt.datetime) -> Note:
    """Write other words in a note; the marked passage of a highlight stays. Raises NoteNotFoundError or NoteRefusedError."""
    Enrollment.objects.select_for_update().get(pk=enrollment.pk)
    row = _row(enrollment, note_id)
    note = _opened(enrollment, row)
    if not note.readable:
        raise NoteRefusedError("This note can not be opened, so it can not be changed either. You can delete it.")
    text = _clean(text)
    if not text and note.passage is None:
        raise NoteRefusedError("A note needs some words. To be rid of it, delete it.")
    row.sealed = _sealed(enrollment, row, text, note.passage)
    row.changed_at = at
    row.save(update_fields=["sealed", "changed_at"])
    return _opened(enrollment, row)


def delete_note(*, enrollment: Enrollment, note_id: uuid.UUID) -> None:
    """Delete a note for good; one that is gone already stays gone. Nobody else's note is touched."""
    PrivateNote.objects.filter(pk=note_id, enrollment=enrollment).delete()


def delete_all_notes(*, enrollment: Enrollment) -> int:
    """Delete every note and highlight of this course for good; how many there were."""
    count, _ = PrivateNote.objects.filter(enrollment=enrollment).delete()
    return count


def _row(enrollment: Enrollment, note_id: uuid.UUID) -> PrivateNote:
    row = PrivateNote.objects.filter(pk=note_id, enrollment=enrollment).first()
    if row is None:
        raise NoteNotFoundError(str(note_id))
    return row


def _clean(text: str) -> str:
    """What was typed, with plain line ends and nothing that does not show."""
    text = "".join(_visible(text.replace("\r\n", "\n").replace("\r", "\n"))).strip()
    if len(text) > LONGEST_NOTE:
        raise NoteRefusedError(f"The note is {len(text)} characters long; there is room for {LONGEST_NOTE}. Split it in two.")
    return text


def _visible(text: str) -> Iterable[str]:
    return (character for character in text if character in "\n\t" or unicodedata.category(character) not in ("Cc", "Cs"))


def _checked(passage: Passage) -> Passage:
    quote = "".join(_visible(passage.quote)).strip()
    if not quote:
        raise NoteRefusedError("Select some words of the text first.")
    if len(quote) > LONGEST_QUOTE:
        raise NoteRefusedError(f"A highlight holds up to {LONGEST_QUOTE} characters. Select a shorter passage.")
    if not 0 <= passage.start < passage.end <= LONGEST_TEXT:
        raise NoteRefusedError("The selected place was not understood. Reload the page and select it again.")
    return Passage(quote, passage.start, passage.end)


def _sealed(enrollment: Enrollment, row: PrivateNote, text: str, passage: Passage | None) -> str:
    inside: dict[str, object] = {"text": text}
    if passage is not None:
        inside |= {"quote": passage.quote, "start": passage.start, "end": passage.end}
    try:
        return seal(json.dumps(inside, ensure_ascii=False), purpose=NOTE, owner=owner_of(row, enrollment))
    except PrivateTextError:
        raise NoteRefusedError(
            "Private notes can not be kept right now, because this installation has no key for them. Please tell the operator."
        ) from None


def _opened(enrollment: Enrollment, row: PrivateNote) -> Note:
    note = Note(row.pk, row.section, row.created_at, row.changed_at, readable=False)
    try:
        inside = json.loads(unseal(row.sealed, purpose=NOTE, owner=owner_of(row, enrollment)))
    except PrivateTextError:
        return note
    passage = Passage(inside["quote"], inside["start"], inside["end"]) if "quote" in inside else None
    return Note(row.pk, row.section, row.created_at, row.changed_at, inside["text"], passage)


def owner_of(row: PrivateNote, enrollment: Enrollment) -> str:
    """Whose a note is sealed as: the holder's and the row's, so that moved to another note, a text does not open."""
    return f"{enrollment.holder_id}:{row.pk}"
