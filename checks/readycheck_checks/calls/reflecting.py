"""Streams like those of a call to the organisation's own reflector: voice first, then video of more and more bits. Judges nothing
but whether a kind of call was carried, which decides what is tried next.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Final

from msgspec import Meta

from readycheck.api import Context, Net, NetError, Options, Owner
from readycheck.measure.media.call import Call, bytes_of, call
from readycheck.measure.media.shape import VOICE, MediaStream
from readycheck.measure.packets import echo
from readycheck.measure.packets.echo_session import NotGranted
from readycheck_checks.asking.attempts import HostPort
from readycheck_checks.asking.endpoints import endpoint
from readycheck_checks.calls import round_trips, sides
from readycheck_checks.calls.alone import Heard
from readycheck_checks.calls.both_ways import judged_call
from readycheck_checks.calls.kinds import Kind, Ladder, Trial, hindrances, in_order, is_sure
from readycheck_checks.calls.near_end import Way
from readycheck_checks.calls.probes import StunReply
from readycheck_checks.calls.quality import Limits
from readycheck_checks.calls.until import Until

VOICE_S: Final = (10.0, 4.0)  # in full and in the quick plan
VIDEO_S: Final = (2.5, 0.5)
SECOND_S: Final = 3.0
HANDSHAKE_S: Final = 3.0  # it answered a moment ago
AROUND_S: Final = (
    HANDSHAKE_S + 4.4
)  # beside a stream at worst: handshake, the last echoes, asking for the report again and again
PROBE_BYTES: Final = 1_000


class ReflectorAt(Options, frozen=True, kw_only=True):
    """The organisation's own reflector (``readycheck reflector``)."""

    at: Annotated[HostPort, Meta(description="Its UDP port, as reflector.example.org:8443")]
    token_secret: Annotated[
        str, Meta(description="Name of the secret that holds its token, if it has one")
    ] = ""

    def __post_init__(self) -> None:
        endpoint(self.at)


@dataclass(frozen=True, kw_only=True)
class Reflected:
    """Proof of an open UDP path to ``target``: it answered a greeting that only it can have seen."""

    target: str
    address: str
    port: int
    rtt_ms: float


async def ask_reflector(net: Net, target: str) -> Reflected:
    """Three tries. Raises NetError."""
    where, nonce = endpoint(target), os.urandom(echo.NONCE_BYTES)
    answer = await net.udp(
        where.host, where.port, echo.encode(echo.Hello(nonce)), accept=lambda data: _answers(data, nonce)
    )
    return Reflected(target=target, address=answer.address, port=answer.source_port, rtt_ms=answer.rtt_ms)


def _answers(data: bytes, nonce: bytes) -> bool:
    try:
        packet = echo.parse(data)
    except echo.NotEcho:
        return False
    return isinstance(packet, echo.Challenge) and packet.nonce == nonce


