"""
How hard a text is to read, by the Flesch-Kincaid formula: ``0.39 * words per sentence + 11.8 * syllables per word - 15.59``.

Syllables are counted by rule, since no dictionary is at hand; over a paragraph the errors even out. The formula says nothing
about how hard the thought is, and counts every long professional word as difficult. It finds tangled sentences, no more.
"""

from __future__ import annotations

import re

PROFESSIONAL_WORDS = frozenset(
    [
        "accountability",
        "adolescent",
        "assessment",
        "autonomy",
        "beneficence",
        "biopsychosocial",
        "boundaries",
        "boundary",
        "clinician",
        "clinicians",
        "collaboration",
        "competence",
        "competencies",
        "confidential",
        "confidentiality",
        "consultant",
        "consultation",
        "consultations",
        "consulting",
        "counseling",
        "counselor",
        "counselors",
        "countertransference",
        "diagnosis",
        "disciplinary",
        "disclosure",
        "documentation",
        "ethical",
        "ethically",
        "exploitation",
        "exploitative",
        "fiduciary",
        "intervention",
        "jurisdiction",
        "licensure",
        "maleficence",
        "nonmaleficence",
        "objectivity",
        "practitioner",
        "practitioners",
        "privileged",
        "professional",
        "professionally",
        "professionals",
        "psychologist",
        "psychologists",
        "psychotherapist",
        "psychotherapists",
        "psychotherapy",
        "regulations",
        "relationship",
        "relationships",
        "responsibility",
        "supervisee",
        "supervisees",
        "supervision",
        "supervisor",
        "supervisors",
        "supervisory",
        "telehealth",
        "termination",
        "therapeutic",
        "therapist",
        "therapists",
        "transference",
        "vulnerability",
    ]
)
"""Words that every reader here uses daily, however long they are."""

_ORDINARY = 2
"""Syllables that a word of the profession counts for, where it is let pass."""

_SENTENCE_END = re.compile(r"(?<=[.!?])[”’\")*]*\s+|\n+")
_WORD = re.compile(r"[A-Za-zÀ-ÿ]+(?:['’][A-Za-z]+)*")
_VOWELS = re.compile(r"[aeiouy]+")
_SILENT_END = re.compile(r"(?:[^laeiouy]e|[^td]ed|[^sxz]es)\Z")


def split_sentences(text: str) -> list[str]:
    """The sentences of `text`; the end of a line ends one too, as in headings and tables."""
    return [part.strip() for part in _SENTENCE_END.split(text) if _WORD.search(part)]


def syllables(word: str) -> int:
    """The syllables of an English word, roughly; at least 1."""
    word = word.lower()
    count = len(_VOWELS.findall(word))
    if count > 1 and _SILENT_END.search(word):
        count -= 1
    return max(1, count)


def grade_level(text: str, *, ordinary: frozenset[str] = frozenset()) -> float:
    """
    The Flesch-Kincaid grade of `text`; 0 for a text without words.

    Words in `ordinary` (such as :data:`PROFESSIONAL_WORDS`) count as if they were short. Both values together say whether a
    text is hard because of its sentences, or only because of its field.
    """
    sentences = split_sentences(text)
    words = [word for sentence in sentences for word in _WORD.findall(sentence)]
    if not words:
        return 0.0
    total = sum(min(syllables(word), _ORDINARY) if word.lower() in ordinary else syllables(word) for word in words)
    return 0.39 * len(words) / len(sentences) + 11.8 * total / len(words) - 15.59
