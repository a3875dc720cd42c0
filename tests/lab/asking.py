"""How the tests of the lab ask it questions from one of its hosts: does it connect, which name is where, what does a page say."""

import errno
import socket
from concurrent.futures import ThreadPoolExecutor

from tests.lab.hosts import Host

PATIENCE_S = 0.8


def connects(host: Host, ip: str, port: int, patience_s: float = PATIENCE_S) -> str:
    """ "yes", "silent", or the name of the error, such as ECONNREFUSED."""
    with host.entered(), socket.socket(_family(ip)) as one:
        one.settimeout(patience_s)
        code = one.connect_ex((ip, port))
    return "yes" if code == 0 else "silent" if code == errno.EAGAIN else errno.errorcode[code]


def all_connect(host: Host, *places: tuple[str, int]) -> tuple[str, ...]:
    """The same for several places at once, and for long enough that an answer to the second packet counts."""
    with ThreadPoolExecutor() as pool:
        return tuple(pool.map(lambda place: connects(host, place[0], place[1], patience_s=1.5), places))


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
    shown = ("-sS", "-m", "2", "-o", "/dev/null", "-w", "%{http_code} %{redirect_url}")
    told = host.run("curl", *shown, *options, url, check=False, user=True)
    return told.stdout.strip() if told.returncode == 0 else f"curl {told.returncode}"


def _family(ip: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in ip else socket.AF_INET
