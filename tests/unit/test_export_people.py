"""Text and Markdown: what people read."""

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from readycheck.export import render
from readycheck.export.markdown import escape
from readycheck.export.text import render as text_of
from readycheck.model import ContactCard, Status, Verdict
from readycheck.redact import Level, redact
from tests.unit.sample_reports import DISK, INTERFACE, report, with_text


def text(*args: object, **kwargs: object) -> str:
    return text_of(*args, **kwargs).decode()  # type: ignore[arg-type]


def test_the_first_lines_say_whether_one_can_work_and_why_not() -> None:
    assert text(report()).splitlines()[:2] == [
        "RESULT: Not ready yet: 1 thing to fix. Readiness: 49 of 100.",
        "The VPN gateway vpn.example.com does not answer.",
    ]


def test_each_capability_is_named_in_words() -> None:
    assert "Connection: ready. Video calls: limited. VPN: not working. This device: ready." in text(report())


def test_problems_are_numbered_worst_first_each_with_what_to_do() -> None:
    told = text(report(), width=200)
    numbered = re.findall(r"^\d\. .*$|^   - .*$", told, re.MULTILINE)
    assert numbered == [
        "1. Fix: VPN gateway. The VPN gateway vpn.example.com does not answer. 1 check is on hold until this works.",
        "   - Send this report to IT support.",
        "2. Look: Speed. Upload 3.1 Mbit/s, 4 wanted.",
        "   - Pause backups and other uploads.",
        "   - Move closer to the router.",
        "3. No result: Camera. Needs admin rights.",
    ]


def test_a_cause_says_whose_it_is_and_is_told_once_where_a_check_says_the_same() -> None:
    told = text(report(), width=300)
    (cause,) = report().causes
    assert told.count("Whose it is to mend: your company's IT (certain).") == 1
    assert "Cause:" not in told
    assert cause.summary in told


def test_a_cause_that_no_check_says_stands_by_itself_with_its_next_step() -> None:
    (cause,) = report().causes
    told = text(report(causes=(replace(cause, summary="No internet"),)), width=300)
    assert "Cause: No internet." in told
    assert "Next step: Send this report to IT support." in told


def test_what_several_checks_suffer_from_is_told_first_and_to_be_done_once() -> None:
    (cause,) = report().causes
    told = text(report(causes=(replace(cause, summary="Nothing of the company answers"),)), width=300)
    assert told.index("Cause: Nothing of the company answers.") < told.index("1. Fix: VPN gateway.")
    assert "Part of one fault: Nothing of the company answers." in told
    assert told.count("Send this report to IT support.") == 1


def test_what_waits_is_named_with_what_it_waits_for() -> None:
    assert "On hold: VPN connected. After: VPN gateway." in text(report())


def test_what_was_left_out_for_one_reason_is_said_in_one_line() -> None:
    skipped = [
        replace(
            DISK, check_id=f"d{n}", title=f"Disk {n}", status=Status.SKIP, summary="", reason="Not asked for"
        )
        for n in range(3)
    ]
    assert "Not needed: Disk 0, Disk 1, Disk 2. Not asked for." in text(report(INTERFACE, *skipped))


def test_help_can_always_be_reached() -> None:
    assert "+49 30 1234567" in text(report())
    assert "names no support desk" in text(report(contact=ContactCard()))


def test_open_now_is_only_said_where_now_is_known() -> None:
    monday = datetime(2026, 11, 23, 9, 14, tzinfo=ZoneInfo("Europe/Berlin"))
    assert "open now, until 18:00" in text(report(), now=monday)
    assert "open now" not in text(report())
    assert "Mo-Fr 08:00-18:00" in text(report(), width=200)


def test_a_run_without_problems_is_short_and_says_so() -> None:
    told = text(report(INTERFACE, DISK, verdict=Verdict.READY, questions=()))
    assert told.startswith(
        "RESULT: Ready to work. Readiness: 100 of 100.\nEverything that was checked works.\n"
    )
    assert "2 checks are OK." in told
    assert "1." not in told.partition("How to reach")[0].partition("Profile")[0].replace("0.1.0", "")


@pytest.mark.parametrize("name", ["text", "markdown"])
def test_a_report_says_how_much_data_it_used_and_how_much_was_stated(name: str) -> None:
    told = " ".join(render(report(), name).decode().split())
    assert "Data used: 21 MB." in told
    stated = replace(report(), bytes_stated=46_000_000)
    told = " ".join(render(stated, name).decode().split())
    assert "Data used: 21 MB, of at most 46 MB stated before." in told


