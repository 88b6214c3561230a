"""
The pages that learners open most against a signed-in page that renders only the base template.

Both come from the same server, as it is served, and the same database; each round measures all of them one after the other,
and what counts is the median of the rounds' ratios, so that whatever else the machine does falls on all alike.
"""

from __future__ import annotations

import statistics
import sys

from bench._load import LoadToolMissingError, pages_per_second, require_load_tool, spread
from bench._served import ask, postgres, product

ROUNDS, SECONDS = 7, 2
SHARE, QUERIES = 0.4, 8


def main() -> None:
    try:
        require_load_tool()
    except LoadToolMissingError as missing:
        print(missing)
        return
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 and sys.argv[1] == "pages" else ROUNDS
    measure("SQLite", "", rounds)
    with postgres() as address:
        measure("PostgreSQL", address, rounds)
    print(f"goals: at least {SHARE} of the throughput, at most {QUERIES} queries")


def measure(name: str, database: str, rounds: int) -> None:
    with product(database=database) as server:
        learner = ask(server, "_learner", database=database)
        pages = {"base page": "/bench-base-page/", **learner["pages"]}
        headers = {"Cookie": f"sessionid={learner['session']}"}
        for path in pages.values():
            pages_per_second(server.url + path, seconds=1, headers=headers)  # the first ones fill what is kept
        rates: dict[str, list[float]] = {page: [] for page in pages}
        for _ in range(rounds):
            for page, path in pages.items():
                rates[page].append(pages_per_second(server.url + path, seconds=SECONDS, headers=headers))
    print(f"{name}, {rounds} rounds of {SECONDS} s")
    for page, each in rates.items():
        shares = [own / base for own, base in zip(each, rates["base page"], strict=True)]
        print(
            f"  {page:12} {learner['queries'][page]:2} queries, {statistics.median(each):6.0f} pages a second, "
            f"{statistics.median(shares):.2f} of the base page ({spread(shares)})"
        )


if __name__ == "__main__":
    main()
