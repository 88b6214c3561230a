"""The player's private notes and highlights: beside each section, on a page of their own, as a file, and gone at a word."""

from __future__ import annotations

import datetime as dt
import uuid
from itertools import groupby
from typing import TYPE_CHECKING

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from goodstanding.learning import notes
from goodstanding.learning.notes import LONGEST_NOTE, Note, NoteNotFoundError, NoteRefusedError, Passage
from goodstanding.web.forms import LookForm
from goodstanding.web.learner.player import beside, in_course
from goodstanding.web.parts import Part

if TYPE_CHECKING:
    from collections.abc import Iterator

    from goodstanding.web.learner.player import Here

__all__ = ["note_box", "urlpatterns"]

NO_CLIENTS = "Write no details of clients: no names, no dates, nothing that could identify someone."


class NoteForm(LookForm):
    """A note, or a highlight if the script says where. The id is made with the form, so that a form sent twice is one note."""

    note_id = forms.UUIDField(widget=forms.HiddenInput)
    text = forms.CharField(
        label="Note",
        required=False,
        max_length=LONGEST_NOTE,
        help_text=NO_CLIENTS,
        widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "off"}),
        error_messages={"max_length": f"There is room for {LONGEST_NOTE} characters. Split the note in two."},
    )
    quote = forms.CharField(required=False, widget=forms.HiddenInput, strip=False)
    start = forms.IntegerField(required=False, widget=forms.HiddenInput)
    end = forms.IntegerField(required=False, widget=forms.HiddenInput)

    @property
    def passage(self) -> Passage | None:
        """The marked passage, if there is one."""
        sent = self.cleaned_data
        if not sent["quote"]:
            return None
        # a missing figure is no place; the service says so
        return Passage(sent["quote"], -1 if sent["start"] is None else sent["start"], sent["end"] or 0)


class ChangeNoteForm(LookForm):
    text = forms.CharField(
        label="Note",
        required=False,
        max_length=LONGEST_NOTE,
        help_text=NO_CLIENTS,
        widget=forms.Textarea(attrs={"rows": 8, "autocomplete": "off"}),
        error_messages={
            "max_length": f"There is room for {LONGEST_NOTE} characters. Split the note in two.",
            "required": "A note needs some words. To be rid of it, delete it.",
        },
    )


_box = Part("learner/learn_note_box.html", most=200, places=("note_id",))


def note_box(request: HttpRequest, slug: str, section_id: str, *, more: bool) -> SafeString:
    """The form for a note beside a section; each answer names the note anew. `more`: there are others already."""
    return _box.render(
        request,
        key=(slug, section_id, more),
        context=lambda: {"form": NoteForm(), "slug": slug, "section": section_id, "more": more},
        note_id=uuid.uuid4(),
    )


@require_POST
@in_course
def save_note(request: HttpRequest, slug: str, section_id: str) -> HttpResponse:
    """Keep a note. The page's script is answered in JSON, a form with the page it came from."""
    by_script = request.headers.get("Accept") == "application/json"
    here = beside(request, slug)
    form = NoteForm(request.POST)
    problem = ""
    note = None
    if form.is_valid():
        try:
            note = notes.save_note(
                enrollment=here.enrollment,
                section_id=section_id,
                note_id=form.cleaned_data["note_id"],
                text=form.cleaned_data["text"],
                passage=form.passage,
                at=timezone.now(),
            )
        except NoteRefusedError as refused:
            problem = str(refused)
            form.add_error("text", problem)
    else:
        problem = " ".join(str(error) for errors in form.errors.values() for error in errors)
    if by_script:
        if note is None:
            return JsonResponse({"problem": problem}, status=400)
        return JsonResponse({"id": str(note.id), "change": _at("learn-note", slug, note), "fresh": str(uuid.uuid4())})
    if note is None:
        # A page of its own, not the section: what was typed must be there, and the reason beside it.
        form.fields["text"].required = not form.data.get("quote")
        context = {"here": here, "form": form, "section_id": section_id, "section": _section(here, section_id)}
        return render(request, "learner/learn_note_new.html", context, status=400)
    messages.success(request, "Your note is kept. Only you can read it.")
    return redirect(f"{reverse('learn-section', args=[slug, section_id])}#notes")


@require_safe
@in_course
def all_notes(request: HttpRequest, slug: str) -> HttpResponse:
    """Every note and highlight of the course, by section."""
    here = beside(request, slug)
    return render(request, "learner/learn_notes.html", {"here": here, "parts": list(_by_section(here))})


