"""Whole ways through the app: by arrows, Enter and Esc alone; through a run; through a check that is checked again."""

from pathlib import Path

from textual.pilot import Pilot

from readycheck.errors import ProfileError
from readycheck.events import CheckFinished, CheckProgressed, CheckStarted, RunFinished
from readycheck.tui.widgets.check_list import CheckList
from tests.tui.app_world import app_of, press, run, shown, until
from tests.tui.reports import ALL_WELL, GATEWAY_SILENT, held, report, with_faults
from tests.tui.world import FakeSession, finished, in_the_middle, run_of, started


def text_of(pilot: Pilot[None]) -> str:
    return shown(pilot.app)  # type: ignore[arg-type]


def test_from_the_first_start_to_a_saved_ticket_with_arrows_enter_and_escape_only(tmp_path: Path) -> None:
    session = FakeSession(scripts=[run_of(with_faults())])

    async def scene(pilot: Pilot[None]) -> None:
        assert "What describes your work best?" in text_of(pilot) and session.asked == []
        await press(pilot, "down", "up", "enter")
        await until(pilot, lambda: "Not ready yet" in text_of(pilot))
        assert session.asked == ["start"]
        await press(pilot, "enter", "down")
        assert "►Send this to IT support" in text_of(pilot)
        await press(pilot, "enter")
        assert "This is exactly what leaves" in text_of(pilot)
        await press(pilot, "enter", "down", "enter")
        await until(pilot, lambda: "Saved as" in text_of(pilot))
        await press(pilot, "escape", "escape", "escape")
        assert "Needs you (3)" in text_of(pilot)
        await press(pilot, "escape")
        assert "Leave readycheck?" in text_of(pilot)
        await press(pilot, "enter")
        await until(pilot, lambda: not pilot.app.is_running)

    run(scene, app_of(session, folder=tmp_path, first_start=True), (100, 30))
    (saved,) = tmp_path.iterdir()
    assert saved.suffix == ".md" and "vpn.example.com does not answer" in saved.read_text()


def test_a_digit_shows_the_area_that_it_stands_in_front_of() -> None:
    async def scene(pilot: Pilot[None]) -> None:
        assert "4 Apps" in text_of(pilot) and "7 Network" in text_of(pilot)
        await press(pilot, "4")
        assert "Telephone" in text_of(pilot) and "Router" not in text_of(pilot)
        await press(pilot, "9", "8")
        assert "Telephone" in text_of(pilot)
        assert "Microphone" not in text_of(pilot)
        await press(pilot, "0")
        assert "Microphone" in text_of(pilot), "the list stays where the person was"

    run(scene, app_of(finished("every-area")), (80, 24))


def test_another_profile_is_switched_to_and_one_that_cannot_be_used_says_why() -> None:
    session = FakeSession(scripts=[run_of(report())])

    def refuse(name: str) -> None:
        raise ProfileError("line 14: nothing is called weigth")

    async def scene(pilot: Pilot[None]) -> None:
        session.switch_profile = refuse  # type: ignore[method-assign]
        await press(pilot, "down", "enter")
        await until(pilot, lambda: "line 14: nothing is called weigth" in text_of(pilot))
        del session.switch_profile
        await press(pilot, "enter")
        await until(pilot, lambda: "Ready to work" in text_of(pilot))
        assert "Call centre" in text_of(pilot).split("\n")[0]

    run(scene, app_of(session, first_start=True), (100, 30))


def titles_in_order(pilot: Pilot[None]) -> list[str]:
    return [line.cells[1].text for line in pilot.app.screen.query_one(CheckList).lines if line.key]


def test_rows_keep_their_place_during_a_run_and_are_ordered_by_need_once_at_its_end() -> None:
    session = FakeSession(past=[started()])

    async def scene(pilot: Pilot[None]) -> None:
        order = titles_in_order(pilot)
        for result in reversed(with_faults().results):
            session.say(CheckStarted(check_id=result.check_id), CheckFinished(result=result))
        await pilot.pause(0.05)
        assert titles_in_order(pilot) == order
        session.say(RunFinished(report=with_faults()))
        await until(pilot, lambda: "Not ready yet" in text_of(pilot))
        assert titles_in_order(pilot)[:3] == ["VPN gateway", "Internet speed", "Camera"]
        assert pilot.app.screen.query_one(CheckList).key == "vpn_gateway:office"

    run(scene, app_of(session), (100, 30))


def test_a_cursor_that_the_person_has_moved_stays_on_its_check() -> None:
    session = FakeSession(past=in_the_middle(with_faults()))

    async def scene(pilot: Pilot[None]) -> None:
        await press(pilot, "down", "down")
        session.say(RunFinished(report=with_faults()))
        await until(pilot, lambda: "Not ready yet" in text_of(pilot))
        assert pilot.app.screen.query_one(CheckList).key == "internet"
        assert "►✓ OK" in text_of(pilot)

    run(scene, app_of(session), (100, 30))


def test_results_are_shown_at_once_and_progress_on_the_tick() -> None:
    session = FakeSession(past=[started()])

    async def scene(pilot: Pilot[None]) -> None:
        session.say(CheckStarted(check_id="interface"), CheckFinished(result=ALL_WELL["interface"]))
        await until(pilot, lambda: "✓ OK" in text_of(pilot))
        session.say(CheckStarted(check_id="gateway"))
        session.say(CheckProgressed(check_id="gateway", text="asking the router"))
        await until(pilot, lambda: "asking the router" in text_of(pilot), 2.0)

    run(scene, app_of(session), (100, 30))


