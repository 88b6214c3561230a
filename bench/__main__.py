"""
Runs the benchmarks of this folder, one after the other: ``make bench``.

Those that take minutes run when they are named: ``make bench B=growth``; further words are theirs: ``make bench B="mixed 5"``.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys

import bench


def main() -> int:
    names = sorted(info.name for info in pkgutil.iter_modules(bench.__path__) if not info.name.startswith("_"))
    chosen = [name for name in sys.argv[1:] if name in names]
    for name in chosen or names:
        module = importlib.import_module(f"bench.{name}")
        if not chosen and getattr(module, "ON_DEMAND", False):
            print(f"\n== {name}: left out of a plain run; make bench B={name}", flush=True)
            continue
        print(f"\n== {name}", flush=True)
        module.main()
    return 0


if __name__ == "__main__":
    sys.exit(main())
