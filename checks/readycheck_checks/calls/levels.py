"""From two measured rates to what a service's calls can do with them, in people's words. Measures nothing."""

from readycheck.api import Fact, fact
from readycheck.measure.throughput.bulk import Throughput
from readycheck_checks.calls.limits import Level, Need


def possible(name: str, need: Need, down: Throughput, up: Throughput) -> Fact | None:
    """One fact for a service: the highest of its levels that both rates carry with their whole intervals.

    None where its levels are not published, and where not even the first is shown or ruled out.
    """
    if not need.levels:
        return None
    carried = [level for level in need.levels if _carries(level, down, up)]
    title = f"{need.service or need.title}: what is possible"
    if carried:
        may_be_more = carried[-1] is not need.levels[-1] and not _ruled_out(
            need.levels[len(carried)], down, up
        )
        return fact(f"calls_{name}", title, f"{'at least ' if may_be_more else 'up to '}{carried[-1].title}")
    first = need.levels[0]
    return fact(f"calls_{name}", title, f"not even {first.title}") if _ruled_out(first, down, up) else None


def _carries(level: Level, down: Throughput, up: Throughput) -> bool:
    return down.low >= level.down_mbps * 1e6 and up.low >= level.up_mbps * 1e6


def _ruled_out(level: Level, down: Throughput, up: Throughput) -> bool:
    return down.high < level.down_mbps * 1e6 or up.high < level.up_mbps * 1e6
