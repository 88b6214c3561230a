"""
Finding people by the beginnings of words of their names and addresses, as quickly among many as among few.

Nothing here reads more than a bounded number of entries of an index, however common the words are that were typed.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, overload

from goodstanding.accounts.models import PersonWord, User
from goodstanding.accounts.words import bounds, typed_words, words_of

if TYPE_CHECKING:
    from django.db.models import QuerySet

__all__ = ["MOST_FOUND", "Found", "find_people", "people_with_wrong_words"]

MOST_FOUND = 250
_LIST = 300
"""So many entries are read of each word at first; a person may have several that begin alike."""
_MOST_READ = 12_000
_PEOPLE = 500


class Found(Sequence[User]):
    """The people found, by address, at most :data:`MOST_FOUND`; and whether there may be `more`, whom other words would find."""

    def __init__(self, people: Iterable[uuid.UUID], *, more: bool) -> None:
        different = list(dict.fromkeys(people))
        addresses = User.objects.filter(pk__in=different[:MOST_FOUND]).values_list("email", "pk")
        # Sorted here: a database that is to sort them may go along everyone's address instead.
        self._people = [pk for _, pk in sorted(addresses)]
        self.more = more or len(different) > MOST_FOUND

    def __len__(self) -> int:
        return len(self._people)

    @overload
    def __getitem__(self, part: int) -> User: ...

    @overload
    def __getitem__(self, part: slice) -> list[User]: ...

    def __getitem__(self, part: int | slice) -> User | list[User]:
        """Those of this part, read now, with their profiles."""
        if isinstance(part, int):
            return User.objects.select_related("profile").get(pk=self._people[part])
        found = User.objects.select_related("profile").in_bulk(self._people[part])
        return [found[pk] for pk in self._people[part] if pk in found]  # who left in between is gone


def find_people(query: str) -> Found:
    """
    The people of whom every word in `query` begins a word; nobody if no word is typed.

    Of more than :data:`MOST_FOUND` those are given whose words come first, so that the same question has the same answer. If all
    that was typed is so common that going through it would take long, some of the people may be left out; ``more`` says so.
    """
    lists = {word: list(_entries(word)[:_LIST]) for word in typed_words(query)}
    common = [word for word, people in lists.items() if len(people) == _LIST]
    whole = [people for people in lists.values() if len(people) < _LIST]
    if whole:
        in_all = set.intersection(*map(set, whole))
        people = [one for one in min(whole, key=len) if one in in_all]
        return Found(_with_all(people, common), more=False)
    if len(common) == 1:
        return Found(lists[common[0]], more=True)
    return _among_common(common) if common else Found([], more=False)


def _among_common(words: list[str]) -> Found:
    """Each of several words is common: go along the rarest, and stop at enough people, or at a bound."""
    rarest = min(words, key=lambda word: _entries(word)[:_MOST_READ].count())
    others = [word for word in words if word != rarest]
    entries, found = _entries(rarest), dict[uuid.UUID, None]()
    for start in range(0, _MOST_READ, _LIST):
        piece = list(entries[start : start + _LIST])
        found |= dict.fromkeys(_with_all(piece, others))
        if len(piece) < _LIST or len(found) > MOST_FOUND:
            return Found(found, more=False)
    return Found(found, more=True)


def _entries(word: str) -> QuerySet[PersonWord, uuid.UUID]:
    """Whom an entry that begins with `word` leads to, in the order of the index."""
    start, end = bounds(word)
    return PersonWord.objects.filter(word__gte=start, word__lt=end).order_by("word", "user").values_list("user", flat=True)


def _with_all(people: list[uuid.UUID], words: list[str]) -> list[uuid.UUID]:
    """Those of `people` who have a word for each of `words`, in the same order."""
    for word in words:
        having = set(_entries(word).filter(user__in=people).order_by())
        people = [one for one in people if one in having]
    return people


def people_with_wrong_words() -> Iterator[uuid.UUID]:
    """Whoever is not found by her name and address as they are, or by words that are not hers; nobody, if all is well."""
    everyone = User.objects.select_related("profile").prefetch_related("words").order_by("pk")
    for user in everyone.iterator(chunk_size=_PEOPLE):
        profile = getattr(user, "profile", None)
        wanted = {word.encode() for word in words_of(legal_name=profile.legal_name if profile else "", email=user.email)}
        if {bytes(entry.word) for entry in user.words.all()} != wanted:
            yield user.pk
