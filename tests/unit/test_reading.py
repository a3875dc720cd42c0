"""Saved reports are read with suspicion: either a Report that is safe to show or one sentence."""

import gzip
import io
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from readycheck.errors import ReportError
from readycheck.export import json as json_export
from readycheck.model import Report
from readycheck.redact import Level
from readycheck.redact.fields import leaves
from readycheck.report.reading import MOST_BYTES, parse_report, read_report
from readycheck.ticket.compose import compose
from readycheck.ticket.render import as_json
from tests.unit.sample_reports import INTERFACE, report, with_text

SAVED = json_export.render(report())
GOLDEN = Path(__file__).parent.parent / "data" / "report-1.0.json"


def changed(path: str, value: Any) -> bytes:
    """The sample report with one value changed; ``path`` as ``results.0.status``."""
    whole = json.loads(SAVED)
    *way, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    inner = whole
    for step in way:
        inner = inner[step]
    inner[last] = value
    return json.dumps(whole).encode()


def refusal(data: bytes) -> str:
    with pytest.raises(ReportError) as caught:
        parse_report(data, "x.json")
    assert caught.value.message.startswith("x.json ")
    assert "\n" not in caught.value.message
    return caught.value.message


def test_what_was_saved_is_read_again_unchanged() -> None:
    assert parse_report(SAVED, "x.json") == report()


def test_every_release_reads_the_first_report_format() -> None:
    old = read_report(GOLDEN)
    assert (old.verdict, old.score.value, len(old.results)) == ("not_ready", 49, 6)


def test_a_file_is_read_plain_and_packed(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(SAVED)
    (tmp_path / "a.json.gz").write_bytes(gzip.compress(SAVED))
    assert read_report(tmp_path / "a.json") == read_report(tmp_path / "a.json.gz") == report()


def test_a_dash_reads_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(SAVED)))
    assert read_report("-") == report()


def test_what_powershell_saved_is_read() -> None:
    assert parse_report(SAVED.decode().encode("utf-16"), "x.json") == report()
    assert parse_report(b"\xef\xbb\xbf" + SAVED, "x.json") == report()


def test_fields_of_a_later_minor_version_are_passed_over() -> None:
    whole = json.loads(SAVED) | {"schema_version": "1.7", "weather": {"rain": [1, 2]}}
    assert parse_report(json.dumps(whole).encode(), "x.json").score.value == 49


def test_another_major_version_is_refused_with_what_to_do() -> None:
    told = refusal(changed("schema_version", "2.0"))
    assert "format 2.0" in told and "reads 1.x" in told and "Update readycheck" in told


@pytest.mark.parametrize("path", ["", "nowhere.json", "bad\0name", "."])
def test_a_file_that_cannot_be_read_is_one_sentence(path: str, tmp_path: Path) -> None:
    with pytest.raises(ReportError, match="cannot be read"):
        read_report(tmp_path / path)


def test_a_device_without_end_is_not_read_at_all() -> None:
    with pytest.raises(ReportError, match="/dev/zero cannot be read: it is a pipe or a device"):
        read_report("/dev/zero")


def test_a_file_that_is_too_long_is_read_to_the_limit_only(tmp_path: Path) -> None:
    with (tmp_path / "long.json").open("wb") as file:
        file.truncate(2**40)
    with pytest.raises(ReportError, match="bigger than 8 MiB"):
        read_report(tmp_path / "long.json")


