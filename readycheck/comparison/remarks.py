"""What keeps two reports from being compared as they are: one sentence for each. Pure."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from typing import Final

from readycheck.model import CheckResult, Report

SERVERS: Final = frozenset({"speed_server", "vpn_speed_servers", "stream_to", "dns_server"})  # facts


def is_older(one: Report, other: Report) -> bool:
    """Whether the first was begun before the second; not where a time cannot be read."""
    with suppress(ValueError, OverflowError, TypeError):  # TypeError: one of them has no zone
        return datetime.fromisoformat(one.started) < datetime.fromisoformat(other.started)
    return False


def remarks(before: Report, after: Report) -> tuple[str, ...]:
    return (
        *_of_whom(before, after),
        *_by_what(before, after),
        *_with_whom(before, after),
        *_how_much(before, after),
    )


def _of_whom(before: Report, after: Report) -> Iterator[str]:
    was, now = before.environment, after.environment
    if before.run_id == after.run_id:
        yield "Both files hold the same run, so nothing of what it found can have changed."
    if before.redaction.replaced or after.redaction.replaced:
        yield (
            "Names were replaced in one of the reports or both, so they do not tell whether they are of one person and one "
            "computer, nor whether the same servers answered."
        )
    elif was.computer != now.computer and was.computer and now.computer:
        yield (
            f"These are two computers, {was.computer} and {now.computer}: what differs may be theirs, and need not have changed."
        )
    elif was.user != now.user and was.user and now.user:
        yield "Two different people were signed in: what differs may be theirs, and need not have changed."
    systems = [f"{each.system} {each.system_version}".strip() for each in (was, now)]
    if systems[0] != systems[1] and all(systems):
        yield f"The operating system is not the same: {systems[0]}, then {systems[1]}."


def _by_what(before: Report, after: Report) -> Iterator[str]:
    was, now = before.policy, after.policy
    if was.name != now.name:
        yield (
            f"Two profiles judged, {was.title or was.name} and {now.title or now.name}: what they check, which servers they "
            "ask and which limits they set may differ, so status and score are not comparable."
        )
    elif was.hash != now.hash:
        versions = f" ({was.version}, then {now.version})" if was.version != now.version else ""
        yield (
            f"The profile {now.title or now.name} was changed in between{versions}: where its limits changed, so may status and "
            "score have."
        )
    if before.score.version != after.score.version:
        yield (
            f"The scores follow different arithmetic (versions {before.score.version} and {after.score.version}) and are not "
            "comparable."
        )
    if before.tool.version != after.tool.version:
        yield (
            f"readycheck itself was another one: {before.tool.version or 'not said'}, then {after.tool.version or 'not said'}."
        )


def _with_whom(before: Report, after: Report) -> Iterator[str]:
    """Where the servers that values were measured with are not the same. Names that were replaced do not tell."""
    if before.redaction.replaced or after.redaction.replaced:
        return
    was = {result.check_id: result for result in before.results}
    for result in after.results:
        earlier = was.get(result.check_id)
        if earlier is not None and _judged_values(earlier) & _judged_values(result):
            told = [_servers(each) for each in (earlier, result)]
            if told[0] != told[1] and all(told):
                yield f"{result.title} was measured with other servers: {told[0]}, then {told[1]}."


def _judged_values(result: CheckResult) -> set[str]:
    """The values that have limits: those that are amounts of data, or times by the way, tell nothing of a server."""
    return {each.name for each in result.measurements if each.plan_limit is not None}


def _servers(result: CheckResult) -> str:
    return "; ".join(fact.value for fact in result.facts if fact.name in SERVERS and fact.value)


def _how_much(before: Report, after: Report) -> Iterator[str]:
    stopped = [name for name, report in (("older", before), ("newer", after)) if report.partial]
    if stopped:
        which = " and the ".join(stopped)
        yield f"The {which} run was stopped before it was done: what has no result there proves nothing."
    if bool(before.simulated) != bool(after.simulated):
        played = "older" if before.simulated else "newer"
        yield f"The {played} report is of a demonstration, and the other one is not."
