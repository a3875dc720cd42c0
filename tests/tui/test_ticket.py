"""The ticket: what the preview shows is what leaves, nothing leaves unasked, and nothing is lost on the way."""

import json
import re
from pathlib import Path

import pytest
from textual.pilot import Pilot

from readycheck.errors import ReadycheckError
from readycheck.privacy import Privacy
from readycheck.tui.draft import KINDS, Draft, Form, readable
from readycheck.tui.screens.send import NO_MAIL
from readycheck.tui.screens.send import WAYS as WAYS_TO_SEND
from readycheck.tui.widgets.exact_text import PSEUDONYM, ExactText
from tests.tui.app_world import SIZES, app_of, press, run, shown, until
from tests.tui.reports import with_faults
from tests.tui.world import FakeHand, finished

WAYS = {"email": 0, "file": 1, "copy": 2, "data": 3}


def text_of(pilot: Pilot[None]) -> str:
    return shown(pilot.app)  # type: ignore[arg-type]


def preview(pilot: Pilot[None]) -> str:
    return pilot.app.screen.query_one(ExactText).text


async def send(pilot: Pilot[None], way: str) -> None:
    await press(pilot, "home", "enter", "home", *["down"] * WAYS[way])
    await press(pilot, "enter")


@pytest.mark.parametrize("hidden", [frozenset(KINDS), frozenset({Privacy.USER}), frozenset()])
def test_the_preview_is_the_saved_file_byte_for_byte(tmp_path: Path, hidden: frozenset[Privacy]) -> None:
    seen: list[str] = []
    app = app_of(finished("with-faults"), folder=tmp_path)

    async def scene(pilot: Pilot[None]) -> None:
        draft = app.desk.draft()
        assert draft is not None
        app.desk.keep(draft.hiding(hidden).saying("It is gone since 9, says anna."))
        await press(pilot, "t")
        seen.append(preview(pilot))
        await press(pilot, "home", "enter")
        if not hidden:
            await press(pilot, "down", "enter")
        await press(pilot, "home", "down", "enter")
        await until(pilot, lambda: list(tmp_path.iterdir()))

    run(scene, app, (100, 30))
    (file,) = tmp_path.iterdir()
    assert file.read_bytes() == seen[0].encode()
    assert ("says anna" in seen[0]) == (Privacy.USER not in hidden)


@pytest.mark.parametrize("size", SIZES)
def test_every_way_to_send_is_seen_at_once(size: tuple[int, int]) -> None:
    async def scene(pilot: Pilot[None]) -> None:
        await press(pilot, "t", "home", "enter", "end")
        assert all(way.title in text_of(pilot) for way in WAYS_TO_SEND)
        assert " more" not in text_of(pilot) and "Hotline" in text_of(pilot)

    run(scene, app_of(finished("no-internet")), size)


@pytest.mark.parametrize(("way", "form"), [("email", Form.EMAIL), ("copy", Form.TEXT), ("data", Form.DATA)])
def test_what_v_shows_for_a_way_is_what_that_way_keeps(tmp_path: Path, way: str, form: Form) -> None:
    seen: list[str] = []

    async def scene(pilot: Pilot[None]) -> None:
        await press(pilot, "t", "enter", "home", *["down"] * WAYS[way], "v")
        seen.append(preview(pilot))
        await press(pilot, "escape", "enter")
        await until(pilot, lambda: list(tmp_path.iterdir()))

    run(scene, app_of(finished("with-faults"), folder=tmp_path), (100, 30))
    (file,) = tmp_path.iterdir()
    assert readable(form, file.read_bytes()) == seen[0]


def test_the_view_of_an_email_shows_its_attachment_in_full() -> None:
    draft = Draft(with_faults())
    text = readable(Form.EMAIL, draft.bytes_of(Form.EMAIL))
    assert '"run_id": "5f3a9c0d1e2b4a67"' in text and "X-Unsent: 1" in text and "[wi-fi 1]" in text
    assert "Villa Sonne" not in text


def test_the_three_forms_are_turned_through_with_the_arrows() -> None:
    async def scene(pilot: Pilot[None]) -> None:
        await press(pilot, "t", "v", "right")
        assert "X-Unsent: 1" in text_of(pilot)
        await press(pilot, "right")
        assert json.loads(preview(pilot))["report"]["run_id"]
        await press(pilot, "right")
        assert "# Ticket" in text_of(pilot)

    run(scene, app_of(finished("with-faults")), (100, 30))


