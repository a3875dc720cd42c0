"""We and our peers on the same link in the same run: error against the truth, seconds, data, and how both compare with ours.

We are one direction of what the check `bandwidth` does, with the data that its whole plan has, idle line and probes included; the
load by itself stands beside it. What a person's run has beyond that is the start of the program. Each peer is the program
itself, on the client; what it moved is counted on the wire. LibreSpeed has no program in Debian, so its sequence is replayed
(bench.librespeed). Cloudflare's engine is its npm package under node, where it was put into build/bench (docs/measuring.md).
"""

import json
import math
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final

from bench import far_end, link_check, programs, world
from bench.figure import Figure, stated
from bench.links import DIRECTIONS, Direction, Link, NotEmulated, Shape, laid
from bench.programs import ProgramFailed, Ran
from bench.shipped import BYTES
from readycheck.measure.statistics import median

LINKS: Final = (
    Shape(down_mbps=100, up_mbps=100, rtt_ms=20),
    Shape(down_mbps=50, up_mbps=10, rtt_ms=20),
    Shape(down_mbps=300, up_mbps=50, rtt_ms=20),
)
TIMES: Final = 2
OURS, ALONE, ENGINE_NAME = "readycheck", "readycheck, the load alone", "Cloudflare (npm engine)"
RESULTS: Final = Path(__file__).parent / "results"
ENGINE: Final = Path("build/bench/node_modules/@cloudflare/speedtest/dist/speedtest.js")
WITH_ENGINE: Final = Path(__file__).with_name("cloudflare.mjs")
WORDS: Final[dict[Direction, str]] = {"down": "download", "up": "upload"}