def test_a_named_pipe_is_refused_because_it_could_be_waited_for_without_end(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.json")
    with pytest.raises(ReportError, match="it is a pipe or a device, not an ordinary file"):
        read_report(tmp_path / "pipe.json")


def test_a_small_file_that_unpacks_to_gigabytes_is_refused_at_the_limit() -> None:
    bomb = gzip.compress(b" " * (40 * 2**20), 9)
    assert len(bomb) < 100_000
    assert "bigger than 8 MiB" in refusal(bomb)


@pytest.mark.parametrize("data", [gzip.compress(SAVED)[:-9], b"\x1f\x8b", b"\x1f\x8bnonsense"])
def test_a_packed_file_that_was_cut_off_is_refused(data: bytes) -> None:
    assert "unpacked to its end" in refusal(data)


@pytest.mark.parametrize("opened", [b"[", b'{"a":', b'[{"a":'])
def test_deep_nesting_is_refused_before_it_is_decoded(opened: bytes) -> None:
    assert "64 deep" in refusal(opened * 100_000)


def test_brackets_within_texts_are_no_nesting() -> None:
    made = with_text("[" * 200 + '"\\' + "{" * 200)
    assert parse_report(json_export.render(made), "x.json") == made


@pytest.mark.parametrize(
    "data", [b'"' + b'\\"' * (MOST_BYTES // 2 - 2), b"[" + b'"",' * (MOST_BYTES // 3 - 2)]
)
def test_looking_for_brackets_takes_time_in_proportion_to_the_file(data: bytes) -> None:
    started = time.process_time()
    refusal(data)
    assert time.process_time() - started < 20


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        ("results.0.status", "passed", "at $.results[0].status"),
        ("results.0.status", "passed", "one of pass, warn, fail, skip, unknown"),
        ("causes.0.owner", "dog", "one of device, home, isp, company, service, unknown"),
        ("verdict", "fine", "one of ready, ready_with_warnings, not_ready, unknown"),
        ("verdict", "ready", "$.verdict"),
        ("score.value", "49", "at $.score.value: Expected `int | null`, got `str`"),
        ("score.value", 490, "a score outside 0 to 100"),
        ("capabilities.0.score", -1, "$.capabilities[0].score"),
        ("results.0.weight", -1, "$.results[0].weight"),
        ("results.1.check_id", "interface", "two results with the same check_id"),
        ("results.1.measurements.0.fail_limit", None, "one limit without the other"),
        ("results.1.measurements.0.fail_limit", 4_000_000, "two limits that are equal"),
        ("results.1.measurements.0.value", 1e300, "$.results[1].measurements[0].value"),
        ("bytes_used", 10**40, "$.bytes_used"),
        ("results.0.seconds", -5, "less than nothing"),
        ("results", {}, "$.results"),
        ("tool", None, "$.tool"),
    ],
)
def test_a_value_that_cannot_be_is_refused_with_its_place(path: str, value: Any, told: str) -> None:
    assert told in refusal(changed(path, value))


@pytest.mark.parametrize("number", [b"NaN", b"Infinity", b"1e999", b"-Infinity"])
def test_a_number_that_is_none_is_refused(number: bytes) -> None:
    refusal(SAVED.replace(b'"seconds": 14.2', b'"seconds": ' + number))


@pytest.mark.parametrize(
    "data", [b"", b"{}", b"[]", b"null", b"hello", b"\xff\xfe", b"\x00" * 50, b'{"schema_version": 1}']
)
def test_what_is_no_report_is_refused(data: bytes) -> None:
    refusal(data)


def test_a_cut_off_report_is_refused_wherever_it_was_cut() -> None:
    for size in range(0, len(SAVED) - 3, 97):
        refusal(SAVED[:size])


def test_more_results_than_any_run_has_are_refused() -> None:
    many = [json.loads(msgspec.json.encode(INTERFACE)) | {"check_id": f"c{n}"} for n in range(1001)]
    assert "more than 1000 results" in refusal(changed("results", many))


def test_texts_that_would_steer_a_terminal_are_shown_instead() -> None:
    made = parse_report(changed("results.0.summary", "\x1b]52;c;aGk=\x07 \u202e\x9b5m"), "x.json")
    assert made.results[0].summary == "\\u001b]52;c;aGk=\\u0007 \\u202e\\u009b5m"


def test_every_text_of_a_read_report_is_clean_and_bounded() -> None:
    made = parse_report(json_export.render(with_text("\x1b\n\u2028" + "x" * 9000)), "x.json")
    for leaf in leaves(made):
        if isinstance(leaf.value, str):
            assert len(leaf.value) <= 4000
            assert "\x1b" not in leaf.value and "\u2028" not in leaf.value


def test_a_hostile_value_in_a_message_is_cleaned_too() -> None:
    assert "\x1b" not in refusal(changed("verdict", "\x1b]0;owned\x07"))


def only_a_report_or_a_sentence(data: bytes) -> None:
    try:
        assert isinstance(parse_report(data, "x"), Report)
    except ReportError as error:
        assert error.message and "\n" not in error.message


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_mutated_reports_are_read_or_refused_and_never_break(data: st.DataObject) -> None:
    mutant = bytearray(SAVED)
    for _ in range(data.draw(st.integers(1, 8))):
        place = data.draw(st.integers(0, len(mutant) - 1))
        cut = data.draw(st.integers(0, 12))
        mutant[place : place + cut] = data.draw(st.binary(max_size=12))
    only_a_report_or_a_sentence(bytes(mutant))


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_refused_in_one_sentence(data: bytes) -> None:
    only_a_report_or_a_sentence(data)
    only_a_report_or_a_sentence(b"\x1f\x8b\x08\x00" + data)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
PLACES = ["tool", "verdict", "score", "score.value", "results.0", "results.1.measurements.0", "causes.0.explains",
          "contact.routes.0", "environment.user", "redaction.replaced", "results.0.facts.0.privacy", "note"]  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(PLACES), values)
def test_any_value_anywhere_is_read_or_refused(path: str, value: Any) -> None:
    only_a_report_or_a_sentence(changed(path, value))


def test_a_json_ticket_opens_as_the_report_inside_it() -> None:
    ticket = compose(report(), level=Level.SUPPORT)
    assert parse_report(as_json(ticket), "x.json") == ticket.report


def test_a_ticket_without_its_report_is_refused() -> None:
    assert "report" in refusal(b'{"schema": "urn:readycheck:ticket:1.0", "schema_version": "1.0"}')


def test_a_file_of_another_schema_is_no_report() -> None:
    assert "schema" in refusal(changed("schema", "urn:other:1.0"))
