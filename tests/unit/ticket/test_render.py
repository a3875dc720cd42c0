import json
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from msgspec.structs import replace

from readycheck.model import ContactCard, ContactRoute, Report
from readycheck.redact import Level
from readycheck.ticket.compose import Ticket, compose
from readycheck.ticket.render import as_json, eml, file_name, markdown
from tests.unit.sample_reports import CONTACT, GATEWAY, SILENT_GATEWAY, report

HOSTILE = (
    "# heading",
    "```\n</details><script>alert(1)</script>",
    "``````",
    "~~~",
    "[click](http://evil.example)",
    "![x](http://evil.example/p.png)",
    "<a href=http://evil.example>x</a>",
    "http://evil.example/ www.evil.example mail@evil.example",
    "| a | b |",
    "&lt;b&gt;",
    "a\r\nBcc: everybody@evil.example\r\n\r\nbody",
    "\x1b]8;;http://evil.example\x07x",
    "\u202egnp.exe",
)


def ticket(note: str = "", **changes: Any) -> Ticket:
    return compose(replace(report(), **changes), level=Level.SUPPORT, note=note)


def hostile(text: str) -> Ticket:
    """The same text at every place of a ticket where foreign text can stand."""
    result = replace(
        GATEWAY, title=text, summary=text, findings=(replace(GATEWAY.findings[0], summary=text, detail=text),)
    )
    cause = replace(SILENT_GATEWAY, summary=text, next_step=text, evidence_for=(text,))
    route = ContactRoute(kind="email", title=text, value=text, hours=text, note=text)
    made = report(
        result, causes=(cause,), contact=ContactCard(name=text, timezone=text, country=text, routes=(route,))
    )
    return compose(
        replace(made, run_id=text, finished=text, problems=(text,)), level=Level.SUPPORT, note=text
    )


def parsed(made: Ticket) -> EmailMessage:
    message = message_from_bytes(eml(made), policy=SMTP)
    assert isinstance(message, EmailMessage)
    return message


def only_headings_and_fences(text: str) -> None:
    tokens = (
        MarkdownIt("gfm-like", {"html": True, "linkify": False})
        .enable(["table", "strikethrough"])
        .parse(text)
    )
    assert {token.type for token in tokens} <= {"heading_open", "heading_close", "inline", "fence"}
    inline = [child for token in tokens if token.children for child in token.children]
    assert {child.type for child in inline} <= {"text"}
    assert all(child.content.replace(" ", "").replace("-", "").isalnum() for child in inline)


def test_the_markdown_of_a_ticket_is_headings_and_fenced_text_only() -> None:
    only_headings_and_fences(markdown(ticket(note="Please help")))


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_of_a_report_becomes_markup_a_link_or_html(text: str) -> None:
    only_headings_and_fences(markdown(hostile(text)))


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet=st.sampled_from("`~<>[]()!#*_-|&\n\r\t ahtp:/.@\\\x00"), max_size=60))
def test_no_note_becomes_markup(text: str) -> None:
    only_headings_and_fences(markdown(ticket(note=text)))


def test_a_backtick_run_inside_cannot_close_its_fence() -> None:
    assert "`````text\n" in markdown(ticket(note="x ```` y"))


def test_a_pseudonym_is_never_torn_apart_at_the_end_of_a_line() -> None:
    note = " ".join(["annaschmidt"] * 60)
    assert markdown(ticket(note=note)).count("[user 1]") >= 60


def test_the_draft_goes_to_the_mail_route_with_the_report_attached() -> None:
    message = parsed(ticket())
    assert message["To"] == "help@example.com"
    assert message["X-Unsent"] == "1"
    assert message["Subject"].startswith("[rc-")
    assert message["Date"] == "Mon, 23 Nov 2026 09:14:14 +0100"
    assert message["From"] is None
    body = message.get_body()
    assert body is not None and body.get_content_type() == "text/plain"
    assert "The VPN gateway vpn.example.com does not answer" in body.get_content()
    (attached,) = message.iter_attachments()
    copy = msgspec.json.decode(attached.get_content(), type=Report)
    assert copy == ticket().report
    assert attached.get_filename() == file_name(ticket(), ".json")


def test_the_message_id_is_stable_for_a_run_and_names_no_host() -> None:
    first, second = parsed(ticket()), parsed(ticket(note="again"))
    assert first["Message-ID"] == second["Message-ID"]
    assert first["Message-ID"].endswith("@readycheck.invalid>")
    assert parsed(ticket(run_id="f" * 16))["Message-ID"] != first["Message-ID"]


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_of_a_report_becomes_a_mail_header(text: str) -> None:
    message = parsed(hostile(text))
    assert set(message.keys()) <= {
        "Subject",
        "Message-ID",
        "X-Unsent",
        "MIME-Version",
        "Content-Type",
        "Date",
    }
    assert len(list(message.iter_attachments())) == 1
    assert not message.defects


@pytest.mark.parametrize(
    "value",
    ["help@example.com\r\nBcc: x@y.z", "a b@c.d", "x@y.z, u@v.w", "<x@y.z>", "help", "=?utf-8?q?x?=@y.z "],
)
def test_what_is_no_plain_address_is_no_recipient(value: str) -> None:
    odd = ContactCard(routes=(ContactRoute(kind="email", title="Mail", value=value),))
    assert parsed(ticket(contact=odd))["To"] is None


def test_a_draft_without_a_mail_route_has_no_recipient() -> None:
    assert parsed(ticket(contact=replace(CONTACT, routes=())))["To"] is None


def test_lines_of_the_draft_fit_mail(note: str = "ü" * 3000) -> None:
    assert all(len(line) <= 998 for line in eml(ticket(note=note)).split(b"\r\n"))


def test_no_line_of_the_draft_is_a_mark_of_mailboxes_or_of_programs_that_send() -> None:
    """A mailbox of one file changes "From " into ">From "; a mail that sendmail is given ends at a lone dot."""
    note = "From now on it is slow\n.\nFrom\n..\n" + "From here " * 30
    made = ticket(note=note)
    lines = eml(made).split(b"\r\n")
    assert not [line for line in lines if line.startswith(b"From ") or line == b"."]
    assert max(len(line) for line in lines) <= 76  # RFC 2045, 6.7
    body = parsed(made).get_body()
    assert body is not None
    said = "\nFrom now on it is slow\n.\nFrom\n..\nFrom here From here"
    assert said in body.get_content().replace("\r\n", "\n")


@pytest.mark.parametrize(
    "finished",
    ["", "yesterday", "2026-11-23T09:14:14", "9999-12-31T23:59:59+00:00", "0001-01-01T00:00:00+14:00"],
)
def test_a_report_without_a_readable_time_still_gives_a_ticket(finished: str) -> None:
    made = ticket(finished=finished)
    assert eml(made)
    assert markdown(made)


def test_json_is_the_ticket_and_reads_back() -> None:
    made = ticket(note="Please help")
    assert msgspec.json.decode(as_json(made), type=Ticket) == made
    assert list(json.loads(as_json(made)))[:4] == ["schema", "schema_version", "marker", "title"]


def test_the_same_ticket_gives_the_same_bytes() -> None:
    for render in (lambda t: markdown(t).encode(), eml, as_json):
        assert render(ticket(note="x")) == render(ticket(note="x"))


def test_the_file_name_says_run_and_level_and_stays_in_its_folder() -> None:
    assert file_name(ticket(run_id="4f3a2b1c9d8e7f60"), ".eml") == "readycheck-rc-4f3a2b1c-support.eml"
    assert "/" not in file_name(hostile("../../x"), ".md")
