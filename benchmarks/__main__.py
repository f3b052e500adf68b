"""Run the benchmarks: ``python -m benchmarks``, or some of them: ``python -m benchmarks move --n 2000``."""

from __future__ import annotations

import argparse
import importlib
import tempfile
import time
from pathlib import Path

from benchmarks.measure import Measured, Options, machine, table

NAMES = ("move", "start", "scale", "report", "bulk", "importing", "kill")


def main() -> None:
    """Run what was asked for, and print all figures once more at the end."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[[], *NAMES], metavar="NAME", help=f"some of: {', '.join(NAMES)}")
    parser.add_argument("--n", type=int, help="how many, instead of each benchmark's own number")
    parser.add_argument("--quick", action="store_true", help="small numbers: to see that all runs, not how fast")
    given = parser.parse_args()
    print(machine(), flush=True)
    found: list[Measured] = []
    with tempfile.TemporaryDirectory(prefix="kummi-benchmarks-") as folder:
        options = Options(given.n, given.quick, Path(folder))
        for name in given.names or NAMES:
            found += _run(name, options)
    print(f"\nAll of it:\n\n{table(found)}")


def _run(name: str, options: Options) -> list[Measured]:
    module = importlib.import_module(f"benchmarks.{name}")
    n = options.number(module.USUAL, module.QUICK)
    print(f"\n{name}: {str(module.__doc__).splitlines()[0]}\n  python -m benchmarks {name} --n {n}", flush=True)
    started = time.perf_counter()
    figures: list[Measured] = module.run(options)
    print(f"\n{table(figures)}\n  ({time.perf_counter() - started:.0f} s)", flush=True)
    return figures


if __name__ == "__main__":
    main()