def test_nothing_is_repainted_when_the_run_is_over() -> None:
    async def scene(pilot: Pilot[None]) -> None:
        await pilot.pause(0.2)
        screen = pilot.app.screen
        assert screen._ticking is not None and not screen._ticking._active.is_set()  # type: ignore[attr-defined]

    run(scene, app_of(finished("with-faults")), (100, 30))


def test_a_single_check_is_checked_again_in_its_place_and_the_verdict_follows() -> None:
    gateway = "vpn_gateway:office"
    again = [CheckStarted(check_id=gateway)]
    session = FakeSession(past=run_of(with_faults()), scripts=[list(again)])

    async def scene(pilot: Pilot[None]) -> None:
        await press(pilot, "a")
        await until(pilot, lambda: "was: Fix" in text_of(pilot))
        assert session.asked == [f"again {gateway}"] and "x Stop" in text_of(pilot)
        session.say(CheckFinished(result=ALL_WELL[gateway]))
        await until(pilot, lambda: "VPN gateway: now OK." in text_of(pilot))
        assert titles_in_order(pilot)[0] == "VPN gateway"
        session.say(RunFinished(report=report()))
        await until(pilot, lambda: "Ready to work" in text_of(pilot))
        assert "Nothing to do. Press q to close." in text_of(pilot)

    run(scene, app_of(session), (100, 30))


def test_a_check_that_hangs_or_crashes_stands_as_no_result_with_its_reason() -> None:
    from msgspec.structs import replace

    from readycheck.model import Status

    late = "No result: it took longer than 10 s"
    hung = replace(ALL_WELL["camera"], status=Status.UNKNOWN, reason=late, summary=late, findings=())
    crash = "No result: this check has a fault of its own, which says nothing about your set-up"
    broken = replace(
        ALL_WELL["disk"], status=Status.UNKNOWN, reason=crash, crash="check disk\nKeyError", findings=()
    )
    session = FakeSession(past=run_of(report(hung, broken)))

    async def scene(pilot: Pilot[None]) -> None:
        assert "it took longer than 10 s" in text_of(pilot)
        assert "this check has a fault of its own" in text_of(pilot)
        await press(pilot, "enter", "d", "pagedown")
        assert "Fault of the check" in text_of(pilot) and "KeyError" in text_of(pilot)

    run(scene, app_of(session), (160, 48))


def test_without_internet_the_verdict_the_way_out_and_the_help_desk_are_there() -> None:
    async def scene(pilot: Pilot[None]) -> None:
        assert "Not ready yet: no internet" in text_of(pilot)
        assert "13 checks are on hold until this works" in text_of(pilot)
        await press(pilot, "t", "enter")
        assert "+49 30 1234567" in text_of(pilot) and "Save to a file" in text_of(pilot)

    run(scene, app_of(finished("no-internet")), (100, 30))


def test_one_area_only_by_its_number_and_all_again_by_zero_or_escape() -> None:
    async def scene(pilot: Pilot[None]) -> None:
        await press(pilot, "2")
        assert titles_in_order(pilot) == ["Archive", "Team drive"]
        assert "Only Files is shown" in text_of(pilot)
        await press(pilot, "escape")
        assert len(titles_in_order(pilot)) > 15
        await press(pilot, "shift+tab", "right", "enter")
        assert titles_in_order(pilot) == ["Archive", "Team drive"]
        await press(pilot, "0")
        assert len(titles_in_order(pilot)) > 15

    run(scene, app_of(finished("with-faults")), (100, 30))


def test_previous_and_next_walk_through_the_list_on_the_detail_screen() -> None:
    async def scene(pilot: Pilot[None]) -> None:
        await press(pilot, "enter", "right")
        assert "Internet speed" in text_of(pilot) and "Your internet provider (likely)" in text_of(pilot)
        await press(pilot, "left", "left")
        assert "This computer has no battery" in text_of(pilot)

    run(scene, app_of(finished("with-faults")), (80, 24))


def test_what_waits_for_a_fix_is_named_with_it() -> None:
    session = FakeSession(past=run_of(report(GATEWAY_SILENT, held("vpn_tunnel", "vpn_gateway:office"))))

    async def scene(pilot: Pilot[None]) -> None:
        await press(pilot, "enter")
        assert "Waiting for this to work" in text_of(pilot) and "VPN connection" in text_of(pilot)

    run(scene, app_of(session), (100, 30))


def test_the_menu_finds_a_command_by_its_words_and_runs_it() -> None:
    session = finished("with-faults")

    async def scene(pilot: Pilot[None]) -> None:
        await press(pilot, "m", *"all checks")
        assert "Run all" in text_of(pilot) and "Profile" not in text_of(pilot).split("readycheck")[0]
        await press(pilot, "enter")
        await until(pilot, lambda: session.asked == ["start"])

    run(scene, app_of(session), (100, 30))


def test_the_menu_with_nothing_found_does_nothing() -> None:
    async def scene(pilot: Pilot[None]) -> None:
        await press(pilot, "ctrl+p", *"xyzzy", "enter")
        assert "Needs you (3)" in text_of(pilot)

    run(scene, app_of(finished("with-faults")), (100, 30))
