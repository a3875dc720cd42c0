"""The real Net: TCP, TLS, UDP and names over asyncio, to literal addresses only, so that no call can hang in a resolver."""

import asyncio
import errno
import socket
import ssl
import time
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Final, Literal, TypeVar

from readycheck.adapters import echo as icmp
from readycheck.adapters import fragments, hops
from readycheck.adapters import tls as tls_rules
from readycheck.adapters.names import ServerNames, SystemNames, is_literal
from readycheck.adapters.stream import TcpStream, connection, net_error
from readycheck.errors import Closed, NetError, NoRoute, Refused, Silent, TlsFailed, TooBig, Where
from readycheck.ports import Hop, Meter, SrvRecord, Stream, TcpAnswer, TlsAnswer, UdpAnswer

T = TypeVar("T")
STAGGER_S: Final = 0.25  # RFC 8305, connection attempt delay
MOST_TRIED: Final = 4
UDP_OVERHEAD: Final = 28
TCP_HANDSHAKE: Final = 180


class RealNet:
    """``resolver`` (``address:port``) replaces the system's name servers. ``context`` verifies; one serves a whole run.

    ``ca_file``: the profile's own authority, which counts as a public one too.
    """

    def __init__(
        self,
        meter: Meter,
        *,
        resolver: str = "",
        context: ssl.SSLContext | None = None,
        ca_file: str = "",
    ) -> None:
        self._meter = meter
        self._ca_file = ca_file
        self._public: ssl.SSLContext | None = None
        self._names = ServerNames(resolver) if resolver else SystemNames()
        self._tls = context

    def ssl_context(self) -> ssl.SSLContext:
        if self._tls is None:
            self._tls = tls_rules.verifying_context(self._ca_file)
        return self._tls

    def own_ssl_context(self) -> ssl.SSLContext:
        """For one conversation whose handshake offers protocols (ALPN) that others must not offer: a setting of the context."""
        return tls_rules.verifying_context(self._ca_file)

    def _public_context(self) -> ssl.SSLContext:
        if self._public is None:
            self._public = tls_rules.public_context(self._ca_file)
        return self._public

    async def resolve(self, host: str, *, timeout_s: float = 5.0) -> tuple[str, ...]:
        if is_literal(host):
            return (host,)
        self._meter.add(200)
        return await self._names.addresses(host, timeout_s=timeout_s)

    async def mx(self, domain: str, *, timeout_s: float = 5.0) -> tuple[str, ...]:
        self._meter.add(200)
        return await self._names.mail_servers(domain, timeout_s=timeout_s)

    async def srv(self, service: str, *, timeout_s: float = 5.0) -> tuple[SrvRecord, ...]:
        self._meter.add(300)
        return await self._names.services(service, timeout_s=timeout_s)

    async def tcp(self, host: str, port: int, *, timeout_s: float = 4.0) -> TcpAnswer:
        answer, writer = await self._connected(host, port, timeout_s)
        writer[1].transport.abort()
        return answer

    async def open(self, host: str, port: int, *, tls: bool = False, timeout_s: float = 4.0) -> Stream:
        answer, (reader, writer) = await self._connected(host, port, timeout_s)
        where = Where(host=host, port=port, address=answer.address)
        stream = TcpStream(where, reader, writer, self.ssl_context, self._meter)
        if tls:
            try:
                await stream.start_tls(host, timeout_s=timeout_s)
            except BaseException:
                await stream.close()
                raise
        return stream

    async def tls(
        self,
        host: str,
        port: int,
        *,
        server_name: str | None = None,
        timeout_s: float = 6.0,
        segment_bytes: int = 0,
        public_roots: bool = False,
    ) -> TlsAnswer:
        name = server_name or host
        answer, (reader, writer) = await self._connected(host, port, timeout_s, segment_bytes)
        where = Where(host=host, port=port, address=answer.address)
        context = self._public_context if public_roots else self.ssl_context
        stream = TcpStream(where, reader, writer, context, self._meter)
        try:
            return await stream.start_tls(name, timeout_s=timeout_s)
        except TlsFailed as failed:
            if public_roots:
                raise
            raise tls_rules.retold(failed, await tls_rules.shown_by(answer.address, port, name)) from None
        finally:
            await stream.close()

    async def _connected(
        self, host: str, port: int, timeout_s: float, segment_bytes: int = 0
    ) -> tuple[TcpAnswer, tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        addresses = await self.resolve(host, timeout_s=timeout_s)
        self._meter.add(TCP_HANDSHAKE)

        async def attempt(
            address: str,
        ) -> tuple[TcpAnswer, tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
            where = Where(host=host, port=port, address=address)
            started = time.monotonic()
            try:
                async with asyncio.timeout(timeout_s):
                    pair = await connection(address, port, segment_bytes)
            except TimeoutError:
                raise Silent(where) from None
            except OSError as error:
                raise net_error(where, error) from None
            return TcpAnswer(address=address, rtt_ms=(time.monotonic() - started) * 1000), pair

        return await race([partial(attempt, address) for address in addresses[:MOST_TRIED]])

    async def udp(
        self,
        host: str,
        port: int,
        payload: bytes,
        *,
        accept: Callable[[bytes], bool],
        waits_s: Sequence[float] = (0.5, 1.0, 1.5),
        source: str = "",
        source_port: int = 0,
        whole: bool = False,
    ) -> UdpAnswer:
        addresses = await self.resolve(host)

        async def attempt(address: str) -> UdpAnswer:
            where = Where(host=host, port=port, address=address)
            anywhere = "::" if ":" in address else "0.0.0.0"
            own = (source or anywhere, source_port) if source or source_port else None
            return await self._udp_to(where, payload, accept, waits_s, own, whole)

        return await race([partial(attempt, address) for address in addresses[:MOST_TRIED]])

    async def _udp_to(
        self,
        where: Where,
        payload: bytes,
        accept: Callable[[bytes], bool],
        waits_s: Sequence[float],
        own: tuple[str, int] | None,
        whole: bool,
    ) -> UdpAnswer:
        loop = asyncio.get_running_loop()
        address, port = where.address or where.host, where.port or 0
        try:
            transport, answers = await loop.create_datagram_endpoint(
                lambda: _Answers(accept), local_addr=own, remote_addr=(address, port)
            )
        except OSError as error:
            raise net_error(where, error) from None
        try:
            if whole:
                fragments.forbid(transport.get_extra_info("socket"))
            for tries, wait in enumerate(waits_s, start=1):
                sent = time.monotonic()
                transport.sendto(payload)
                self._meter.add(len(payload) + UDP_OVERHEAD)
                data = await answers.next(wait)
                if data is not None:
                    self._meter.add(len(data) + UDP_OVERHEAD)
                    rtt_ms = (time.monotonic() - sent) * 1000
                    return UdpAnswer(data=data, rtt_ms=rtt_ms, tries=tries, address=address, source_port=port)
        except OSError as error:
            if error.errno == errno.EMSGSIZE:
                raise TooBig(where, mtu=fragments.known_mtu(transport.get_extra_info("socket"))) from None
            raise net_error(where, error) from None
        finally:
            transport.close()
        raise Silent(where, f"{len(waits_s)} tries in {sum(waits_s):g} s")

    async def hop(
        self,
        host: str,
        port: int,
        *,
        protocol: Literal["udp", "tcp"],
        ttl: int,
        payload: bytes = b"",
        timeout_s: float = 1.0,
    ) -> Hop:
        address = (await self.resolve(host, timeout_s=timeout_s))[0]
        where = Where(host=host, port=port, address=address)
        self._meter.add(hops.cost(protocol, payload))
        hop = await hops.hop(where, protocol=protocol, ttl=ttl, payload=payload, timeout_s=timeout_s)
        self._meter.add(hops.ANSWER if hop.address and not hop.here else 0)
        return hop

    async def echo(self, host: str, *, timeout_s: float = 1.0) -> UdpAnswer:
        address = (await self.resolve(host))[0]
        self._meter.add(2 * (icmp.SIZE + icmp.OVERHEAD))
        rtt_ms = await icmp.echo(Where(host=host, address=address), timeout_s=timeout_s)
        return UdpAnswer(data=b"", rtt_ms=rtt_ms, tries=1, address=address, source_port=0)

    def source_address(self, address: str) -> str | None:
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        try:
            with socket.socket(family, socket.SOCK_DGRAM) as probe:
                probe.connect((address, 9))
                return str(probe.getsockname()[0])
        except OSError:
            return None


class _Answers(asyncio.DatagramProtocol):
    """Accepted replies and refusals of one connected UDP socket, in order."""

    def __init__(self, accept: Callable[[bytes], bool]) -> None:
        self._accept = accept
        self._queue: asyncio.Queue[bytes | OSError] = asyncio.Queue()

    def datagram_received(self, data: bytes, addr: object) -> None:
        if self._accept(data):
            self._queue.put_nowait(data)

    def error_received(self, exc: Exception) -> None:
        self._queue.put_nowait(exc if isinstance(exc, OSError) else OSError(str(exc)))

    async def next(self, wait_s: float) -> bytes | None:
        """The next reply; None where none comes in time. Raises OSError."""
        try:
            async with asyncio.timeout(wait_s):
                answer = await self._queue.get()
        except TimeoutError:
            return None
        if isinstance(answer, OSError):
            raise answer
        return answer


async def race(attempts: Sequence[Callable[[], Awaitable[T]]]) -> T:
    """The first success of attempts started STAGGER_S apart (RFC 8305); else what a program meets that tries them all."""
    errors: list[NetError] = []

    async def one(attempt: Callable[[], Awaitable[T]], delay: float) -> T:
        await asyncio.sleep(delay)
        return await attempt()

    tasks = {asyncio.ensure_future(one(a, i * STAGGER_S)) for i, a in enumerate(attempts)}
    try:
        while tasks:
            done, tasks = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                error = task.exception()
                if error is None:
                    return task.result()
                if not isinstance(error, NetError):
                    raise error
                errors.append(error)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    raise _outcome(errors)


def _outcome(errors: Sequence[NetError]) -> NetError:
    """A refusal is one only where every address that can be reached refuses: what another of them would have said is not known
    while that one is silent, and may be held back on the way. No route comes last (a machine without IPv6 has none to half the
    world)."""
    weightiest = max(errors, key=_weight)
    refused = [error for error in errors if isinstance(error, Refused | Closed)]
    if isinstance(weightiest, Silent) and refused:
        other = f"another of its addresses {refused[0].says}"
        return Silent(weightiest.where, "; ".join(filter(None, (weightiest.detail, other))))
    return weightiest


def _weight(error: NetError) -> int:
    return next(
        (rank for rank, kind in enumerate((NoRoute, Closed, Refused, Silent)) if isinstance(error, kind)), 4
    )
