"""``python -m tests.fuzz --count 1000000``: plays all targets and prints what each took. Ends with 1 where one failed."""

import argparse
import sys
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import partial
from itertools import starmap
from multiprocessing import get_context

from tests.fuzz.playing import Played, pasted
from tests.fuzz.target import Target, counts
from tests.fuzz.targets import ALL, play_by_name


def main(arguments: Sequence[str]) -> int:
    options = _options(arguments)
    wanted = [each for each in ALL if options.only in each.name]
    started = time.monotonic()
    played = sorted(_all(wanted, options), key=lambda each: each.target)
    for each in played:
        print(line(each))
    print(total(played, time.monotonic() - started))
    bad = [each for each in played if not each.is_good]
    for each in bad:
        print(f"\n{each.failure or too_slow(each)}")
    return 1 if bad else 0


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--count", type=int, default=30_000, help="inputs of all targets together")
    parser.add_argument("--seed", type=int, default=1, help="another number makes other inputs")
    parser.add_argument("--only", default="", help="targets whose name contains this")
    parser.add_argument("--jobs", type=int, default=1, help="processes at a time")
    parser.add_argument("--seconds", type=float, default=1e9, help="no target is begun after this time")
    return parser.parse_args(arguments)


def _all(wanted: Sequence[Target], options: argparse.Namespace) -> Iterable[Played]:
    """Each target in whichever process is free, those with few inputs, which are the slow ones, first."""
    tasks = sorted(counts(wanted, options.count).items(), key=lambda task: task[1])
    ends = time.monotonic() + options.seconds
    one = partial(play_by_name, seed=options.seed, ends=ends)
    if options.jobs == 1:
        yield from filter(None, starmap(one, tasks))
        return
    with ProcessPoolExecutor(options.jobs, mp_context=get_context("spawn")) as pool:
        running = [pool.submit(one, name, count) for name, count in tasks]
        yield from filter(None, (done.result() for done in as_completed(running)))


def line(played: Played) -> str:
    told = "ok" if played.is_good else "BAD"
    return (
        f"{told:3} {played.inputs:>9,} inputs {played.seconds:7.1f} s  "
        f"slowest {played.slowest_s * 1000:6.1f} ms ({len(played.slowest):,} bytes)  {played.target}"
    )


def total(played: Sequence[Played], seconds: float) -> str:
    slowest = max(played, key=lambda each: each.slowest_s)
    return (
        f"{sum(each.inputs for each in played):,} inputs of {len(played)} targets in {seconds:.0f} s; "
        f"the slowest took {slowest.slowest_s * 1000:.1f} ms ({slowest.target}); "
        f"{sum(not each.is_good for each in played)} bad"
    )


def too_slow(played: Played) -> str:
    return (
        f"{played.target}: {len(played.slowest):,} bytes took {played.slowest_s:.2f} s of the processor\n"
        f"Play it again: {pasted(played.slowest)}"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
