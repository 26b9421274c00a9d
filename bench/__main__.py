"""`make bench`: measure all rows of the table of aims in one go, and write bench/RESULTS.md.

    python -m bench [--quick] [--out FILE] [--only ROWS]

Everything runs on this machine alone, and stops by itself: when it is done, when it is interrupted, and
when it takes longer than it may. It ends with 1 where something could not be measured; an aim that is
not met is a result like any other.
"""

import argparse
import signal
import subprocess
import sys
import traceback
from pathlib import Path
from types import FrameType

from bench import corpus, load, report
from bench.house import House
from bench.plan import FULL, QUICK, Plan
from bench.processes import ROOT
from bench.report import Machine, Results
from bench.rows import approving, profiled, rendered, replying, starting, stored
from bench.trouble import CannotMeasure

ROWS = {
    "starting": starting,
    "stored": stored,
    "rendered": rendered,
    "replying": replying,
    "approving": approving,
    "profiled": profiled,
}

# A whole run takes a quarter of an hour, and on a slow machine twice that.
LONGEST_SECONDS = 3600


def main() -> None:
    """Run what the command line asks for."""
    told = _arguments()
    load.insist_on_wrk()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGALRM):
        signal.signal(number, _end)
    signal.alarm(LONGEST_SECONDS)
    plan = QUICK if told.quick else FULL
    machine, results = run(plan, told.only or list(ROWS))
    text = report.document(plan, machine, results)
    if told.out:
        report.write(text, told.out)
    else:
        print(f"\n{text}")
    sys.exit(any(aim.is_met is None for aim in results.aims))


def run(plan: Plan, names: list[str]) -> tuple[Machine, Results]:
    """Measure these rows."""
    machine, results = Machine.now(), Results()
    with corpus.working_folder() as folder:
        house = House.built(plan, folder)
        for name in names:
            _measure(name, plan, house, results)
    return machine, results


def _measure(name: str, plan: Plan, house: House, results: Results) -> None:
    """Measure some rows. What keeps them from it is said in their place, and the others go on."""
    try:
        ROWS[name].measure(plan, house, results)
    except (CannotMeasure, OSError, subprocess.SubprocessError) as error:
        traceback.print_exc()
        results.aim(
            f"rows of bench/rows/{name}.py",
            "to be measured",
            " ".join(str(error).split())[:300],
            None,
        )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "--quick", action="store_true", help="tiny blogs, short runs: does it work?"
    )
    parser.add_argument("--only", nargs="+", choices=ROWS, help="these rows alone")
    parser.add_argument(
        "--out", type=Path, help=f"where the report goes; {report.HERE} for all rows"
    )
    told = parser.parse_args()
    if told.out is None and not told.quick and not told.only:
        told.out = ROOT / report.HERE
    return told


def _end(number: int, _frame: FrameType | None) -> None:
    raise SystemExit(f"The bench was stopped by signal {signal.Signals(number).name}.")


if __name__ == "__main__":
    main()