def test_the_letter_to_the_provider_is_a_way_of_its_own_where_it_is_the_providers_to_mend(
    tmp_path: Path,
) -> None:
    seen: list[str] = []
    app = app_of(finished("no-internet"), folder=tmp_path)

    async def scene(pilot: Pilot[None]) -> None:
        await press(pilot, "t")
        assert "For the internet provider" in preview(pilot)
        await press(pilot, "home", "enter", "end", "v")
        seen.append(preview(pilot))
        await press(pilot, "escape", "enter")
        await until(pilot, lambda: list(tmp_path.iterdir()))

    run(scene, app, (100, 30))
    (file,) = tmp_path.iterdir()
    assert file.name.endswith("-provider.txt") and file.read_bytes() == seen[0].encode()
    assert "Nothing on the internet can be reached over this line." in seen[0]
    assert not app.desk.sent


def test_names_are_hidden_until_the_person_shows_them_and_marked_where_they_are_hidden() -> None:
    async def scene(pilot: Pilot[None]) -> None:
        await press(pilot, "t")
        assert "anna-laptop" not in preview(pilot)
        assert PSEUDONYM.search(readable(Form.DATA, app.desk.draft().bytes_of(Form.DATA)))  # type: ignore[union-attr]
        await press(pilot, *["down"] * 6, "space")
        assert "[ ] Wi-Fi names" in text_of(pilot) and "[ ] Everything" in text_of(pilot)
        draft = app.desk.draft()
        assert draft is not None and Privacy.WIFI not in draft.hidden
        data = readable(Form.DATA, draft.bytes_of(Form.DATA))
        assert "Villa Sonne" in data and "anna-laptop" not in data

    app = app_of(finished("with-faults"))
    run(scene, app, (100, 30))


def test_a_ticket_with_every_name_in_it_asks_first_and_the_harmless_answer_has_the_cursor(
    tmp_path: Path,
) -> None:
    async def scene(pilot: Pilot[None]) -> None:
        await press(pilot, "t", "down", "down", "space", "home", "enter")
        assert "►Go back and hide them" in text_of(pilot)
        await press(pilot, "enter")
        assert "What to hide" in text_of(pilot)
        await press(pilot, "enter", "down", "enter")
        assert "Step 2 of 2" in text_of(pilot)

    run(scene, app_of(finished("with-faults"), folder=tmp_path), (100, 30))
    assert list(tmp_path.iterdir()) == []


def test_the_message_is_kept_through_escape_and_stands_in_the_ticket() -> None:
    async def scene(pilot: Pilot[None]) -> None:
        await press(pilot, "t", "e", *"The drive is gone", "escape")
        assert "Your message: The drive is gone" in text_of(pilot)
        assert "The drive is gone" in preview(pilot)
        await press(pilot, "escape", "t")
        assert "The drive is gone" in text_of(pilot)
        await press(pilot, "escape", "q")
        assert "has not been sent or saved" in text_of(pilot) and "►Stay" in text_of(pilot)

    run(scene, app_of(finished("with-faults")), (100, 30))


def test_letters_in_the_message_are_no_commands() -> None:
    session = finished("with-faults")

    async def scene(pilot: Pilot[None]) -> None:
        await press(pilot, "t", "e", *"qrxmtka", "question_mark")
        assert "qrxmtka?" in text_of(pilot) and session.asked == []

    run(scene, app_of(session), (100, 30))


def test_a_sent_ticket_does_not_hold_the_person_back(tmp_path: Path) -> None:
    async def scene(pilot: Pilot[None]) -> None:
        await press(pilot, "t", "e", *"help", "escape")
        await send(pilot, "file")
        await until(pilot, lambda: "Saved as" in text_of(pilot))
        await press(pilot, "q")
        await until(pilot, lambda: not pilot.app.is_running)

    run(scene, app_of(finished("with-faults"), folder=tmp_path), (100, 30))


def test_email_keeps_the_draft_and_asks_the_mail_program(tmp_path: Path) -> None:
    hand = FakeHand(folder=tmp_path)

    async def scene(pilot: Pilot[None]) -> None:
        await press(pilot, "t")
        await send(pilot, "email")
        await until(pilot, lambda: "It goes when you press Send" in " ".join(text_of(pilot).split()))

    run(scene, app_of(finished("with-faults"), hand=hand), (100, 30))
    assert hand.opened == list(tmp_path.iterdir())


def test_a_mail_program_that_does_not_open_is_not_called_a_success(tmp_path: Path) -> None:
    async def scene(pilot: Pilot[None]) -> None:
        await press(pilot, "t")
        await send(pilot, "email")
        await until(pilot, lambda: "Nothing is lost: open this file yourself" in text_of(pilot))

    run(scene, app_of(finished("with-faults"), hand=FakeHand(folder=tmp_path, opens=False)), (160, 48))


def test_a_way_that_is_not_possible_stays_in_the_list_with_its_reason() -> None:
    async def scene(pilot: Pilot[None]) -> None:
        await press(pilot, "t", "enter")
        assert "Not possible: no mail program here" in text_of(pilot)
        assert "►Save to a file" in text_of(pilot)

    run(scene, app_of(finished("with-faults"), hand=FakeHand(mails=False)), (100, 30))


