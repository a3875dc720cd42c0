"""Asks a WireGuard gateway with the person's own key; or with a stranger's packet, which only a closed port answers."""

import os
from contextlib import suppress
from typing import Final

from readycheck.api import Context, Silent
from readycheck_checks.vpn import wireguard
from readycheck_checks.vpn.probe import Probe, Target
from readycheck_checks.vpn.probes import datagrams
from readycheck_checks.vpn.wireguard import Keys

TRIES: Final = 3
WAIT_S: Final = 1.0


async def ask(target: Target, ctx: Context, keys: Keys | None, early_s: float = 0.0) -> Probe:
    """``keys`` None: nothing that the gateway would answer. ``early_s``: by how much they are dated back (wireguard_time.py).

    Each try is a packet of its own, for the gateway takes none twice.
    """
    if keys is None:
        return datagrams.answered(
            target, await datagrams.ask(ctx.net, target, first_packet(), lambda packet: False)
        )
    for _ in range(TRIES - 1):
        with suppress(Silent):
            return await _try(target, ctx, keys, early_s)
    return await _try(target, ctx, keys, early_s)


async def _try(target: Target, ctx: Context, keys: Keys, early_s: float) -> Probe:
    sent = wireguard.initiation(keys, os.urandom(4), ctx.clock.now().timestamp() - early_s)
    answer = await datagrams.ask(
        ctx.net, target, sent.packet, lambda packet: wireguard.is_answer(packet, sent), (WAIT_S,)
    )
    return datagrams.answered(target, answer)


def first_packet() -> bytes:
    return wireguard.stranger(os.urandom(wireguard.INITIATION_BYTES))
