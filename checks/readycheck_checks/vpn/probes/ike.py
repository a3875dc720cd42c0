"""Asks an IPsec gateway on UDP 500 or 4500, in a way that leaves nothing open there (ike.py)."""

import os
from dataclasses import replace

from readycheck.api import Context
from readycheck_checks.vpn import ike
from readycheck_checks.vpn.ike import Answer, Said
from readycheck_checks.vpn.probe import Probe, Target
from readycheck_checks.vpn.probes import datagrams


async def ask_version_2(target: Target, ctx: Context) -> Probe:
    spi = _spi()
    told, probe = await _ask(target, ctx, _version_2(spi), spi)
    return _with(probe, told, unfit=told.said is Said.NO_PROPOSAL)


async def ask_version_1(target: Target, ctx: Context) -> Probe:
    """For L2TP. The offer is one that nobody takes: its refusal is the sign of life that is wanted."""
    spi = _spi()
    told, probe = await _ask(target, ctx, ike.main_mode_request(spi), spi)
    return _with(probe, told, unfit=False)


def first_packet(kind: str, port: int) -> bytes:
    """A request as it travels to this port."""
    spi = _spi()
    return ike.for_port(ike.main_mode_request(spi) if kind == "l2tp" else _version_2(spi), port)


def _spi() -> bytes:
    return os.urandom(ike.SPI_BYTES)


def _version_2(spi: bytes) -> bytes:
    return ike.init_request(spi, os.urandom(ike.NONCE_BYTES), os.urandom(ike.GROUP_1_BYTES))


async def _ask(target: Target, ctx: Context, packet: bytes, spi: bytes) -> tuple[Answer, Probe]:
    answer = await datagrams.ask(
        ctx.net,
        target,
        ike.for_port(packet, target.port),
        lambda data: ike.answer_to(data, spi, target.port) is not None,
    )
    told = ike.answer_to(answer.data, spi, target.port) or Answer(Said.ERROR)
    return told, datagrams.answered(target, answer, str(told))


def _with(probe: Probe, told: Answer, *, unfit: bool) -> Probe:
    other = "a gateway of another version of IPsec (IKE)" if told.said is Said.OTHER_VERSION else ""
    return replace(probe, unfit=unfit, instead=other)
