"""
Passwords that someone who knows this site, or the person, would try first.

The list of words that say nothing here, :data:`WORDS`, is that of ASVS 6.1.2: the product, what it is about, the professions, and
what people write for a password in general. To these come the person's own: her name and the parts of her address. A password
may hold such words; it is refused if too little is left without them.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable

from django.core.exceptions import ObjectDoesNotExist, ValidationError

from goodstanding.accounts.models import User
from goodstanding.accounts.words import fold

__all__ = ["WORDS", "ContextValidator"]

WORDS = frozenset(
    {
        *(
            "goodstanding",
            "good",
            "standing",
            "continuing",
            "education",
            "ethics",
            "ethical",
            "ethic",
            "courses",
            "course",
            "credits",
        ),
        *(
            "credit",
            "certificate",
            "license",
            "licence",
            "licensed",
            "renewal",
            "board",
            "practice",
            "sponsor",
            "clinician",
            "staff",
        ),
        *(
            "counselor",
            "counsellor",
            "counseling",
            "counselling",
            "psychologist",
            "psychology",
            "therapist",
            "therapy",
            "social",
            "worker",
        ),
        *(
            "mft",
            "lmft",
            "lcsw",
            "lpcc",
            "lpc",
            "support",
            "administrator",
            "admin",
            "password",
            "passwort",
            "passphrase",
            "secret",
        ),
        *("welcome", "login", "signin", "letmein", "changeme", "qwerty", "qwertz", "azerty", "abc", "demo", "test"),
        *("winter", "spring", "summer", "autumn", "fall"),
    }
)
_LEAST_LEFT = 6
"""Different characters that must be left beside such words; with fewer, trying all that can stand there takes no time."""
_LEAST_PART = 3
"""Shorter parts of a name or an address are in too many words."""
_WRITTEN_FOR = str.maketrans("013457@$!|", "oieastasil")


class ContextValidator:
    """Refuses what is made of words of the site or of the person, and what one key or one run of keys makes."""

    def validate(self, password: str, user: User | None = None) -> None:
        if len(set(password)) < 4 or _is_run(password):  # noqa: PLR2004 - three different keys, in whatever order
            raise ValidationError("This is one key, or one row of keys, over and over. Choose another.", code="password_repeats")
        words = WORDS | set(_of_person(user))
        for read in (fold(password), fold(password).translate(_WRITTEN_FOR)):
            left = _without(read, words)
            if left != read and len(set(left) - {" "}) < _LEAST_LEFT:
                raise ValidationError(
                    "This is made of words that someone who knows you or this site would try. Choose others.",
                    code="password_of_context",
                )

    def get_help_text(self) -> str:
        return "Your password can not be made of words of this site, of your name or of your address alone."


def _is_run(password: str) -> bool:
    """
    Whether every character is the next, or the one before, in the order of characters; after 9 comes 0.

    >>> _is_run("1234567890"), _is_run("zyxwvutsrq"), _is_run("1357913579")
    (True, True, False)
    """
    steps = {
        (ord(after) - ord(before)) % 10 if after.isdigit() and before.isdigit() else ord(after) - ord(before)
        for before, after in itertools.pairwise(password)
    }
    return steps <= {1} or steps in ({-1}, {9})


def _of_person(user: User | None) -> Iterable[str]:
    if user is None:
        return
    try:
        name = user.profile.legal_name
    except ObjectDoesNotExist:
        name = ""
    for part in re.split(r"[\W_]+", fold(f"{name} {user.email}")):
        if len(part) >= _LEAST_PART:
            yield part


def _without(read: str, words: Iterable[str]) -> str:
    """What is left when the words are taken out, the longest first."""
    longest_first = sorted(words, key=len, reverse=True)
    return re.sub("|".join(map(re.escape, longest_first)), "", read)
