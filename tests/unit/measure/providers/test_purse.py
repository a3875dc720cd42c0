"""How the bytes of a plan are shared out, and what foreign probes may use of them."""

import pytest

from readycheck.measure.providers.base import SpeedPlan
from readycheck.measure.providers.foreign import FIRST_BYTES, LEAST_BITS_PER_S, Share
from readycheck.measure.providers.http import Pages
from readycheck.measure.providers.purse import Purse

PLAN = SpeedPlan(down_bytes=20_000_000, up_bytes=10_000_000)


def purse(plan: SpeedPlan = PLAN, used: int = 0) -> Purse:
    return Purse(plan=plan, told=lambda _count: None, used=used)


def test_a_load_and_the_probes_beside_it_keep_to_the_plan_together() -> None:
    room = purse().room("download", beside=True)
    assert room is not None
    assert 18_000_000 < room.load < room.load + room.probes < 20_000_000
    alone = purse().room("download", beside=False)
    assert alone is not None and alone.probes == 0 and alone.load > room.load


@pytest.mark.parametrize(("used", "most"), [(5_000_000, 10_000_000), (21_000_000, 9_000_000)])
def test_what_the_download_left_is_what_the_upload_may_use_and_never_more_than_its_own(
    used: int, most: int
) -> None:
    room = purse(used=used).room("upload", beside=True)
    assert room is not None and 0.9 * most < room.load + room.probes <= most


def test_a_direction_that_is_not_wanted_has_no_room() -> None:
    assert purse(SpeedPlan(down_bytes=0, up_bytes=1_000_000)).room("download", beside=True) is None


def test_what_is_spent_is_told_on() -> None:
    told: list[int] = []
    spending = Purse(plan=PLAN, told=told.append)
    spending.spend(5)
    spending.spend(6)
    assert (told, spending.used) == ([5, 6], 11)


def test_probes_may_use_a_twentieth_of_what_the_load_moves() -> None:
    now = [100.0]
    share = Share(most_bytes=60_000, clock=lambda: now[0])
    assert not share.allows(1), "nothing is known of the line yet"
    now[0] += 1.0
    share.hear(8e6)
    assert share.allows(50_000) and not share.allows(50_001)
    now[0] += 10.0
    share.hear(8e6)
    assert share.allows(60_000) and not share.allows(60_001)


def test_a_slow_line_gets_no_handshakes_beside_its_load() -> None:
    share = Share(most_bytes=60_000)
    share.hear(LEAST_BITS_PER_S - 1)
    assert not share.allows(0) and not share.fits


def test_requests_on_connections_that_stand_begin_at_once_and_keep_to_their_part() -> None:
    now = [100.0]
    share = Share(most_bytes=60_000, clock=lambda: now[0])
    assert share.allows_requests(FIRST_BYTES) and not share.allows_requests(FIRST_BYTES + 1)
    now[0] += 1.0
    share.hear(1e6)
    assert share.allows_requests(FIRST_BYTES + 6_250) and not share.allows_requests(FIRST_BYTES + 6_251)
    now[0] += 60.0
    share.hear(1e6)
    assert not share.allows_requests(60_001)


def test_small_pages_are_asked_freely_on_the_idle_line_and_within_the_share_of_a_load() -> None:
    pages = Pages()
    assert pages.may(1_000_000)
    pages.share = Share(most_bytes=5_000)
    assert pages.may(5_000) and not pages.may(5_001)
