"""Runs every benchmark of this folder, one after the other: ``make bench``."""

from __future__ import annotations

import importlib
import pkgutil
import sys

import bench


def main() -> int:
    chosen = sys.argv[1:]
    for module in sorted(info.name for info in pkgutil.iter_modules(bench.__path__) if not info.name.startswith("_")):
        if not chosen or module in chosen:
            print(f"\n== {module}", flush=True)
            importlib.import_module(f"bench.{module}").main()
    return 0


if __name__ == "__main__":
    sys.exit(main())
