"""How long a first and a second start take until the product is ready. Goal: a second start under 3 seconds."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from tests.server import running_server


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        seconds = []
        for _ in range(3):
            begun = time.monotonic()
            with running_server(Path(folder)):
                seconds.append(time.monotonic() - begun)
    first, second = seconds[0], min(seconds[1:])
    print(f"first start {first:.1f} s, second start {second:.1f} s (goal < 3 s), ratio {second / first:.2f}")


if __name__ == "__main__":
    main()
