"""What every page of the player shares: who may be there, the outline beside the text, and where a step has its address."""

from __future__ import annotations

import functools
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString

from goodstanding.kept import Kept, Same
from goodstanding.learning import seat_time, selectors, services
from goodstanding.learning.errors import (
    AttemptNotFoundError,
    EnrollmentNotFoundError,
    StepLockedError,
    StepNotFoundError,
)
from goodstanding.web.learner.person import holder_of
from goodstanding.web.learner.reading import Reading, reading_of
from goodstanding.web.learner.text_places import place_fragment

if TYPE_CHECKING:
    from goodstanding.core.courseware import Course, Duty, Reference, Standard, Term
    from goodstanding.learning.models import Enrollment
    from goodstanding.learning.path import LearningPath, PathStep, StepKind

__all__ = ["DutyInPlay", "Here", "address_of", "beside", "code_letters", "enter", "in_course", "resume_address"]

_ADDRESSES = {
    "pretest": "learn-pretest",
    "post_test": "learn-post-test",
    "evaluation": "learn-evaluation",
    "attestation": "learn-attestation",
}


_outlines: Kept[Hashable, SafeString] = Kept(most=500)


def code_letters(reference: Reference) -> str:
    """The letters by which people in the field call a code: those before the year in its id."""
    return reference.id.partition("_")[0].upper()


def address_of(slug: str, step: PathStep | None) -> str:
    """Where `step` is; without one, the page that says that the course is completed."""
    if step is None:
        return _address("learn-done", slug)
    if step.kind == "section":
        return _address("learn-section", slug, step.id)
    if step.kind == "scenario":
        return _address("learn-scenario", slug, step.id)
    return _address(_ADDRESSES[step.kind], slug)


@functools.lru_cache(maxsize=2000)
def _address(name: str, *parts: str) -> str:
    """Kept, because every page of the player names every step of its course."""
    return reverse(name, args=parts)


def resume_address(slug: str, enrollment: Enrollment) -> str:
    """Where the learner goes on: the step she was at, and in a section the place to which she had read, on whatever device."""
    step = selectors.place_of(enrollment, selectors.path_of(enrollment))
    address = address_of(slug, step)
    if step is None or step.kind != "section" or step.again:
        return address
    return address + place_fragment(seat_time.mark_of(enrollment, step))


