"""Address translation as several STUN servers see it."""

import asyncio

from readycheck.measure.nat.mapping import Nat, Translation, nat
from tests.unit.measure.loopback import udp_listener
from tests.unit.measure.media.test_stream import Address, binding


def moved(by: int) -> object:
    return lambda data, address: binding(data, (address[0], address[1] + by))


def ask(*ports: int) -> Nat:
    return asyncio.run(nat([("127.0.0.1", port) for port in ports], source="127.0.0.1"))


def test_servers_that_see_our_own_address_prove_that_there_is_no_translation() -> None:
    with udp_listener(binding) as one, udp_listener(binding) as two:
        found = ask(one, two)
    assert found.translation is Translation.NONE
    assert len(found.seen) == 2
    assert found.bytes > 0


def test_servers_that_see_the_same_other_address_stand_behind_one_mapping() -> None:
    with udp_listener(moved(5)) as one, udp_listener(moved(5)) as two:  # type: ignore[arg-type]
        assert ask(one, two).translation is Translation.SAME


def test_servers_that_see_different_addresses_stand_behind_a_mapping_of_each() -> None:
    with udp_listener(moved(5)) as one, udp_listener(moved(6)) as two:  # type: ignore[arg-type]
        assert ask(one, two).translation is Translation.DIFFERENT


def test_one_answer_proves_nothing_about_the_mapping() -> None:
    def silent(data: bytes, address: Address) -> None:
        return None

    with udp_listener(binding) as one, udp_listener(silent) as two:
        found = ask(one, two)
    assert found.translation is Translation.UNKNOWN
    assert len(found.seen) == 1
