import asyncio
import json
import random
from datetime import UTC, datetime
from typing import Any

import pytest

from readycheck.api import Capability, Owner, Silent, Status, Where
from readycheck.model import CheckResult
from readycheck.testing import FakeClock, FakeHttp, http_answer, run_check
from readycheck_checks.status.page import Event, read
from readycheck_checks.status_page import StatusPageOptions, check

URL = "https://status.example.com/api/v2/summary.json"
LINK = "https://stspg.io/abc"
INCIDENT = {
    "name": "Elevated error rates", "status": "investigating", "impact": "major", "shortlink": LINK,
    "started_at": "2026-11-23T08:00:00.000Z", "components": [{"name": "Shop"}],
}  # fmt: skip
WORK = {
    "name": "New database", "status": "in_progress", "scheduled_for": "2026-11-23T08:00:00Z",
    "scheduled_until": "2026-11-23T12:00:00Z", "components": [{"name": "Shop"}],
}  # fmt: skip
ROOTLY = {
    "name": "API Degradation", "status": "started", "impact": "minor", "started_at": "2026-11-23T07:30:00Z",
    "resolved_at": None, "url": "https://status.example.com/incidents/abc123",
}  # fmt: skip


def summary(**changes: Any) -> dict[str, Any]:
    parts = [{"name": "Shop", "status": "operational"}, {"name": "Archive", "status": "operational"}]
    well = {
        "page": {"name": "Orders"},
        "status": {"indicator": "none", "description": "All well"},
        "components": parts,
    }
    return {**well, "incidents": [], "scheduled_maintenances": [], **changes}


def looked(told: Any, **options: Any) -> CheckResult:
    body = told if isinstance(told, bytes) else json.dumps(told).encode()
    http = FakeHttp(pages={URL: http_answer(URL, body=body)})
    settings = StatusPageOptions(**{"title": "Orders", "url": URL, "components": ("Shop",), **options})
    return asyncio.run(run_check(check, settings, http=http, clock=FakeClock()))


def code(result: CheckResult) -> str:
    return result.findings[0].code


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (summary(), "help.status_operational"),
        (summary(incidents=[INCIDENT]), "help.known_incident"),
        (summary(incidents=[{**INCIDENT, "components": []}]), "help.known_incident"),
        (summary(incidents=[{**INCIDENT, "components": [{"name": "Archive"}]}]), "help.status_operational"),
        (summary(incidents=[{**INCIDENT, "status": "resolved"}]), "help.status_operational"),
        (summary(components=[{"name": "shop", "status": "major_outage"}]), "help.known_incident"),
        (summary(components=[{"name": "Shop", "status": "under_maintenance"}]), "help.known_maintenance"),
        (summary(scheduled_maintenances=[WORK]), "help.known_maintenance"),
        (summary(scheduled_maintenances=[{**WORK, "status": "scheduled"}]), "help.status_operational"),
        (summary(components=[{"name": "Other", "status": "operational"}]), "help.status_components"),
        ({"status": {"indicator": "none"}, "incidents": []}, "help.status_operational"),
        ({"status": {"indicator": "major"}, "incidents": []}, "help.status_unclear"),
        ({"status": {"indicator": "maintenance"}, "incidents": []}, "help.status_unclear"),
        ({"status": {"indicator": "minor"}, "incidents": [ROOTLY]}, "help.status_unclear"),
        (summary(status={"indicator": "critical"}), "help.status_unclear"),
        (summary(status={"indicator": "odd"}), "help.status_unclear"),
        (
            summary(
                status={"indicator": "major"},
                components=[
                    {"name": "Shop", "status": "operational"},
                    {"name": "Archive", "status": "major_outage"},
                ],
            ),
            "help.status_operational",
        ),
        (
            {
                "status": {"indicator": "none"},
                "incidents": [{**ROOTLY, "resolved_at": "2026-11-23T08:00:00Z"}],
            },
            "help.status_operational",
        ),
        ({"hello": 1}, "help.status_unproved"),
        ([], "help.status_unproved"),
        (b"<html>Sign in</html>", "help.status_unproved"),
        (b"", "help.status_unproved"),
        (b"[" * 200_000, "help.status_unproved"),
        (b"\xff\xfe{}", "help.status_unproved"),
    ],
)
def test_what_a_page_says(told: Any, expected: str) -> None:
    assert code(looked(told)) == expected


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({"status": {"indicator": "major"}, "incidents": []}, "help.known_incident"),
        ({"status": {"indicator": "maintenance"}, "incidents": []}, "help.known_maintenance"),
        ({"status": {"indicator": "minor"}, "incidents": [ROOTLY]}, "help.known_incident"),
        (summary(status={"indicator": "critical"}), "help.known_incident"),
        (summary(status={"indicator": "odd"}), "help.status_unclear"),
        (summary(), "help.status_operational"),
    ],
)
def test_where_everything_matters_the_pages_word_for_the_whole_counts(told: Any, expected: str) -> None:
    assert code(looked(told, components=())) == expected