def in_course(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """
    Wrap a view of the player: for people who are signed in, and with the player's refusals put kindly.

    Who has not started the course is led to its page; who is ahead of the path is led to where she stands and told why.
    """

    @functools.wraps(view)
    def wrapper(request: HttpRequest, slug: str, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, slug, *args, **kwargs)
        except EnrollmentNotFoundError:
            messages.info(request, "You have not started this course yet. You can start it here.")
            return redirect("course-page", slug=slug)
        except StepLockedError as locked:
            where = f"“{locked.current.title}”" if locked.current else "the end"
            messages.info(request, f"{locked} You are at {where}.")
            return redirect(address_of(slug, locked.current))
        except (StepNotFoundError, AttemptNotFoundError) as missing:
            raise Http404 from missing

    return login_required(wrapper)


@dataclass(frozen=True)
class TocEntry:
    """A line of the outline."""

    title: str
    address: str
    minutes: int | None
    icon: str
    word: str
    css_class: str
    here: bool


@dataclass(frozen=True)
class DutyInPlay:
    """A duty, and per code the places where it is written: a number says nothing without its code and year."""

    duty: Duty
    places: tuple[tuple[Reference, tuple[Standard, ...]], ...]

    @property
    def first(self) -> str:
        """Where the first of its codes writes it, in short: "ACA 2014, A.10.e"; empty if none does."""
        if not self.places:
            return ""
        reference, standards = self.places[0]
        numbers = ", ".join(
            f"{each.number} (unverified)" if each.verification == "unverified" else each.number for each in standards
        )
        return f"{code_letters(reference)} {reference.year}, {numbers}"


@dataclass(frozen=True)
class Here:
    """Where the learner is: the enrollment, the course she takes, the path, and the step that this page shows."""

    slug: str
    enrollment: Enrollment
    course: Course
    path: LearningPath
    step: PathStep
    reading: Reading = field(default_factory=Reading)
    token: str = ""
    """What the page reports its reader's time with; empty on a page that is no step of the course."""
    on_step: bool = True
    """Whether the page is the step itself, or one beside the path: notes, time, print."""

    @property
    def beat_seconds(self) -> int:
        return seat_time.BEAT_SECONDS

    @property
    def idle_seconds(self) -> int:
        return seat_time.IDLE_SECONDS

    @property
    def minutes_left(self) -> int:
        """Estimated minutes of the sections and scenarios that are not done."""
        return self.path.minutes - self.path.minutes_done

    @property
    def back(self) -> str:
        """From a page beside the path, where to go on."""
        return address_of(self.slug, self.step)

    @property
    def before(self) -> TocEntry | None:
        """The step before this one, if there is one."""
        at = self.path.steps.index(self.step)
        return self._entry(self.path.steps[at - 1]) if at else None

    @property
    def after(self) -> TocEntry | None:
        """The step after this one if it is open, so that a link may lead there."""
        step = self.path.after(self.step)
        return self._entry(step) if step is not None and step.is_open else None

    @property
    def position(self) -> int:
        return self.path.steps.index(self.step) + 1

    @property
    def stands(self) -> Hashable:
        """Which course this is and how far the learner is in it, the same for everyone who is equally far; nothing of her own."""
        version = self.enrollment.version.content_hash
        return (self.slug, version, Same(self.path), self.step.kind, self.step.id, self.on_step)

    @property
    def outline(self) -> SafeString:
        """The list of steps and what stands around it, which depend on nothing but that."""
        return _outlines.get(self.stands, lambda: render_to_string("learner/learn_outline.html", {"here": self}))

    @property
    def toc(self) -> tuple[TocEntry, ...]:
        return tuple(self._entry(step) for step in self.path.steps)

    @property
    def following(self) -> str:
        """The address of the step after this one."""
        return address_of(self.slug, self.path.after(self.step))

    def duties(self, duty_ids: Iterable[str]) -> tuple[DutyInPlay, ...]:
        """The duties with these ids, each once, with the places in the codes that write them."""
        return tuple(self._duty(self.course.duty(duty_id)) for duty_id in dict.fromkeys(duty_ids))

    def terms(self, term_ids: Iterable[str]) -> tuple[Term, ...]:
        """The entries of the course's glossary with these ids, each once."""
        return tuple(self.course.term(term_id) for term_id in dict.fromkeys(term_ids))

    def _duty(self, duty: Duty) -> DutyInPlay:
        codes = dict.fromkeys(standard.code for standard in duty.standards)
        places = tuple(
            (self.course.reference(code), tuple(standard for standard in duty.standards if standard.code == code))
            for code in codes
        )
        return DutyInPlay(duty, places)

    def _entry(self, step: PathStep) -> TocEntry:
        if step.again:
            icon, word = "current", "To read again"
        elif step.state == "done":
            icon, word = "done", "Done"
        elif step.state == "current":
            icon, word = "todo", "To do"
        else:
            icon, word = "locked", "Not open yet"
        return TocEntry(
            title=step.title,
            address=address_of(self.slug, step) if step.is_open else "",
            minutes=step.minutes,
            icon=icon,
            word=word,
            css_class="done" if step.state == "done" and not step.again else "current" if step == self.step else "",
            here=self.on_step and step == self.step,
        )


def enter(request: HttpRequest, slug: str, kind: StepKind, step_id: str = "") -> Here:
    """Go to a step of a course that the reader has started; refusals are those that :func:`in_course` puts into words."""
    enrollment = selectors.access_enrollment(holder_of(request), slug)
    now = timezone.now()
    path = services.open_step(enrollment=enrollment, kind=kind, step_id=step_id, at=now)
    step = path.find(kind, step_id)
    assert step is not None  # open_step has found it
    token = seat_time.sitting_token(enrollment, step, at=now)
    return Here(slug, enrollment, selectors.content_of(enrollment), path, step, reading_of(request), token)


def beside(request: HttpRequest, slug: str) -> Here:
    """A page beside the path of a course that the reader has started; the place to resume at stays as it is."""
    enrollment = selectors.access_enrollment(holder_of(request), slug)
    path = selectors.path_of(enrollment)
    step = selectors.place_of(enrollment, path) or path.steps[-1]
    return Here(slug, enrollment, selectors.content_of(enrollment), path, step, reading_of(request), on_step=False)
