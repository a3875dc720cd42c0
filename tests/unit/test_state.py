"""RunState and the order of the list, by table: no clock, no thread, no widget."""

import pytest
from msgspec.structs import replace

from readycheck.events import (
    CheckFinished,
    CheckProgressed,
    CheckReported,
    CheckStarted,
    Event,
    RunFinished,
    RunStarted,
)
from readycheck.model import CAPABILITIES, CAPABILITY_TITLES, STOPPED, Capability, Finding, Standing, Status
from readycheck.show.listing import Group, root_of, sections, waiting_for
from readycheck.show.state import AREAS, RowStatus, RunState, of_report, row_status
from tests.tui.reports import (
    ALL_WELL,
    GATEWAY_SILENT,
    NO_BATTERY,
    SLOW_UPLOAD,
    held,
    no_internet,
    report,
    stopped,
    with_faults,
)
from tests.tui.world import planned, run_of, started


def after(*events: Event, state: RunState | None = None) -> RunState:
    state = state or RunState()
    for event in events:
        state = state.apply(event)
    return state


def status_of(state: RunState, check_id: str) -> RowStatus:
    row = state.row(check_id)
    assert row is not None
    return row.status


def test_every_capability_has_a_title_and_a_place_connection_first_in_a_report_and_last_on_screen() -> None:
    assert sorted(CAPABILITIES) == sorted(AREAS) == sorted(CAPABILITY_TITLES) == sorted(Capability)
    assert CAPABILITIES[0] is AREAS[-1] is Capability.CONNECTION


@pytest.mark.parametrize(
    ("status", "behind", "reason", "expected"),
    [
        (Status.PASS, (), "", RowStatus.OK),
        (Status.WARN, (), "", RowStatus.LOOK),
        (Status.FAIL, (), "", RowStatus.FIX),
        (Status.UNKNOWN, (), "no permission", RowStatus.NO_RESULT),
        (Status.UNKNOWN, (), STOPPED, RowStatus.STOPPED),
        (Status.SKIP, (), "no battery", RowStatus.NOT_NEEDED),
        (Status.SKIP, ("internet",), "on hold", RowStatus.ON_HOLD),
    ],
)
def test_every_result_has_one_row_status(
    status: Status, behind: tuple[str, ...], reason: str, expected: RowStatus
) -> None:
    result = replace(ALL_WELL["power"], status=status, behind=behind, reason=reason)
    assert row_status(result) is expected


def test_a_run_begins_with_every_planned_check_waiting() -> None:
    state = after(started())
    assert state.running and state.report is None
    assert [row.check_id for row in state.rows] == [one.check_id for one in planned()]
    assert {row.status for row in state.rows} == {RowStatus.WAITING}


def test_progress_shows_the_step_and_the_fraction_and_the_result_clears_them() -> None:
    events = (
        started(),
        CheckStarted(check_id="disk"),
        CheckProgressed(check_id="disk", text="asking", fraction=0.4),
    )
    state = after(*events)
    row = state.row("disk")
    assert row is not None and (row.status, row.step, row.fraction) == (RowStatus.CHECKING, "asking", 0.4)
    row = after(CheckFinished(result=ALL_WELL["disk"]), state=state).row("disk")
    assert row is not None and (row.status, row.step, row.fraction) == (RowStatus.OK, "", None)


def test_events_about_unknown_checks_change_nothing() -> None:
    state = after(started())
    stranger = replace(ALL_WELL["disk"], check_id="stranger")
    finding = Finding(code="x.y", status=Status.FAIL, summary="no")
    for event in (
        CheckStarted(check_id="stranger"),
        CheckProgressed(check_id="stranger", text="?"),
        CheckReported(check_id="disk", finding=finding),
        CheckFinished(result=stranger),
    ):
        assert state.apply(event).rows == state.rows


def test_a_finding_alone_decides_nothing_before_the_check_is_finished() -> None:
    finding = Finding(code="x.y", status=Status.FAIL, summary="no")
    state = after(started(), CheckStarted(check_id="disk"), CheckReported(check_id="disk", finding=finding))
    assert status_of(state, "disk") is RowStatus.CHECKING


def test_a_failed_check_makes_its_area_not_working_at_once_and_others_tell_how_far_they_are() -> None:
    state = after(started(), CheckFinished(result=GATEWAY_SILENT), CheckFinished(result=ALL_WELL["disk"]))
    assert state.area(Capability.VPN).standing is Standing.NOT_WORKING
    device = state.area(Capability.DEVICE)
    assert (device.standing, device.done, device.total) == (None, 1, 6)


def test_after_the_run_the_report_alone_says_how_an_area_stands() -> None:
    state = after(*run_of(with_faults()))
    told = {verdict.id: verdict.status for verdict in with_faults().capabilities}
    assert {capability: state.area(capability).standing for capability in told} == told
    assert not state.running and state.done == len(state.rows)


def test_rows_keep_the_order_of_the_plan_whatever_finishes_first() -> None:
    results = list(ALL_WELL.values())
    state = after(started(), *(CheckFinished(result=one) for one in reversed(results)))
    assert [row.check_id for row in state.rows] == list(ALL_WELL)


