"""How the tests of the lab ask it questions from one of its hosts: does it connect, which name is where, what does a page say."""

import errno
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

from tests.lab.hosts import Host

PATIENCE_S = 1.5


def connects(host: Host, ip: str, port: int) -> str:
    """ "yes", "silent", or the name of the error, such as ECONNREFUSED."""
    with host.entered(), socket.socket(_family(ip)) as one:
        one.settimeout(PATIENCE_S)
        code = one.connect_ex((ip, port))
    return "yes" if code == 0 else "silent" if code == errno.EAGAIN else errno.errorcode[code]


def says(host: Host, ip: str, port: int, words: bytes = b"") -> bytes:
    """What comes first on a new TCP connection. Raises TimeoutError, ConnectionError."""
    with host.entered(), socket.socket(_family(ip)) as one:
        one.settimeout(PATIENCE_S)
        one.connect((ip, port))
        one.sendall(words)
        return one.recv(1000)


def looked_up(host: Host, name: str, *options: str) -> str:
    """The answer of the host's name server in kdig's short form, or its code ("NXDOMAIN"), or "silent"."""
    told = host.run("kdig", "+timeout=1", "+retry=0", name, *options, check=False, user=True)
    status = told.stdout.partition("status: ")[2].partition(";")[0]
    if status != "NOERROR":
        return status or "silent"
    lines = [line.split() for line in told.stdout.splitlines() if line and not line.startswith(";;")]
    return " ".join(words[-1] for words in lines)


def fetched(host: Host, url: str, *options: str) -> str:
    """Status and, where it leads elsewhere, whereto; or curl's number for what went wrong."""
    shown = ("-sS", "-m", "3", "-o", "/dev/null", "-w", "%{http_code} %{redirect_url}")
    told = host.run("curl", *shown, *options, url, check=False, user=True)
    return told.stdout.strip() if told.returncode == 0 else f"curl {told.returncode}"


@contextmanager
def echo(host: Host, ip: str, port: int) -> Iterator[None]:
    """A UDP echo on a host, for as long as the block lasts."""
    with host.entered():
        one = socket.socket(_family(ip), socket.SOCK_DGRAM)
    one.bind((ip, port))

    def answer() -> None:
        while (datagram := one.recvfrom(2000))[0] != b"end":
            one.sendto(*datagram)

    thread = Thread(target=answer, daemon=True)
    thread.start()
    try:
        yield
    finally:
        with host.entered(), socket.socket(_family(ip), socket.SOCK_DGRAM) as other:
            other.sendto(b"end", (ip, port))
        thread.join(1)
        one.close()


def round_trips(host: Host, ip: str, port: int, count: int, pause_s: float = 0.003) -> list[float]:
    """Milliseconds to an echo and back, of the datagrams that came back (a duplicate counts once)."""
    with host.entered():
        one = socket.socket(_family(ip), socket.SOCK_DGRAM)
    one.connect((ip, port))
    one.settimeout(1.0)
    found: dict[bytes, float] = {}

    def listen() -> None:
        try:
            while len(found) < count:
                number, sent = one.recv(100).split()
                found.setdefault(number, (time.monotonic() - float(sent)) * 1000)
        except OSError:
            pass  # what has not come by now was lost

    listener = Thread(target=listen)
    listener.start()
    for number in range(count):
        one.send(f"{number} {time.monotonic()}".encode())
        time.sleep(pause_s)
    listener.join()
    one.close()
    return list(found.values())


def _family(ip: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in ip else socket.AF_INET