def test_a_full_disk_is_told_in_one_sentence_and_the_text_can_still_be_copied() -> None:
    hand = FakeHand(refuses=ReadycheckError("There is no room left in /home/anna."))

    async def scene(pilot: Pilot[None]) -> None:
        await press(pilot, "t")
        await send(pilot, "file")
        await until(pilot, lambda: "Not saved: There is no room left" in text_of(pilot))
        await press(pilot, "end", "up", "enter")
        await until(pilot, lambda: hand.clipboard)
        assert "No file was kept: There is no room left" in text_of(pilot)

    run(scene, app_of(finished("with-faults"), hand=hand), (100, 30))


def test_without_a_clipboard_program_it_says_that_the_terminal_was_asked(tmp_path: Path) -> None:
    async def scene(pilot: Pilot[None]) -> None:
        await press(pilot, "t")
        await send(pilot, "copy")
        await until(pilot, lambda: "Sent to the terminal's clipboard" in text_of(pilot))
        assert pilot.app.clipboard.startswith("# Ticket")

    hand = FakeHand(folder=tmp_path, has_clipboard=False)
    run(scene, app_of(finished("with-faults"), hand=hand), (160, 48))


def test_a_newer_report_keeps_the_message_and_the_choices() -> None:
    draft = Draft(with_faults()).saying("help").hiding(frozenset({Privacy.USER}))
    newer = draft.about(with_faults())
    assert (newer.note, newer.hidden) == (draft.note, draft.hidden)
    assert newer.bytes_of(Form.TEXT) == draft.bytes_of(Form.TEXT)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("mails", [True, False])
def test_every_row_of_the_ways_to_send_is_to_be_read_in_full(size: tuple[int, int], mails: bool) -> None:
    async def scene(pilot: Pilot[None]) -> None:
        await press(pilot, "t", "enter")
        rows = text_of(pilot).split("\n")
        for way in WAYS_TO_SEND:
            said = way.text if mails or way.id != "email" else NO_MAIL
            assert any(row[1:].startswith(way.title) and said in row for row in rows), way
        assert not any("…" in row for row in rows[1:])

    run(scene, app_of(finished("no-internet"), hand=FakeHand(mails=mails)), size)


def test_the_name_of_a_saved_file_and_its_folder_have_a_line_each(tmp_path: Path) -> None:
    folder = tmp_path / "Documents"
    folder.mkdir()
    app = app_of(finished("with-faults"), hand=FakeHand(folder=Path("/nowhere"), documents=folder))

    async def scene(pilot: Pilot[None]) -> None:
        await press(pilot, "t")
        await send(pilot, "file")
        await until(pilot, lambda: "Saved as" in text_of(pilot))
        (file,) = folder.iterdir()
        lines = [line.strip() for line in text_of(pilot).split("\n")]
        assert f"✓ Saved as {file.name}" in lines and f"in {folder}" in lines
        assert app.desk.kept == [file]

    run(scene, app, (160, 48))


def test_copying_says_so_once_and_covers_nothing(tmp_path: Path) -> None:
    async def scene(pilot: Pilot[None]) -> None:
        await press(pilot, "t")
        await send(pilot, "copy")
        await until(pilot, lambda: "A copy is kept as" in text_of(pilot))
        assert text_of(pilot).count("Copied.") == 1 and not pilot.app._notifications

    run(scene, app_of(finished("with-faults"), folder=tmp_path), (80, 24))


@pytest.mark.parametrize("size", SIZES)
def test_above_the_preview_stands_what_of_it_is_seen_and_how_one_reads_on(size: tuple[int, int]) -> None:
    async def scene(pilot: Pilot[None]) -> None:
        await press(pilot, "t")
        assert "Lines 1 to " in text_of(pilot) and "Tab, then ↑ ↓: read on" in text_of(pilot)
        await press(pilot, "tab", "down")
        assert "Lines 2 to " in text_of(pilot) and "↑ ↓ read on" in text_of(pilot)
        await press(pilot, "end")
        await until(pilot, lambda: re.search(r"Lines [0-9]+ to ([0-9]+) of \1 ", text_of(pilot)))

    run(scene, app_of(finished("with-faults")), size)


def test_after_the_message_is_written_enter_goes_on() -> None:
    async def scene(pilot: Pilot[None]) -> None:
        await press(pilot, "t", "down", "enter", *"help", "escape")
        assert "►Next: choose how to send it" in text_of(pilot)
        await press(pilot, "enter")
        assert "Step 2 of 2" in text_of(pilot)

    run(scene, app_of(finished("with-faults")), (100, 30))
