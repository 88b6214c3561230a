"""
The explorer's pages against a signed-in page that renders only the base template: for a learner, for a stranger, and for a stranger who has the page.

As in `pages`, all come from one server and one database, and what counts is the median of the rounds' ratios.
"""

from __future__ import annotations

import statistics
import urllib.request

from bench._load import LoadToolMissingError, pages_per_second, require_load_tool, spread
from bench._served import ask, product

ROUNDS, SECONDS = 5, 2
SIGNED_IN, STRANGER = 0.4, 0.8
PAGES = {
    "map and table": "/requirements/?profession=social_worker",
    "one rule": "/requirements/us/ca/lcsw/",
    "compared": "/requirements/compare/?with=us/ca/lcsw&with=us/ny/lcsw",
}


def main() -> None:
    try:
        require_load_tool()
    except LoadToolMissingError as missing:
        print(missing)
        return
    with product() as server:
        learner = ask(server, "_learner")
        cookie = {"Cookie": f"sessionid={learner['session']}"}
        asked: dict[str, tuple[str, dict[str, str]]] = {"base page": ("/bench-base-page/", cookie)}
        for name, path in PAGES.items():
            with urllib.request.urlopen(server.url + path, timeout=30) as answer:
                etag = answer.headers["ETag"]
            asked |= {
                f"{name}, signed in": (path, cookie),
                f"{name}, stranger": (path, {}),
                f"{name}, stranger again": (path, {"If-None-Match": etag}),
            }
        rates: dict[str, list[float]] = {name: [] for name in asked}
        for turn in range(ROUNDS + 1):
            for name, (path, headers) in asked.items():
                rate = pages_per_second(server.url + path, seconds=SECONDS if turn else 1, headers=headers)
                if turn:  # the first one fills what is kept
                    rates[name].append(rate)
    for name, each in rates.items():
        shares = [own / base for own, base in zip(each, rates["base page"], strict=True)]
        print(
            f"  {name:30} {statistics.median(each):6.0f} pages a second, {statistics.median(shares):.2f} of the base page ({spread(shares)})"
        )
    print(f"goals: {SIGNED_IN} for who is signed in, {STRANGER} for strangers")


if __name__ == "__main__":
    main()
