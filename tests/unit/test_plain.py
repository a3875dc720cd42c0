from collections.abc import Callable, Iterator
from io import BytesIO, TextIOWrapper
from pathlib import Path

import pytest

from readycheck.api import Context, NoOptions, Owner, Says, failed, warned
from readycheck.errors import ToldToEnd
from readycheck.plain import run
from readycheck.run.session import Session
from tests.unit.test_session import assignment, check


async def broken(options: NoOptions, ctx: Context) -> Says:
    yield failed(
        "vpn.gateway_silent", "The gateway does not answer", remedy="Tell IT support", owner=Owner.COMPANY
    )


async def meagre(options: NoOptions, ctx: Context) -> Says:
    yield warned("device.disk", "The disk is nearly full", remedy="Free some space")


async def cut_off(options: NoOptions, ctx: Context) -> Says:
    yield failed("connection.no_internet", "Nothing answers", remedy="Call the provider", owner=Owner.ISP)


def converse(
    *answers: str | type[BaseException],
    notice: str = "",
    gateway: Callable[..., Says] = broken,
    title: str = "Test",
    encoding: str = "utf-8",
) -> tuple[int, str]:
    """Exit code and everything told on a terminal of this encoding, when the person answers this and then leaves."""
    given: Iterator[str | type[BaseException]] = iter(answers)
    told: list[str] = []

    def tell(text: str) -> None:
        text.encode(encoding)
        told.append(text)

    def ask(prompt: str) -> str:
        tell(prompt)
        answer = next(given, EOFError)
        if isinstance(answer, str):
            return answer
        raise answer

    checks = (check("disk", meagre), check("gateway", gateway), check("fine"))
    session = Session(assignment(*checks, notice=notice, title=title))
    return run(session, ask=ask, tell=tell), "\n".join(told)


def test_the_result_is_told_in_plain_ascii_and_the_exit_code_is_the_reports() -> None:
    code, told = converse("q")
    assert code == 3
    assert "RESULT: Not ready yet" in told
    assert told.isascii()
    assert "\x1b" not in told


def test_the_number_of_a_problem_opens_that_problem() -> None:
    _, told = converse("1")
    assert "1. Fix: Gateway." in told
    assert "What to do: Tell IT support" in told


def test_what_is_not_a_choice_is_said_and_asked_again() -> None:
    code, told = converse("9", "", "hello")
    assert code == 3
    assert told.count("That is not one of the choices.") == 3


def test_bytes_that_are_no_letters_are_asked_for_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("readycheck.ticket.outbox.handing_folder", lambda: tmp_path)
    typed = TextIOWrapper(BytesIO(b"\xff\xfe\nt\nIt broke \xe4\nIt broke\n1\nq\n"), "utf-8")
    monkeypatch.setattr("sys.stdin", typed)
    told: list[str] = []
    code = run(Session(assignment(check("gateway", broken))), tell=told.append)
    assert code == 3 and " ".join(told).count("Please type it again") == 2
    assert "It broke" in next(tmp_path.iterdir()).read_text(encoding="utf-8")


def test_everything_can_be_checked_again() -> None:
    _, told = converse("a")
    assert told.count("RESULT:") == 2


