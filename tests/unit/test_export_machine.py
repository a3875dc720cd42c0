"""JSON, NDJSON and JUnit: what programs rely on."""

import json
from xml.etree import ElementTree

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from readycheck.errors import UsageError
from readycheck.events import (
    CheckFinished,
    CheckProgressed,
    CheckReported,
    CheckStarted,
    Event,
    Expected,
    RunFinished,
    RunStarted,
)
from readycheck.export import FORMATS, junit, ndjson, render
from readycheck.export import json as json_export
from readycheck.model import Capability, Redaction, Report, Verdict
from tests.unit.sample_reports import GATEWAY, INTERFACE, report, with_text

HOSTILE = "\x1b]0;owned\x07 \x00 <script>&amp; ]]> \ud83d\udc7e \u202e"


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_is_utf8_and_ends_with_one_newline(name: str) -> None:
    text = render(report(), name).decode()
    assert text.endswith("\n") and not text.endswith("\n\n")


def test_an_unknown_format_is_a_usage_error_and_the_known_ones_are_named() -> None:
    with pytest.raises(UsageError, match="junit"):
        render(report(), "yaml")


def test_json_loses_nothing() -> None:
    assert msgspec.json.decode(json_export.render(report()), type=Report) == report()


def test_json_has_the_published_names_in_a_fixed_order() -> None:
    redaction = Redaction(level="support", replaced={"user": 1, "address": 2})
    told = json.loads(json_export.render(report(redaction=redaction)))
    assert list(told)[:3] == ["schema", "schema_version", "tool"]
    assert list(told["redaction"]["replaced"]) == ["address", "user"]
    assert told["verdict"] == "not_ready"
    assert (told["score"]["value"], told["score"]["version"]) == (49, 1)
    assert {"id", "status", "required", "score"} <= set(told["capabilities"][0])
    assert {"code", "owner", "confidence", "summary", "next_step", "explains"} <= set(told["causes"][0])
    names = {
        "check_id",
        "capability",
        "status",
        "reason",
        "findings",
        "measurements",
        "seconds",
        "bytes_used",
    }
    assert names <= set(told["results"][0])
    assert (told["partial"], len(told["questions"])) == (False, 1)


def lines(data: bytes) -> list[dict[str, object]]:
    return [json.loads(line) for line in data.splitlines()]


def test_ndjson_tells_a_saved_run_from_start_to_end() -> None:
    told = lines(ndjson.render(report()))
    assert [line["event"] for line in told] == ["run.started", *["check.finished"] * 6, "run.finished"]
    assert told[0]["schema_version"] == "1.0"
    assert told[0]["max_bytes"] is None
    assert told[-1]["verdict"] == "not_ready"
    assert told[-1]["exit_code"] == 3


def test_ndjson_repeats_the_exit_code_of_the_process() -> None:
    warned = replace(report(), verdict=Verdict.READY_WITH_WARNINGS)
    assert lines(ndjson.render(warned))[-1]["exit_code"] == 0
    assert lines(ndjson.render(warned, strict=True))[-1]["exit_code"] == 4
    assert lines(ndjson.render(replace(warned, partial=True)))[-1]["exit_code"] == 130


def test_a_live_stream_writes_each_event_as_one_whole_line() -> None:
    expected = Expected(
        check_id="interface", title="Network", capability=Capability.CONNECTION, max_bytes=0, max_seconds=1.0
    )
    events: list[Event] = [
        RunStarted(
            profile="office", planned=(expected,), max_bytes=5, max_seconds=9.0, hosts=("www.example.com",)
        ),
        CheckStarted(check_id="interface"),
        CheckProgressed(check_id="interface", text="Looking\nround", fraction=0.5),
        CheckReported(check_id="interface", finding=INTERFACE.findings[0]),
        CheckFinished(result=INTERFACE),
        RunFinished(report=report()),
    ]
    written: list[bytes] = []
    stream = ndjson.NdjsonStream(written.append)
    for event in events:
        stream.hear(event)
    assert all(chunk.endswith(b"\n") and chunk.count(b"\n") == 1 for chunk in written)
    told = lines(b"".join(written))
    assert [line["event"] for line in told] == [
        "run.started",
        "check.started",
        "check.progressed",
        "check.finished",
        "run.finished",
    ]
    row = {"check_id": "interface", "title": "Network", "capability": "connection"}
    assert told[0]["planned"] == [row | {"max_bytes": 0, "max_seconds": 1.0, "hosts": None}]
    assert told[0]["hosts"] == ["www.example.com"]
    assert told[3]["result"] == json.loads(msgspec.json.encode(INTERFACE))


def cases(data: bytes) -> dict[str, ElementTree.Element]:
    root = ElementTree.fromstring(data)
    return {case.attrib["name"].split(" ")[0]: case for case in root.iter("testcase")}


def test_junit_has_a_suite_for_each_capability_and_honest_counts() -> None:
    root = ElementTree.fromstring(junit.render(report()))
    suites = {suite.attrib["name"]: suite.attrib for suite in root.iter("testsuite")}
    assert list(suites) == ["Connection", "Video calls", "VPN", "This device"]
    assert [root.attrib[key] for key in ("tests", "failures", "errors", "skipped")] == ["6", "1", "1", "1"]
    assert [suites["VPN"][key] for key in ("tests", "failures", "errors", "skipped")] == ["2", "1", "0", "1"]


def test_junit_keeps_the_five_statuses_apart() -> None:
    found = cases(junit.render(report()))
    outcome = {
        name: [child.tag for child in case if child.tag != "properties"] for name, case in found.items()
    }
    assert outcome == {
        "interface": ["system-out"],
        "bandwidth": ["system-out"],
        "vpn_gateway:main": ["failure"],
        "vpn_tunnel": ["skipped"],
        "camera": ["error"],
        "disk": ["system-out"],
    }
    statuses = {p.attrib["value"] for p in found["bandwidth"].iter("property")}
    assert "warn" in statuses


def test_junit_carries_reason_remedy_and_code() -> None:
    found = cases(junit.render(report()))
    failure = found["vpn_gateway:main"].find("failure")
    assert failure is not None and failure.attrib["type"] == "vpn.gateway_silent"
    assert "To do: Send this report" in (failure.text or "")
    skipped = found["vpn_tunnel"].find("skipped")
    assert skipped is not None and "VPN gateway" in skipped.attrib["message"]


def test_junit_shows_a_capability_that_has_no_verdict() -> None:
    assert "vpn_gateway:main" in cases(junit.render(report(GATEWAY, capabilities=())))


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=200))
def test_junit_stays_xml_whatever_a_server_said(said: str) -> None:
    ElementTree.fromstring(junit.render(with_text(said)))


def test_junit_shows_control_characters_instead_of_writing_them() -> None:
    data = junit.render(with_text(HOSTILE.encode("utf-16", "surrogatepass").decode("utf-16")))
    ElementTree.fromstring(data)
    assert b"\x1b" not in data and b"\\u001b" in data