def test_what_never_ran_is_stopped_and_not_passed() -> None:
    short = replace(report(), results=report().results[:3], partial=True)
    state = after(started(), RunFinished(report=short))
    assert state.count(RowStatus.OK) == 3
    assert state.count(RowStatus.STOPPED) == len(ALL_WELL) - 3


def test_a_check_that_is_checked_again_remembers_how_it_stood_and_keeps_its_place() -> None:
    before = after(*run_of(with_faults()))
    order = [row.check_id for section in sections(before) for row in section.rows]
    again = after(CheckStarted(check_id="vpn_gateway:office"), state=before)
    row = again.row("vpn_gateway:office")
    assert row is not None and (row.status, row.was) == (RowStatus.CHECKING, RowStatus.FIX)
    assert again.running and again.report is before.report
    better = after(CheckFinished(result=ALL_WELL["vpn_gateway:office"]), state=again)
    assert [row.check_id for section in sections(better) for row in section.rows] == order
    done = after(RunFinished(report=report()), state=better)
    assert sections(done)[0].group is Group.WORKING
    assert all(row.was is None for row in done.rows)


def test_a_run_of_a_part_of_the_plan_keeps_the_other_rows() -> None:
    before = after(*run_of(with_faults()))
    part = RunStarted(profile="Office", planned=planned((GATEWAY_SILENT,)), max_bytes=1000, max_seconds=60.0)
    state = after(part, state=before)
    assert len(state.rows) == len(before.rows)
    assert status_of(state, "vpn_gateway:office") is RowStatus.WAITING
    assert status_of(state, "disk") is RowStatus.OK


def test_another_profile_begins_a_new_list_even_where_its_checks_are_a_part_of_the_old() -> None:
    before = after(*run_of(with_faults()))
    other = RunStarted(profile="Basics", planned=planned((GATEWAY_SILENT,)), max_bytes=1, max_seconds=1.0)
    state = after(other, state=before)
    assert [row.check_id for row in state.rows] == ["vpn_gateway:office"] and state.report is None


def test_while_it_runs_the_list_is_by_capability_with_counters() -> None:
    state = after(started(), CheckFinished(result=ALL_WELL["interface"]))
    first = sections(state)[0]
    assert (first.group, first.capability, first.done, len(first.rows)) == (
        Group.AREA,
        Capability.CONNECTION,
        1,
        7,
    )


def test_the_finished_list_puts_what_needs_the_person_first_and_folds_what_is_behind_it() -> None:
    needs, working, not_needed = sections(after(*run_of(with_faults())))
    assert (needs.group, working.group, not_needed.group) == (
        Group.NEEDS_YOU,
        Group.WORKING,
        Group.NOT_NEEDED,
    )
    assert [row.status for row in needs.rows] == [RowStatus.FIX, RowStatus.LOOK, RowStatus.NO_RESULT]
    assert needs.held == {"vpn_gateway:office": 3}
    assert [row.check_id for row in not_needed.rows] == [NO_BATTERY.check_id]


def test_of_two_things_to_fix_the_one_of_the_first_cause_stands_first() -> None:
    share = replace(GATEWAY_SILENT, check_id="share:team", title="Team drive", capability=Capability.FILES)
    both = report(share, GATEWAY_SILENT)
    swapped = replace(both, causes=both.causes[::-1])
    for one in (both, swapped):
        state = of_report(one)
        assert sections(state)[0].rows[0].check_id == one.causes[0].explains[0]


def test_with_one_area_only_its_held_checks_are_shown_though_their_cause_is_elsewhere() -> None:
    state = after(*run_of(no_internet()))
    files = sections(state, Capability.FILES)
    assert [(one.group, len(one.rows)) for one in files] == [(Group.ON_HOLD, 2)]


def test_stopped_checks_have_a_section_of_their_own_and_are_nobodys_duty() -> None:
    groups = [section.group for section in sections(after(*run_of(stopped())))]
    assert groups == [Group.STOPPED, Group.WORKING]


def test_a_chain_of_holds_leads_to_the_check_that_failed_itself() -> None:
    second = replace(held("vpn_tunnel", "vpn_gateway:office"), behind=("vpn_inside",))
    first = held("vpn_inside", "vpn_gateway:office")
    state = of_report(report(GATEWAY_SILENT, first, second))
    row = state.row("vpn_tunnel")
    assert row is not None and root_of(state, row) == "vpn_gateway:office"
    assert {row.check_id for row in waiting_for(state, "vpn_gateway:office")} == {"vpn_inside", "vpn_tunnel"}


def test_two_checks_that_wait_for_each_other_do_not_hang_the_list() -> None:
    one, other = held("vpn_tunnel", "vpn_inside"), held("vpn_inside", "vpn_tunnel")
    state = of_report(report(one, other))
    assert {section.group for section in sections(state)} == {Group.ON_HOLD, Group.WORKING}


def test_a_saved_report_is_shown_without_a_run() -> None:
    state = of_report(with_faults())
    assert not state.running and state.report is not None
    assert state.title("disk") == "Disk space" and state.title("no_such") == "no_such"


def test_a_later_warning_of_a_check_replaces_its_earlier_result() -> None:
    state = after(*run_of(report()))
    state = after(CheckStarted(check_id="bandwidth"), CheckFinished(result=SLOW_UPLOAD), state=state)
    assert status_of(state, "bandwidth") is RowStatus.LOOK