def test_a_stopped_run_and_what_was_stood_in_for_are_said() -> None:
    told = text(report(partial=True, simulated=("The VPN gateway is played here.",)), width=300)
    assert "This run was stopped before it was done." in told
    assert "Stood in for: The VPN gateway is played here." in told


def test_of_a_demonstration_that_has_just_ended_is_said_only_that_it_was_one() -> None:
    played = report(simulated=("The VPN gateway is played here.",))
    told = text(played, now=datetime(2026, 11, 21, 12, 0, tzinfo=UTC), width=300)
    assert "This was a demonstration." in told
    assert "is played here" not in told


def test_the_time_of_a_run_is_that_of_the_persons_clock_and_in_utc_where_nobody_knows_whose_it_is() -> None:
    checked = report(started="2026-11-21T23:30:05+00:00")
    now = datetime(2026, 11, 22, 0, 31, tzinfo=ZoneInfo("Europe/Berlin"))
    assert "checked 22 Nov 2026, 00:30, readycheck" in text(checked, now=now, width=300)
    assert "checked 21 Nov 2026, 23:30 UTC, readycheck" in text(checked, width=300)


@pytest.mark.parametrize("stamp", ["yesterday", "0001-01-01T00:00:00+14:00"])
def test_a_time_of_a_run_that_nobody_can_place_stays_as_it_was_written(stamp: str) -> None:
    assert f"checked {stamp}, readycheck" in text(report(started=stamp), width=300)


def test_markdown_which_goes_into_ticket_systems_keeps_the_whole_time_and_what_was_stood_in_for() -> None:
    checked = report(started="2026-11-21T23:30:05+00:00", simulated=("The gateway is played here.",))
    told = render(checked, "markdown").decode()
    assert "checked 2026-11-21 23:30:05+00:00, readycheck" in told
    assert "Stood in for: The gateway is played here." in told


@pytest.mark.parametrize("width", [40, 80, 120])
def test_lines_keep_to_the_width(width: int) -> None:
    assert max(map(len, text(report(), width=width).splitlines())) <= width


def test_a_pseudonym_is_never_broken_over_two_lines() -> None:
    copy = redact(with_text("annaschmidt " * 30), Level.SUPPORT)
    for width in range(40, 60):
        assert not re.search(r"\[user$", text(copy, width=width), re.MULTILINE)


def test_the_ascii_variant_keeps_letters_readable() -> None:
    told = text(with_text("“Café” – Müller… 家 × 2"), ascii_only=True)
    assert told.isascii()
    assert '"Cafe" - Muller... ? x 2' in told


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=120))
def test_the_ascii_variant_is_ascii_whatever_was_found(said: str) -> None:
    assert text(with_text(said), ascii_only=True).isascii()


def test_markdown_has_verdict_causes_results_and_contact() -> None:
    told = render(report(), "markdown").decode()
    assert told.startswith("# Not ready yet: 1 thing to fix\n")
    assert "| Video calls | Limited | 82 | Upload 3.1 Mbit/s, 4 wanted |" in told
    assert "- Whose it is to mend: your company's IT (certain)" in told
    assert "- Code: `vpn.gateway_silent`; mending it brings 40 points" in told
    assert "- **Fix: VPN gateway.**" in told
    assert "  - To do: Move closer to the router" in told
    assert "## How to get help" in told


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("<script>x</script>", "&lt;script&gt;x&lt;/script&gt;"),
        ("[a](http://b)", "\\[a\\](http\\://b)"),
        ("![](x)", "\\!\\[\\](x)"),
        ("a|b", "a\\|b"),
        ("`*_~#$\\", "\\`\\*\\_\\~\\#\\$\\\\"),
        ("www.evil.example", "www\\.evil.example"),
        ("one\n# two", "one \\# two"),
        ("a &amp; b", "a &amp;amp; b"),
    ],
)
def test_no_text_of_a_report_becomes_markup(raw: str, shown: str) -> None:
    assert escape(raw) == shown


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=100))
def test_no_text_adds_a_line_or_html_to_the_markdown(said: str) -> None:
    plain = render(with_text("x"), "markdown").decode()
    told = render(with_text(said), "markdown").decode()
    assert "<" not in told
    headings = [line for line in plain.splitlines() if line.startswith("#")]
    assert [line for line in told.splitlines() if line.startswith("#")] == headings


def test_a_remedy_in_several_lines_stays_in_its_list() -> None:
    made = with_text("first\n# second\n- third")
    told = render(replace(made, started=datetime(2026, 1, 1, tzinfo=UTC).isoformat()), "markdown").decode()
    assert "  - To do: r first\n  - To do: \\# second\n  - To do: - third\n" in told
