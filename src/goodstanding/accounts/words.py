"""
The words by which staff find a person: what her name and her e-mail address are made of, in one spelling.

What staff type is looked up as the beginning of such a word, which an index answers however many people there are. So an
address stands here from each of its parts to its end: ``ann.lee@mail.example.org`` is found by its beginning, and by the
beginnings of ``lee@mail.example.org``, ``mail.example.org``, ``example.org`` and ``org``.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise

__all__ = ["LONGEST", "bounds", "typed_words", "words_of"]

LONGEST = 254
"""Characters of a word; an address has no more."""
_FROM_LETTER = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "\N{RIGHT SINGLE QUOTATION MARK}": "'"}
)
"""Letters that are no letter with a mark, as Unicode has it, and are written without it all the same."""
_PARTS = re.compile(r"(?<=[.@_+'-])(?=[^.@_+'-])")


def fold(text: str) -> str:
    """
    One spelling for all: no capitals, no accents.

    >>> fold("Zoë  GROẞ-Łuczak")
    'zoe gross-luczak'
    """
    apart = unicodedata.normalize("NFKD", " ".join(text.split()).casefold()).casefold()
    # a second time, for some letters come apart into capitals or into marks only once they are small
    plain = "".join(letter for letter in apart if not unicodedata.combining(letter) and letter.isprintable())
    return unicodedata.normalize("NFC", plain.translate(_FROM_LETTER))


def words_of(*, legal_name: str, email: str) -> frozenset[str]:
    """
    The words of one person. A word that another one begins with is left out, for whoever types it finds that one.

    >>> sorted(words_of(legal_name="Mary-Ann O'Neill", email="ma@example.org"))
    ['ann', 'example.org', 'ma@example.org', 'mary-ann', 'neill', "o'neill", 'oneill', 'org']
    """
    words = set()
    for whole in (*fold(legal_name).split(), *fold(email).split()):
        starts = [0, *(found.start() for found in _PARTS.finditer(whole))]
        words |= {whole[start:][:LONGEST] for start in starts}
        if "'" in whole and "@" not in whole:
            words.add(whole.replace("'", ""))
    return frozenset(_beginning_no_other(words))


def typed_words(query: str) -> tuple[str, ...]:
    """
    What was typed, in words. What another one of them begins with is left out, for that one asks for more.

    >>> typed_words("  Lee ann le ")
    ('ann', 'lee')
    """
    return tuple(_beginning_no_other({word[:LONGEST] for word in fold(query).split()}))


def _beginning_no_other(words: set[str]) -> list[str]:
    # in their order, a word stands right before the words that begin with it
    return [word for word, after in pairwise([*sorted(words - {""}), ""]) if not after.startswith(word)]


def bounds(beginning: str) -> tuple[bytes, bytes]:
    """
    Between which bytes, the second excluded, every word lies that begins so.

    Words are stored as UTF-8: bytes have one order in every database, whatever its language, and none of UTF-8 is as high as 0xFF.
    """
    start = beginning.encode()
    return start, start + b"\xff"