@require_safe
@in_course
def notes_file(request: HttpRequest, slug: str) -> HttpResponse:
    """The same as a text file, to keep."""
    here = beside(request, slug)
    lines = [here.course.title, f"Private notes, {_day(timezone.now())}", ""]
    for title, _, each in _by_section(here):
        lines += [title, "-" * len(title), ""]
        for note in each:
            lines.append(f"{_day(note.created_at)}")
            if not note.readable:
                lines.append("(This note can not be opened here.)")
            if note.passage:
                lines.append(f"> {' '.join(note.passage.quote.split())}")
            lines += [note.text, ""] if note.text else [""]
    return HttpResponse(
        "\n".join(lines),
        content_type="text/plain; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="notes-{slug}.txt"', "Cache-Control": "private, no-store"},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@in_course
def change_note(request: HttpRequest, slug: str, note_id: uuid.UUID) -> HttpResponse:
    here = beside(request, slug)
    note = _access(here, note_id)
    form = ChangeNoteForm(request.POST if request.method == "POST" else None, initial={"text": note.text})
    form.fields["text"].required = note.passage is None
    if request.method == "POST" and form.is_valid():
        try:
            notes.change_note(enrollment=here.enrollment, note_id=note_id, text=form.cleaned_data["text"], at=timezone.now())
        except NoteRefusedError as refused:
            form.add_error("text", str(refused))
        else:
            messages.success(request, "Your note is changed.")
            return redirect(_place(slug, note))
    context = {"here": here, "note": note, "form": form, "back": _place(slug, note), "section": _section(here, note.section)}
    return render(request, "learner/learn_note.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@in_course
def delete_note(request: HttpRequest, slug: str, note_id: uuid.UUID) -> HttpResponse:
    """Asks once, then deletes for good."""
    here = beside(request, slug)
    try:
        note = notes.access_note(here.enrollment, note_id)
    except NoteNotFoundError:
        if request.method != "POST":
            raise Http404 from None
        return redirect("learn-notes", slug=slug)  # deleted before: pressed twice, or in another window
    if request.method == "POST":
        notes.delete_note(enrollment=here.enrollment, note_id=note_id)
        messages.success(request, "Deleted." if note.text or not note.passage else "The highlight is gone.")
        return redirect(_place(slug, note))
    context = {"here": here, "note": note, "back": _place(slug, note)}
    return render(request, "learner/learn_note_delete.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@in_course
def delete_notes(request: HttpRequest, slug: str) -> HttpResponse:
    """Asks once, then deletes every note of the course."""
    here = beside(request, slug)
    if request.method == "POST":
        count = notes.delete_all_notes(enrollment=here.enrollment)
        messages.success(
            request, f"{count} note{'' if count == 1 else 's'} deleted." if count else "There was nothing to delete."
        )
        return redirect("learn-notes", slug=slug)
    return render(request, "learner/learn_notes_delete.html", {"here": here, "parts": list(_by_section(here))})


def _access(here: Here, note_id: uuid.UUID) -> Note:
    try:
        return notes.access_note(here.enrollment, note_id)
    except NoteNotFoundError as missing:
        raise Http404 from missing


def _by_section(here: Here) -> Iterator[tuple[str, str, list[Note]]]:
    """Title, address and notes of each section that has some, in the order of the course."""
    for section_id, each in groupby(notes.notes_of(here.enrollment), key=lambda note: note.section):
        yield _section(here, section_id), reverse("learn-section", args=[here.slug, section_id]), list(each)


def _section(here: Here, section_id: str) -> str:
    """The title of a section."""
    step = here.path.find("section", section_id)
    if step is None:
        raise Http404
    return step.title


def _place(slug: str, note: Note) -> str:
    return f"{reverse('learn-section', args=[slug, note.section])}#notes"


def _at(name: str, slug: str, note: Note) -> str:
    return reverse(name, args=[slug, note.id])


def _day(at: dt.datetime) -> str:
    return date_format(timezone.localtime(at), "j F Y")


urlpatterns: list[URLPattern] = [
    path("learn/<slug:slug>/section/<slug:section_id>/notes/", save_note, name="learn-section-notes"),
    path("learn/<slug:slug>/notes/", all_notes, name="learn-notes"),
    path("learn/<slug:slug>/notes/file/", notes_file, name="learn-notes-file"),
    path("learn/<slug:slug>/notes/delete/", delete_notes, name="learn-notes-delete"),
    path("learn/<slug:slug>/notes/<uuid:note_id>/", change_note, name="learn-note"),
    path("learn/<slug:slug>/notes/<uuid:note_id>/delete/", delete_note, name="learn-note-delete"),
]
