"""
What a first and a second visit transfer, everything included, as Chromium counts it: headers and compressed bodies.

Goals: at most 80 kB for the first, at most 15 kB for the second.
"""

from __future__ import annotations

from bench._served import ask, product

FIRST, SECOND = 80_000, 15_000
SLUG = "dual-relationships-and-boundaries"
PUBLIC = {
    "home": "/",
    "catalog": "/courses/",
    "course page": f"/courses/{SLUG}/",
    "sign in": "/account/login/",
    "verify": "/verify/",
}


def main() -> None:
    from playwright.sync_api import sync_playwright

    with product() as server, sync_playwright() as playwright:
        learner = ask(server, "_learner")
        own = {name: path for name, path in learner["pages"].items() if name in ("section", "standing")}
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        print(f"{'bytes':12} {'first':>8} {'second':>8}")
        for name, path in {**PUBLIC, **own}.items():
            context = browser.new_context()
            if name in own:
                context.add_cookies([{"name": "sessionid", "value": learner["session"], "url": server.url}])
            first, second = (visit(context, server.url + path) for _ in range(2))
            total = [sum(each.values()) for each in (first, second)]
            misses = "  MISSES" if total[0] > FIRST or total[1] > SECOND else ""
            print(
                f"{name:12} {total[0]:8} {total[1]:8}{misses}  {', '.join(f'{kind} {size}' for kind, size in sorted(first.items()))}"
            )
            context.close()
        browser.close()
    print(f"goals: at most {FIRST} and {SECOND}")


def visit(context, url: str) -> dict[str, int]:
    """Bytes over the wire by kind of resource, until nothing more is loaded."""
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    kinds: dict[str, str] = {}
    sizes: dict[str, int] = {}
    session.on("Network.responseReceived", lambda event: kinds.__setitem__(event["requestId"], event["type"]))

    def finished(event) -> None:
        kind = kinds.get(event["requestId"], "Other")
        sizes[kind] = sizes.get(kind, 0) + int(event["encodedDataLength"])

    session.on("Network.loadingFinished", finished)
    page.goto(url, wait_until="networkidle")
    page.close()
    return sizes


if __name__ == "__main__":
    main()
