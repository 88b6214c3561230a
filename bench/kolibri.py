"""
The learner's pages against the learner page of kolibri 0.19 on the same machine, with the database that it brings along.

kolibri is installed from the package index into a folder of its own, outside the locks, and set up by its own commands; the same
tool asks both. Its learner page is a shell, the same for everyone and kept by it for some seconds, which the browser fills with what
it then asks for. So both are measured: the shell alone, and the whole page, which is the shell and the requests for data that Chromium
makes when a learner opens it (each measured by itself; the page takes the sum of their times). Scripts and pictures are left out on
both sides. Not part of a plain run: `make bench B=kolibri`.
"""

from __future__ import annotations

import contextlib
import http.cookiejar
import json
import os
import signal
import statistics
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from bench._load import LoadToolMissingError, pages_per_second, require_load_tool, spread
from bench._served import ask, product, tool_environment
from tests.server import free_port

if TYPE_CHECKING:
    from playwright.sync_api import Response

PACKAGE = "kolibri==0.19.*"
ROUNDS, SECONDS, GOAL = 3, 2, 10
WHOLE = "kolibri's whole page"
ON_DEMAND = True
"""Takes too long for a plain run."""


def main() -> None:
    try:
        require_load_tool()
    except LoadToolMissingError as missing:
        print(missing)
        return
    python = tool_environment("kolibri", PACKAGE)
    if python is None:
        print("kolibri can not be installed here, so nothing was compared.")
        return
    with tempfile.TemporaryDirectory(prefix="goodstanding-bench-") as folder, product() as server:
        learner = ask(server, "_learner")
        with kolibri(python.with_name("kolibri"), Path(folder)) as (address, cookie):
            measure(server.url, learner, address, cookie)


def measure(ours: str, learner: dict, theirs: str, cookie: str) -> None:
    shell, *data = requests_of(theirs + "/en/learn/", cookie)
    print(
        f"  kolibri's learner page asks for data {len(data)} times: {', '.join(url.removeprefix(theirs).partition('?')[0] for url in data)}"
    )
    pages = {f"our {name}": [(ours + path, f"sessionid={learner['session']}")] for name, path in learner["pages"].items()}
    pages["kolibri's shell alone"] = [(shell, cookie)]
    pages[WHOLE] = [(url, cookie) for url in (shell, *data)]
    rates: dict[str, list[float]] = {name: [] for name in pages}
    for turn in range(ROUNDS + 1):
        for name, asked in pages.items():
            seconds = SECONDS if len(asked) == 1 else 1
            each = [pages_per_second(url, seconds=seconds, headers={"Cookie": own}) for url, own in asked]
            if turn:  # the first one fills what is kept
                rates[name].append(1 / sum(1 / rate for rate in each))
    for name, each in rates.items():
        times = [mine / its for mine, its in zip(each, rates[WHOLE], strict=True)]
        print(
            f"  {name:24} {statistics.median(each):7.1f} pages a second, {statistics.median(times):5.1f} times the whole page ({spread(times)})"
        )
    print(f"goal: at least {GOAL} times")


def requests_of(url: str, cookie: str) -> list[str]:
    """The page and the data that Chromium asks for when it is opened, in their order."""
    from playwright.sync_api import sync_playwright

    found: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        context = browser.new_context()
        context.add_cookies(
            [{"name": part.partition("=")[0], "value": part.partition("=")[2], "url": url} for part in cookie.split("; ")]
        )
        page = context.new_page()
        page.on("response", lambda response: found.append(response.url) if _is_data(response) else None)
        # On a busy machine the network is silent for a while before the page's scripts ask for anything.
        with page.expect_response(lambda response: _is_data(response) and response.url != url, timeout=60_000):
            page.goto(url)
        page.wait_for_load_state("networkidle")
        browser.close()
    return found


def _is_data(response: Response) -> bool:
    asked = response.request
    return asked.method == "GET" and asked.resource_type in ("document", "xhr", "fetch") and response.status == 200


@contextlib.contextmanager
def kolibri(program: Path, home: Path) -> Iterator[tuple[str, str]]:
    """A running kolibri with one learner who is signed in: its address and her cookie."""
    port = free_port()
    own = {"KOLIBRI_HOME": str(home), "KOLIBRI_LISTEN_ADDRESS": "127.0.0.1", "KOLIBRI_ZEROCONF_ENABLED": "0", "HOME": str(home)}
    environment = {**os.environ, **own}
    names = ["--facility", "Bench facility", "--superusername", "benchadmin", "--superuserpassword", "benchadmin"]
    subprocess.run(
        [str(program), "manage", "provisiondevice", *names, "--preset", "informal", "--language_id", "en", "--noinput"],
        env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True,
    )  # fmt: skip
    process = subprocess.Popen(
        [str(program), "start", "--foreground", "--port", str(port), "--zip-port", str(free_port())],
        env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    try:
        _wait(address)
        yield address, _sign_in(address)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=20)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _wait(address: str) -> None:
    until = time.monotonic() + 120
    while time.monotonic() < until:
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{address}/api/public/info/", timeout=5):
            return
        time.sleep(0.5)
    raise SystemExit("kolibri did not start.")


def _sign_in(address: str) -> str:
    """A learner signs up and in, as kolibri's own pages and apps do; her cookies."""
    jar = http.cookiejar.CookieJar()
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))

    def send(path: str, given: dict[str, str]) -> dict:
        body = json.dumps(given).encode()
        return json.load(
            opener.open(urllib.request.Request(address + path, body, {"Content-Type": "application/json"}), timeout=30)
        )

    facility = json.load(opener.open(f"{address}/api/public/v1/facility/", timeout=30))[0]["id"]
    who = {"username": "learner", "password": "alongenoughword", "facility": facility}
    send("/api/public/signup/", {**who, "full_name": "Bench Example"})
    said = send("/api/auth/session/", who)
    assert said["username"] == "learner", said
    return "; ".join(f"{cookie.name}={cookie.value}" for cookie in jar)


if __name__ == "__main__":
    main()