class Reflecting:
    """The reflector of the profile, with our token for it and what it answered."""

    def __init__(
        self, options: ReflectorAt, answer: Reflected | NetError, ctx: Context, until: Until
    ) -> None:
        self.target = options.at
        self._answer = answer
        self._ctx = ctx
        self._until = until
        secret = ctx.secrets.get(options.token_secret) if options.token_secret else None
        self._token = (secret or "").encode()

    @property
    def address(self) -> str:
        """Where it answered; empty where it did not."""
        return self._answer.address if isinstance(self._answer, Reflected) else ""

    async def voice(self) -> Call | str:
        """Shorter where data or time is short; where there is not enough for that, which of them. Raises NetError."""
        seconds = _seconds(VOICE_S, self._ctx.quick)
        if self._lacks((VOICE,), seconds):
            seconds = min(VOICE_S)
        return self._lacks((VOICE,), seconds) or await self._call((VOICE,), seconds)

    def way(self, limits: Limits, others: Sequence[StunReply] = ()) -> Way:
        """A shorter voice stream, beside which the router is asked, and one of the ``others``."""

        async def again() -> Heard:
            found = await self._call((VOICE,), SECOND_S)
            both = found.round_trip
            packets = sides.as_packets(both.rtts_ms, both.sent, both.burst_ratio)
            return Heard(packets=packets, to=self.target, said=tuple(judged_call(found, limits)))

        return Way(
            target=self.target,
            address=self.address,
            again=again,
            bytes=bytes_of((VOICE,), SECOND_S),
            seconds=SECOND_S + AROUND_S,
            far=Owner.COMPANY,
            beside=round_trips.beside(self._ctx, self.address, others, limits),
        )

    async def ladder(self, voice: Call, kinds: Mapping[str, Kind], leaving_s: float = 0.0) -> Ladder:
        """Voice by what was measured of it; then video beside voice, of one kind after another, until one is not carried.
        ``leaving_s``: time that is needed afterwards."""
        trials: list[Trial] = []
        for place, (name, kind) in enumerate(in_order(kinds)):
            if place == 0:
                found = voice
            elif self._ctx.quick and place > 1:
                return Ladder(trials=tuple(trials), untried="More was not tried in the quick check")
            else:
                streams = (kind.stream(name), VOICE)
                seconds = _seconds(VIDEO_S, self._ctx.quick)
                if lacks := self._lacks(streams, seconds, leaving_s):
                    return Ladder(trials=tuple(trials), untried=f"More was not tried: {lacks}")
                try:
                    found = await self._call(streams, seconds)
                except NetError as trouble:
                    return Ladder(trials=tuple(trials), untried=f"More was not tried: {trouble}")
            trial = _tried(name if place else VOICE.name, name, kind, found)
            if place and _is_unsure(trial):
                return Ladder(trials=tuple(trials), untried=f"Whether {kind.title} works is not sure")
            trials.append(trial)
            if trial.hindrances:
                break
        return Ladder(trials=tuple(trials))

    def _lacks(self, streams: Sequence[MediaStream], seconds: float, leaving_s: float = 0.0) -> str:
        """Why these streams may not begin; empty where they may."""
        left = self._ctx.meter.left
        if left is not None and left < bytes_of(streams, seconds):
            return "the data allowance is used up"
        return "" if self._until.allows(seconds + AROUND_S + leaving_s) else "no time was left"

    async def _call(self, streams: Sequence[MediaStream], seconds: float) -> Call:
        where = self._answer
        if isinstance(where, NetError):
            raise where
        try:
            found = await call(
                where.address,
                where.port,
                streams=streams,
                seconds=seconds,
                token=self._token,
                timeout_s=HANDSHAKE_S,
            )
        except NotGranted:
            raise
        except NetError:
            self._ctx.meter.add(bytes_of(streams, seconds) // 2)  # sent, and nothing came back
            raise
        self._ctx.meter.add(found.bytes)
        return found


def _tried(stream: str, name: str, kind: Kind, found: Call) -> Trial:
    media = next((each for each in found.streams if each.stream.name == stream), None)
    if media is None:
        return Trial(name=name, kind=kind, media=None, hindrances=("nothing of it came back",))
    keeps = hindrances(media, rtt_ms=kind.rtt_ms, jitter_ms=kind.jitter_ms, loss_percent=kind.loss_percent)
    return Trial(name=name, kind=kind, media=media, hindrances=keeps)


def _is_unsure(trial: Trial) -> bool:
    """Nothing is proved against it, and it did not go through as it should."""
    if trial.hindrances or trial.media is None:
        return False
    return not is_sure(trial.media, jitter_ms=trial.kind.jitter_ms, loss_percent=trial.kind.loss_percent)


def most_bytes(kinds: Mapping[str, Kind], quick: bool) -> int:
    """What probe, voice, video and a second stream use at most, IPv6's longer headers included."""
    videos = [kind.stream(name) for name, kind in in_order(kinds)[1:]]
    tried = videos[:1] if quick else videos
    voice = bytes_of((VOICE,), _seconds(VOICE_S, quick)) + bytes_of((VOICE,), SECOND_S)
    seconds = _seconds(VIDEO_S, quick)
    whole = PROBE_BYTES + voice + sum(bytes_of((stream, VOICE), seconds) for stream in tried)
    return whole + 40 * most_packets(tried, quick)


def most_packets(videos: Sequence[MediaStream], quick: bool) -> int:
    voice = VOICE.packets_per_s * (
        _seconds(VOICE_S, quick) + SECOND_S + len(videos) * _seconds(VIDEO_S, quick)
    )
    return round(voice + sum(stream.packets_per_s for stream in videos) * _seconds(VIDEO_S, quick))


def most_seconds(kinds: Mapping[str, Kind], quick: bool) -> float:
    """The second voice stream included."""
    count = min(1, len(kinds) - 1) if quick else max(0, len(kinds) - 1)
    waiting_s = 1.0  # for the last echoes, and the report
    return _seconds(VOICE_S, quick) + SECOND_S + count * _seconds(VIDEO_S, quick) + (2 + count) * waiting_s


def _seconds(full_and_quick: tuple[float, float], quick: bool) -> float:
    return full_and_quick[1 if quick else 0]
