"""Name lookups: the system's resolver (in a thread of its own, since it cannot be cancelled) or one given name server."""

import asyncio
import ipaddress
import socket
import threading
import time
from collections.abc import Callable
from typing import Final, TypeVar

from readycheck.errors import NameRefused, NameSilent, NameUnknown, NetError, Where
from readycheck.ports import SrvRecord

T = TypeVar("T")
MOST_ADDRESSES: Final = 8
LOOPBACK: Final = ("127.0.0.1", "::1")
MIN_S: Final = 0.1


def is_literal(host: str) -> bool:
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True


async def in_thread(work: Callable[[], T], *, timeout_s: float) -> T:
    """Run blocking work in a daemon thread; TimeoutError after timeout_s, the thread is then left to itself."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()

    def deliver(set_: Callable[..., None], value: object) -> None:
        def settle() -> None:
            if not done.done():
                set_(value)

        try:
            loop.call_soon_threadsafe(settle)
        except RuntimeError:
            return  # nobody waits any more: the loop has ended

    def run() -> None:
        try:
            value = work()
        except Exception as error:  # handed to the one who waits
            deliver(done.set_exception, error)
        else:
            deliver(done.set_result, value)

    threading.Thread(target=run, name="blocking call", daemon=True).start()
    async with asyncio.timeout(timeout_s):
        return await done


class SystemNames:
    """What every program on this machine gets: getaddrinfo, hosts file and search domains included."""

    async def addresses(self, host: str, *, timeout_s: float) -> tuple[str, ...]:
        where = Where(host=host)
        try:
            found = await in_thread(
                lambda: socket.getaddrinfo(host, None, type=socket.SOCK_STREAM), timeout_s=timeout_s
            )
        except TimeoutError:
            raise NameSilent(where, f"no answer in {timeout_s:g} s") from None
        except socket.gaierror as error:
            raise _name_error(where, error) from None
        except UnicodeError:
            raise NameUnknown(where, "it is not a possible host name") from None
        return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))[:MOST_ADDRESSES]

    async def mail_servers(self, domain: str, *, timeout_s: float) -> tuple[str, ...]:
        return await _mx(domain, None, timeout_s)

    async def services(self, service: str, *, timeout_s: float) -> tuple[SrvRecord, ...]:
        return await _srv(service, None, timeout_s)


class ServerNames:
    """One name server, ``address:port``, asked directly over UDP (TCP where an answer is truncated)."""

    def __init__(self, server: str) -> None:
        host, _, port = server.rpartition(":")
        self._server = (host.strip("[]"), int(port))

    async def addresses(self, host: str, *, timeout_s: float) -> tuple[str, ...]:
        """Addresses of one IP version are enough, whatever became of the other question.

        No name server says who this computer is.
        """
        if host.lower() == "localhost":  # RFC 6761, section 6.3
            return LOOPBACK
        deadline = time.monotonic() + timeout_s
        found: list[str] = []
        trouble: NetError | None = None
        for kind in ("A", "AAAA"):
            try:
                found += await _ask(host, kind, self._server, max(MIN_S, deadline - time.monotonic()))
            except NetError as problem:
                trouble = trouble or problem
                if isinstance(problem, NameUnknown):
                    break
        if not found:
            raise trouble or NameUnknown(Where(host=host), "it has no address")
        return tuple(found[:MOST_ADDRESSES])

    async def mail_servers(self, domain: str, *, timeout_s: float) -> tuple[str, ...]:
        return await _mx(domain, self._server, timeout_s)

    async def services(self, service: str, *, timeout_s: float) -> tuple[SrvRecord, ...]:
        return await _srv(service, self._server, timeout_s)


def _name_error(where: Where, error: socket.gaierror) -> NetError:
    """EAI_NONAME and EAI_NODATA are answers; EAI_AGAIN is all that glibc says of silence, SERVFAIL and no network."""
    answers = {socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)}
    if error.errno in answers:
        return NameUnknown(where)
    if error.errno == socket.EAI_FAIL:
        return NameRefused(where, str(error.strerror))
    return NameSilent(where, str(error.strerror))


async def _mx(domain: str, server: tuple[str, int] | None, timeout_s: float) -> tuple[str, ...]:
    answers = await _ask(domain, "MX", server, timeout_s)
    pairs = sorted((int(preference), name) for preference, name in (a.split(" ", 1) for a in answers))
    return tuple(name.rstrip(".") for _, name in pairs)


async def _srv(service: str, server: tuple[str, int] | None, timeout_s: float) -> tuple[SrvRecord, ...]:
    """By priority, and among equals the heavier first: the choice by lot of RFC 2782 is for many clients, not for a look."""
    answers = [text.split(" ") for text in await _ask(service, "SRV", server, timeout_s)]
    records = [
        SrvRecord(target=target.rstrip("."), port=int(port), priority=int(priority), weight=int(weight))
        for priority, weight, port, target in answers
    ]
    return tuple(sorted(records, key=lambda record: (record.priority, -record.weight)))


async def _ask(host: str, kind: str, server: tuple[str, int] | None, timeout_s: float) -> list[str]:
    """The texts of one kind of record; [] where the name exists without such a record."""
    import dns.asyncresolver
    import dns.exception
    import dns.resolver

    where = Where(host=host)
    try:
        resolver = dns.asyncresolver.Resolver(configure=server is None)
        if server is not None:
            resolver.nameservers, resolver.port = [server[0]], server[1]
        resolver.timeout = min(1.5, timeout_s / 2)
        answer = await resolver.resolve(host, kind, lifetime=timeout_s, search=False)
    except dns.resolver.NoAnswer:
        return []
    except dns.resolver.NXDOMAIN:
        raise NameUnknown(where) from None
    except dns.resolver.NoNameservers as error:
        raise NameRefused(where, type(error).__name__) from None
    except (dns.exception.Timeout, dns.resolver.NoResolverConfiguration, OSError, ValueError) as error:
        raise NameSilent(where, type(error).__name__) from None
    except dns.exception.DNSException as error:
        raise NameUnknown(where, type(error).__name__) from None
    return [record.to_text() for record in answer]