def test_every_component_is_looked_at_however_many_there_are() -> None:
    parts = [{"name": f"Part {number}", "status": "operational"} for number in range(250)]
    broken = {"name": "The last", "status": "major_outage"}
    told = summary(status={"indicator": "major"}, components=[*parts, broken])
    for components in ((), ("The last",)):
        result = looked(told, components=components)
        assert code(result) == "help.known_incident" and '"The last" does not work' in result.summary


def test_an_incident_is_known_since_when_with_a_link_and_needs_no_ticket() -> None:
    finding = looked(summary(incidents=[INCIDENT])).findings[0]
    assert (finding.status, finding.owner) == (Status.WARN, Owner.SERVICE)
    assert finding.summary == 'Orders reports an incident since 2026-11-23 08:00: "Elevated error rates"'
    assert (
        finding.remedy.startswith("Wait: ")
        and "no ticket is needed" in finding.remedy
        and LINK in finding.remedy
    )


def test_the_incident_that_began_first_is_told() -> None:
    later = {**INCIDENT, "name": "Later", "started_at": "2026-11-23T08:30:00Z"}
    assert "Elevated" in looked(summary(incidents=[later, INCIDENT])).summary


def test_the_page_of_the_company_is_the_companys_and_counts_where_the_profile_says() -> None:
    result = looked(summary(incidents=[INCIDENT]), owner="company", capability=Capability.VPN)
    assert result.findings[0].owner is Owner.COMPANY and result.capability is Capability.VPN


def test_the_checks_that_it_is_about_are_a_fact() -> None:
    result = looked(summary(incidents=[INCIDENT]), about=("web:orders", "call_service:teams"))
    assert next((f.name, f.value) for f in result.facts) == (
        "status_page_about",
        "web:orders call_service:teams",
    )


@pytest.mark.parametrize(
    "answer", [Silent(Where(host="x")), http_answer(URL, 404), http_answer(URL, 302, location="/")]
)
def test_a_page_that_cannot_be_read_says_nothing(answer: Any) -> None:
    settings = StatusPageOptions(title="Orders", url=URL)
    result = asyncio.run(run_check(check, settings, http=FakeHttp(pages={URL: answer})))
    assert (result.status, code(result), result.essential) == (Status.UNKNOWN, "help.status_unproved", False)


def test_a_link_that_is_none_is_not_shown() -> None:
    for link in ("javascript:alert(1)", "http://x/", "https://u:p@x/", "https://[x", 7):
        told = summary(incidents=[{**INCIDENT, "shortlink": link}])
        assert read(json.dumps(told).encode()).incidents[0].link == ""


def test_a_moment_that_is_none_is_left_out() -> None:
    for moment in (
        "yesterday",
        "2026-11-23",
        "0001-01-01T00:00:00+14:00",
        None,
        5,
        "9999-12-31T23:59:59-14:00",
    ):
        told = summary(incidents=[{**INCIDENT, "started_at": moment}])
        assert isinstance(read(json.dumps(told).encode()).incidents[0], Event)
        assert looked(told).status is Status.WARN


def test_only_over_tls() -> None:
    with pytest.raises(ValueError, match="https"):
        StatusPageOptions(title="Orders", url="http://status.example.com/")


def test_no_json_raises_another_error_than_the_stated_one() -> None:
    chance = random.Random(5)
    leaves: list[Any] = [
        None,
        True,
        0,
        -1.5,
        "",
        "investigating",
        "2026-11-23T08:00:00Z",
        [],
        {},
        "x" * 500,
        "\u202e",
    ]

    def grown(depth: int) -> Any:
        if depth == 0:
            return chance.choice(leaves)
        keys = (
            "page",
            "status",
            "components",
            "incidents",
            "name",
            "indicator",
            "started_at",
            "shortlink",
            "group",
        )
        if chance.random() < 0.3:
            return [grown(depth - 1) for _ in range(chance.randrange(3))]
        return {key: grown(depth - 1) for key in chance.sample(keys, chance.randrange(6))}

    for _ in range(1500):
        try:
            read(json.dumps(grown(4)).encode())
        except ValueError:
            continue
    assert read(json.dumps(summary()).encode()).indicator == "none" and datetime.now(UTC).tzinfo