def test_a_ticket_is_shown_before_it_is_saved(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.setattr("readycheck.ticket.outbox.handing_folder", lambda: tmp_path)
    _, told = converse("t", "It broke today", "1")
    shown, saved = told.index("This is exactly what the ticket says"), told.index("Saved as")
    assert shown < saved
    assert "It broke today" in told


def test_what_is_the_providers_gives_a_letter_to_it_that_is_shown_before_it_is_saved(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("readycheck.ticket.outbox.handing_folder", lambda: tmp_path)
    _, told = converse("t", "", "3", gateway=cut_off)
    (file,) = tmp_path.iterdir()
    assert file.name.endswith("-provider.txt")
    assert told.index(file.read_text(encoding="utf-8")) < told.index("Saved as")
    assert "3 save" not in converse("t", "", "")[1]


def test_nothing_is_saved_when_the_person_goes_back(
    monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    monkeypatch.setattr("readycheck.ticket.outbox.handing_folder", lambda: tmp_path)
    _, told = converse("t", "", "")
    assert "Saved as" not in told


def test_before_the_run_its_data_and_seconds_are_said_and_why_the_plan_is_a_small_one() -> None:
    _, told = converse("q", notice="This connection is metered.")
    assert told.index("Note: This connection is metered.") < told.index("Checking 3 things")
    assert "at most 30 kB of data and 90 seconds." in told
    assert "Data used: 0 B, of at most 30 kB stated before." in " ".join(told.split())


@pytest.mark.parametrize("leave", [EOFError, KeyboardInterrupt])
def test_control_d_and_control_c_go_back_from_both_questions_of_a_ticket(
    leave: type[BaseException], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("readycheck.ticket.outbox.handing_folder", lambda: tmp_path)
    code, told = converse("t", leave, "t", "It broke today", leave, "q")
    assert code == 3
    assert told.count("Type a number to open it") == 3
    assert not list(tmp_path.iterdir())


def test_the_message_to_it_support_stays_when_the_person_goes_back(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("readycheck.ticket.outbox.handing_folder", lambda: tmp_path)
    _, told = converse("t", "It broke today", KeyboardInterrupt, "t", "", "1")
    assert "Your sentence so far:\nIt broke today" in told
    assert "It broke today" in next(tmp_path.iterdir()).read_text(encoding="utf-8")


def test_the_message_to_it_support_can_be_replaced_and_left_out(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("readycheck.ticket.outbox.handing_folder", lambda: tmp_path)
    _, told = converse("t", "First", "", "t", "Second", "", "t", "-", "1")
    assert "First" in told and "Second" in told
    saved = next(tmp_path.iterdir()).read_text(encoding="utf-8")
    assert "First" not in saved and "Second" not in saved


async def drive_is_gone(options: NoOptions, ctx: Context) -> Says:
    yield failed("share.gone", "Laufwerk – Büro fehlt", remedy="Öffne „Büro“", owner=Owner.COMPANY)


def test_everything_but_what_leaves_is_told_in_ascii() -> None:
    _, told = converse("1", title="Büro – Köln", notice="Gemessen: Ö", gateway=drive_is_gone)
    assert told.isascii()
    assert "the profile Buro - Koln" in told
    assert 'What to do: Offne "Buro"' in told


def test_a_ticket_is_shown_letter_by_letter_where_the_terminal_can_and_as_ascii_where_not(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = tmp_path / "Bücher – neu"
    monkeypatch.setattr("readycheck.ticket.outbox.handing_folder", lambda: folder)
    _, told = converse("t", "Bitte – schnell", "1", gateway=drive_is_gone)
    assert "Laufwerk – Büro" in told and f"Saved as {folder}" in told
    code, told = converse("t", "", "1", gateway=drive_is_gone, encoding="latin-1")
    assert code == 3
    assert "Laufwerk - Buro" in told and "cannot show every letter" in told
    assert all("Laufwerk – Büro" in file.read_text(encoding="utf-8") for file in folder.iterdir())


def test_a_digit_that_is_no_number_is_no_choice() -> None:
    assert "That is not one of the choices." in converse("²")[1]


def test_a_terminal_that_is_gone_keeps_the_sentence_and_the_report(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    with pytest.raises(ToldToEnd) as told:
        converse("t", "The T: drive is gone", OSError)
    assert len(told.value.kept) == 2
    kept = {path.suffix: path.read_text() for path in tmp_path.rglob("readycheck-rc-*")}
    assert "The T: drive is gone" in kept[".md"] and '"run_id"' in kept[".json"]


def test_a_sentence_that_is_saved_is_not_kept_a_second_time(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    with pytest.raises(ToldToEnd) as told:
        converse("t", "The T: drive is gone", "1", OSError)
    assert len(told.value.kept) == 1 and "The report" in told.value.kept[0]


def test_no_line_and_no_prompt_is_broken_in_a_word_by_a_narrow_window(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("readycheck.ticket.outbox.handing_folder", lambda: tmp_path)
    monkeypatch.setenv("COLUMNS", "50")
    _, told = converse("1", "q", title="A profile with a name of several words", notice="word " * 30)
    assert max(map(len, told.split("\n"))) <= 51  # the blank behind a prompt
    assert "then press Enter:" in " ".join(told.split())


def test_the_details_of_a_problem_say_who_can_mend_it() -> None:
    assert "Who can mend it: your company's IT (" in converse("1")[1]


def test_a_choice_that_there_is_not_is_said_and_saving_asked_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("readycheck.ticket.outbox.handing_folder", lambda: tmp_path)
    _, told = converse("t", "", "4", "1")
    assert "That is not one of the choices." in told
    (file,) = tmp_path.iterdir()
    assert file.name != "ticket.md" and file.stem in told


def test_the_lines_of_a_ticket_fit_into_a_window_of_80_columns(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("readycheck.ticket.outbox.handing_folder", lambda: tmp_path)
    converse("t", "It broke today, and " * 9, "1")
    (file,) = tmp_path.iterdir()
    assert max(map(len, file.read_text(encoding="utf-8").split("\n"))) <= 80
