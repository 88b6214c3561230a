"""What a page of the player names: duties, words, works. They stand on the page itself, so that a link to one leads there."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from goodstanding.catalog.standards import standards_book
from goodstanding.core.courseware.markdown import INTERNAL_LINK, markdown_links, typed_blocks
from goodstanding.web.learner.player import code_letters

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from goodstanding.core.courseware import Course, ItemReview, Reference, Standard, Term
    from goodstanding.learning.selectors import Question
    from goodstanding.web.learner.player import DutyInPlay, Here

__all__ = ["Cited", "cited_in", "link_codes", "texts_of_question", "texts_of_review"]


@dataclass(frozen=True)
class Cited:
    """Everything that the links of a page lead to, each once."""

    duties: tuple[DutyInPlay, ...] = ()
    terms: tuple[Term, ...] = ()
    references: tuple[Reference, ...] = ()

    def in_play(self, duty_ids: Iterable[str]) -> tuple[DutyInPlay, ...]:
        """Those of its duties that have these ids, in the order of the ids."""
        known = {each.duty.id: each for each in self.duties}
        return tuple(known[duty_id] for duty_id in dict.fromkeys(duty_ids))

    def __bool__(self) -> bool:
        return bool(self.duties or self.terms or self.references)


def cited_in(here: Here, texts: Iterable[str], *, duties: Iterable[str] = (), professions: Collection[str] = ()) -> Cited:
    """
    What `texts` link to and their law and duty blocks are about, besides `duties`; and what words and duties rest on themselves.

    The places in the codes of `professions` stand before those in others, and leading codes before the rest.
    """
    links: list[tuple[str, str]] = []
    for text in texts:
        if "[" not in text and ":::" not in text:
            continue  # most texts name nothing, and reading one as Markdown takes its time
        blocks, _ = typed_blocks(text)
        matches = (INTERNAL_LINK.match(address) for _, address in markdown_links(text))
        links += [(match[1], match[2]) for match in matches if match]
        links += [("reference" if block.kind == "law" else "duty", block.target) for block in blocks if block.target]
    in_play = here.duties((*duties, *(name for kind, name in links if kind == "duty")))
    terms = here.terms(name for kind, name in links if kind == "term")
    references = {name for kind, name in links if kind == "reference"}
    references |= {name for term in terms for name in term.references}
    references |= {standard.code for each in in_play for standard in each.duty.standards}
    return Cited(
        duties=tuple(_own_first(each, professions) for each in in_play),
        terms=terms,
        references=tuple(each for each in here.course.references if each.id in references),
    )


def link_codes(text: str, course: Course) -> str:
    """
    `text`, which says where something is written ("APA 3.05; NASW 1.06(c)"), with each code linked to its reference.

    Letters that two editions in the course share stay plain: the text
    itself must then say which is meant.
    """
    codes: dict[str, list[str]] = {}
    for reference in course.references:
        if reference.kind == "code":
            codes.setdefault(code_letters(reference), []).append(reference.id)
    known = {letters: ids[0] for letters, ids in codes.items() if len(ids) == 1}
    if not known or "](" in text:
        return text
    return re.sub(rf"\b({'|'.join(map(re.escape, known))})\b", lambda each: f"[{each[1]}](reference:{known[each[1]]})", text)


def texts_of_question(question: Question) -> tuple[str, ...]:
    """The author's texts of a question as it is asked."""
    return (question.stem, *(text for _, text in question.options))


def texts_of_review(review: ItemReview) -> tuple[str, ...]:
    """The author's texts of a question with its reasons."""
    return (review.item.stem, *(text for option in review.options for text in (option.text, option.rationale)))


def _own_first(duty: DutyInPlay, professions: Collection[str]) -> DutyInPlay:
    own, codes = set(professions), standards_book().codes

    def rank(place: tuple[Reference, tuple[Standard, ...]]) -> tuple[bool, bool]:
        code = codes.get(place[0].id)
        return (code is None or own.isdisjoint(code.professions), code is None or not code.leading)

    return replace(duty, places=tuple(sorted(duty.places, key=rank)))