@dataclass(frozen=True, kw_only=True)
class Told:
    """What one client said of one direction of one link. ``error`` in percent of the truth; ``unsure``: how it says that its rate
    is no more than a bound. ``load_s``: of the seconds, those of the load, where it tells them."""

    link: str
    client: str
    direction: Direction
    error: float = 0.0
    seconds: float = 0.0
    load_s: float | None = None
    megabytes: float = 0.0
    unsure: str = ""
    wrong: str = ""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a client said of one direction: bit/s; ``seconds`` as a person waits for it."""

    way: Direction
    rate: float
    ran: Ran
    seconds: float
    load_s: float | None = None
    unsure: str = ""


Client = Callable[[Link], Iterator[Answer]]


def _ours(line: Link) -> Iterator[Answer]:
    yield from (_answer(way, programs.speed(line, "nginx-tls", way)) for way in DIRECTIONS)


def _alone(line: Link) -> Iterator[Answer]:
    for way in DIRECTIONS:
        yield _answer(way, programs.bulk(line, "nginx-tls", way, BYTES[way]))


def _answer(way: Direction, ran: Ran) -> Answer:
    said = ran.json
    return Answer(
        way=way,
        rate=said["bits_per_s"],
        ran=ran,
        seconds=said["seconds_all"],
        load_s=said["seconds"],
        unsure="" if said["converged"] else "at least" if said["high"] is None else "not settled",
    )


def _speedtest_cli(line: Link) -> Iterator[Answer]:
    """In runs of their own, so that time and data of each can be told. Its configuration comes through a proxy."""
    web = f"http://{line.server_ip}"
    env = {"http_proxy": web, "no_proxy": line.server_ip, "PYTHONWARNINGS": "ignore"}
    for way in DIRECTIONS:
        other = WORDS["up" if way == "down" else "down"]
        asked = ("-m", "speedtest", "--mini", f"{web}/mini", "--json", f"--no-{other}")
        ran = programs.run(line, sys.executable, *asked, env=env)
        yield Answer(way=way, rate=ran.json[WORDS[way]], ran=ran, seconds=ran.seconds)


def _iperf3(line: Link) -> Iterator[Answer]:
    for way in DIRECTIONS:
        ran = programs.run(
            line, "iperf3", "-c", line.server_ip, "-J", "-P", "4", *(["-R"] if way == "down" else [])
        )
        yield Answer(
            way=way, rate=ran.json["end"]["sum_received"]["bits_per_second"], ran=ran, seconds=ran.seconds
        )


def _curl(line: Link) -> Iterator[Answer]:
    """One object over one connection: 10 seconds of the line; its own figure, which is the average from the start."""
    ca, web = str(far_end.certificate()[0]), f"https://{far_end.NAME}"
    common = ("-s", "--cacert", ca, "--resolve", f"{far_end.NAME}:443:{line.server_ip}", "-o", "/dev/null")
    size = int(line.shape.goodput("down") * 10 / 8)
    ran = programs.run(line, "curl", *common, "-w", "%{json}", f"{web}/download?bytes={size}")
    yield Answer(way="down", rate=ran.json["speed_download"] * 8, ran=ran, seconds=ran.seconds)
    size = int(line.shape.goodput("up") * 10 / 8)
    body = Path("/run/bench/body")
    with body.open("wb") as file:
        file.truncate(size)
    ran = programs.run(line, "curl", *common, "-w", "%{json}", "-T", str(body), "-X", "POST", f"{web}/upload")
    yield Answer(way="up", rate=ran.json["speed_upload"] * 8, ran=ran, seconds=ran.seconds)


def _librespeed(line: Link) -> Iterator[Answer]:
    for way in DIRECTIONS:
        ran = programs.run(line, sys.executable, "-m", "bench.librespeed", f"http://{line.server_ip}", way)
        yield Answer(way=way, rate=ran.json["bits_per_s"], ran=ran, seconds=ran.seconds)


def _cloudflare(line: Link) -> Iterator[Answer]:
    web = f"http://{line.server_ip}"
    for way in DIRECTIONS:
        ran = programs.run(line, "node", str(WITH_ENGINE), str(ENGINE.resolve()), web, WORDS[way])
        yield Answer(way=way, rate=ran.json["bits_per_s"], ran=ran, seconds=ran.seconds)


CLIENTS: Final[dict[str, Client]] = {
    OURS: _ours,
    ALONE: _alone,
    "speedtest-cli": _speedtest_cli,
    "iperf3 -P 4": _iperf3,
    "curl": _curl,
    "LibreSpeed (replayed)": _librespeed,
    ENGINE_NAME: _cloudflare,
}


def measured(shapes: Sequence[Shape], times: int, clients: Sequence[str]) -> Iterator[Told]:
    """In turn, A B C A B C, so that what else happens on the machine meets all of them."""
    for shape in shapes:
        try:
            with laid(shape) as line:
                link_check.check(line)
                with far_end.web(line), far_end.iperf3(line):
                    for client in (*clients,) * times:
                        yield from _told(line, client)
        except NotEmulated as reason:
            yield Told(link=str(shape), client=OURS, direction="down", wrong=f"not emulated: {reason}")


def _told(line: Link, client: str) -> Iterator[Told]:
    nothing = Told(link=str(line.shape), client=client, direction="down")
    try:
        for said in CLIENTS[client](line):
            yield replace(
                nothing,
                direction=said.way,
                error=100 * (said.rate / line.shape.goodput(said.way) - 1),
                seconds=said.seconds,
                load_s=said.load_s,
                megabytes=(said.ran.down_bytes + said.ran.up_bytes) / 1e6,
                unsure=said.unsure,
            )
    except (ProgramFailed, KeyError, ValueError) as error:
        yield replace(nothing, wrong=f"{error!s:.200}")


def table(told: Sequence[Told]) -> str:
    lines = ["| link | client | way | error % | seconds | MB | data against ours | note |", "|" + "---|" * 8]
    for (link, client, way), every in _grouped(told).items():
        good = [each for each in every if not each.wrong]
        if not good:
            lines.append(f"| {link} | {client} | {way} | | | | | not measured: {every[0].wrong} |")
            continue
        ours = _grouped(told).get((link, OURS, way), [])
        size = median([each.megabytes for each in good])
        ratio = size / median([each.megabytes for each in ours]) if ours else math.nan
        error, seconds = median([each.error for each in good]), median([each.seconds for each in good])
        unsure = [each.unsure for each in good if each.unsure]
        note = f"of {len(good)} runs: {', '.join(unsure)}" if unsure else ""
        lines.append(
            f"| {link} | {client} | {way} | {error:+.2f} | {seconds:.1f} | {size:.1f} | {ratio:.1f} | {note} |"
        )
    return "\n".join(lines) + "\n"


def _grouped(told: Sequence[Told]) -> dict[tuple[str, str, Direction], list[Told]]:
    found: dict[tuple[str, str, Direction], list[Told]] = {}
    for each in told:
        found.setdefault((each.link, each.client, each.direction), []).append(each)
    return found


def summary(told: Sequence[Told]) -> list[Figure]:
    """At 100 Mbit/s, and what each peer does there."""
    link, found = str(LINKS[0]), []
    groups = _grouped([each for each in told if not each.wrong and each.link == link])
    for way in DIRECTIONS:
        ours, theirs = groups.get((link, OURS, way), []), groups.get((link, "speedtest-cli", way), [])
        if not ours:
            continue
        size = median([each.megabytes for each in ours])
        load_s = median([each.load_s for each in ours if each.load_s is not None])
        whole = f"{median([each.seconds for each in ours]):.1f} s with the idle line before it"
        rows = [("seconds of the load", load_s, "s", 1.5, whole), ("data", size, "MB", 15.0, "")]
        if theirs:
            share = size / median([each.megabytes for each in theirs])
            said = f"{_cost(theirs)}, and was {_error(theirs):+.1f} % off: what it does not send is not in its data"
            rows.append(("data against speedtest-cli's", share, "x", 0.1, f"that one took {said}"))
        found += [
            Figure(
                name=f"{WORDS[way]} at 100 Mbit/s: {text}",
                value=value,
                unit=unit,
                budget=budget,
                runs=len(ours),
                note=note,
            )
            for text, value, unit, budget, note in rows
        ]
        found += [
            stated(
                f"{WORDS[way]} at 100 Mbit/s: error of {client}", _error(every), "%", len(every), _cost(every)
            )
            for (_, client, direction), every in groups.items()
            if direction == way
        ]
    return found


def _error(every: Sequence[Told]) -> float:
    return median([each.error for each in every])


def _cost(every: Sequence[Told]) -> str:
    seconds, size = median([each.seconds for each in every]), median([each.megabytes for each in every])
    return f"{seconds:.1f} s, {size:.1f} MB"


def figures() -> list[Figure]:
    """The first link; ``python -m bench.peers`` has them all, as a table."""
    told = [Told(**each) for each in world.measured("bench.peers", "--first")]
    if not (found := summary(told)):
        raise world.NotHere(told[0].wrong)
    return found


def main(words: Sequence[str]) -> None:
    if world.is_inside():
        clients = [name for name in CLIENTS if name != ENGINE_NAME or ENGINE.exists()]
        world.tell(lambda: measured(LINKS[:1] if "--first" in words else LINKS, TIMES, clients))
        return
    told = [Told(**each) for each in world.measured("bench.peers", *words)]
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "peers.md").write_text(table(told), encoding="utf-8")
    (RESULTS / "peers.json").write_text(json.dumps([asdict(each) for each in told]) + "\n", encoding="utf-8")
    print(table(told))


if __name__ == "__main__":
    main(sys.argv[1:])
