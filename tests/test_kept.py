"""What is kept is found by equal keys alone, and by the very object where a key says so."""

from __future__ import annotations

from goodstanding.kept import Kept, Same


def test_the_last_ones_asked_for_are_kept():
    kept: Kept[str, object] = Kept(most=2)
    first = kept.get("a", object)
    assert kept.get("a", object) is first
    kept.get("b", object)
    kept.get("a", object)
    kept.get("c", object)
    assert kept.get("a", lambda: None) is first
    second = kept.get("b", object)
    assert second is not first


def test_an_equal_object_is_not_the_same_one():
    kept: Kept[tuple[Same[list[int]], int], str] = Kept(most=5)
    one, other = [1], [1]
    assert kept.get((Same(one), 1), lambda: "one") == "one"
    assert kept.get((Same(one), 1), lambda: "again") == "one"
    assert kept.get((Same(other), 1), lambda: "other") == "other"
    assert kept.get((Same(one), 2), lambda: "two") == "two"
    assert Same(one) != one


def test_a_key_holds_on_to_its_object_so_that_none_takes_its_place():
    kept: Kept[Same[list[int]], int] = Kept(most=1000)
    # Each list would be freed at once, and the next one made in its place, if the key did not hold it.
    assert [kept.get(Same([]), lambda at=at: at) for at in range(100)] == list(range(100))
