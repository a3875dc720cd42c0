"""The servers that clients measure against, on the far end of a link: one nginx that answers as every provider's server does,
and the far ends of iperf3, irtt, STUN and TURN. All speed objects are cut from one sparse file.
"""

import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Final

from bench.links import Link
from tests.lab import pki
from tests.lab.hosts import Host
from tests.lab.servers import sites
from tests.lab.servers.speedtest import IMAGES

NAME: Final = "bench.test"
FOLDER: Final = Path("/run/bench/web")
HTTP, HTTPS, REFLECTOR, IPERF3, IRTT, STUN = 80, 443, 8443, 5201, 2112, 3478
START_S: Final = 20.0
USER, PASSWORD = "bench", "measuring"
_CONFIG: Final = (
    '<?xml version="1.0"?><settings><client ip="10.77.1.2" lat="52.5" lon="13.4" isp="Bench" country="DE"/>'
    '<server-config threadcount="4" ignoreids=""/><download testlength="10" threadsperurl="4"/>'
    '<upload testlength="10" ratio="5" threads="2" maxchunkcount="50"/></settings>'
)
# speedtest-cli's "mini" server, LibreSpeed's backend, Cloudflare's pair, and sizes as our own client asks for them.
_PAGES: Final = """
  root {folder}; default_type application/octet-stream; client_max_body_size 2g; client_body_buffer_size 2m;
  location = /ping {{ return 204; }}
  location = /speedtest-config.php {{ default_type text/xml; return 200 '{config}'; }}
  location = /mini {{ default_type text/html; return 200 'upload_extension: "php"'; }}
  location = /mini/speedtest/latency.txt {{ default_type text/plain; return 200 "test=test\\n"; }}
  location ~ ^/mini/speedtest/random[0-9]+x[0-9]+\\.jpg$ {{ }}
  location = /download {{ {sized} }}
  location = /__down {{
    add_header Access-Control-Allow-Origin *; add_header Timing-Allow-Origin *;
    if ($arg_bytes = 0) {{ return 200 ""; }}
    {sized}
  }}
  location = /slow {{ limit_rate 600k; limit_rate_after 0; {sized} }}
  location = /garbage.php {{ try_files /105M.bin =404; }}
  location = /105M.bin {{ }}
  location = /empty.php {{ if ($request_method = GET) {{ return 200 ""; }} {taken} }}
  {uploads}
"""
_SIZED: Final = """proxy_pass http://unix:{folder}/sink.sock:/1G.bin; proxy_set_header Range "bytes=-$arg_bytes";
    proxy_max_temp_file_size 0; proxy_buffers 8 64k; proxy_buffer_size 64k;"""
_TAKEN: Final = """proxy_pass http://unix:{folder}/sink.sock; proxy_pass_request_body off;
    proxy_set_header Content-Length ""; proxy_set_header X-Size $content_length; rewrite ^ /taken break;"""
_FRAME: Final = """
daemon off; user root; worker_processes 2; pid {folder}/pid; error_log stderr crit;
events {{ worker_connections 1024; }}
http {{
  access_log off; server_tokens off; keepalive_timeout 60s; keepalive_requests 100000; sendfile on; tcp_nodelay on;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  scgi_temp_path {folder}/scgi; uwsgi_temp_path {folder}/uwsgi;
  server {{ listen {http}; listen [::]:{http}; listen {https} ssl; listen [::]:{https} ssl;
    ssl_certificate {chain}; ssl_certificate_key {key}; ssl_protocols TLSv1.2 TLSv1.3;
    {pages}
  }}
  {sink}
}}
"""


@cache
def certificate() -> tuple[Path, Path, Path]:
    """CA, chain and key of the far end."""
    authority = pki.Authority("Bench CA")
    chain, key = authority.issue("bench", NAME)
    return authority.certificate, chain, key


@contextmanager
def web(line: Link) -> Iterator[None]:
    """nginx, plain at 80 and TLS at 443, whose name the clients know from /etc/hosts."""
    _name(line)
    chain, key = certificate()[1:]
    _files()
    sized, taken = _SIZED.format(folder=FOLDER), _TAKEN.format(folder=FOLDER)
    uploads = "\n".join(
        f"location = {path} {{ add_header Access-Control-Allow-Origin *; {taken} }}"
        for path in ("/upload", "/__up", "/mini/speedtest/upload.php")
    )
    pages = _PAGES.format(folder=FOLDER, config=_CONFIG, sized=sized, taken=taken, uploads=uploads)
    frame = {"folder": FOLDER, "pages": pages, "http": HTTP, "https": HTTPS, "chain": chain, "key": key}
    (FOLDER / "nginx.conf").write_text(_FRAME.format(**frame, sink=sites.sink(FOLDER)), encoding="utf-8")
    with _running(line.server, "nginx", "-c", str(FOLDER / "nginx.conf"), ready=_tcp(HTTPS)):
        yield


@contextmanager
def reflector(line: Link, *, tls: bool = True) -> Iterator[None]:
    """Our own, at 8443, HTTP and UDP; without limits that a measurement of a fast line would meet."""
    chain, key = certificate()[1:]
    secure = ("--certificate", str(chain), "--key", str(key)) if tls else ()
    limits = (
        "--max-mb-per-request",
        "1000",
        "--max-mb-per-minute",
        "100000",
        "--max-total-mb-per-minute",
        "100000",
    )
    asked = ("reflector", "--listen", line.server_ip, "--port", str(REFLECTOR), *secure, *limits)
    with _running(line.server, sys.executable, "-m", "readycheck", *asked, ready=_tcp(REFLECTOR)):
        yield


@contextmanager
def iperf3(line: Link) -> Iterator[None]:
    with _running(line.server, "iperf3", "-s", ready=_tcp(IPERF3)):
        yield


@contextmanager
def irtt(line: Link) -> Iterator[None]:
    """Its closest interval is far below any client's: else the server drops what jitter has bunched."""
    asked = ("server", "-b", f"{line.server_ip}:{IRTT}", "-i", "100us", "-d", "300s")
    with _running(line.server, "irtt", *asked, ready=_udp(IRTT)):
        yield


@contextmanager
def coturn(line: Link) -> Iterator[None]:
    """STUN and TURN at 3478."""
    asked = ("-n", "-L", line.server_ip, "-p", str(STUN), "-a", "-u", f"{USER}:{PASSWORD}", "-r", NAME)
    quiet = (
        "--no-tls",
        "--no-dtls",
        "--no-cli",
        "--log-file",
        "/dev/null",
        "--pidfile",
        "/run/bench/turn.pid",
    )
    with _running(line.server, "turnserver", *asked, *quiet, ready=_udp(STUN)):
        yield


def _name(line: Link) -> None:
    """In the private copy of /etc."""
    known = Path("/etc/hosts").read_text(encoding="utf-8")
    if (row := f"{line.server_ip} {NAME}\n") not in known:
        Path("/etc/hosts").write_text(known + row, encoding="utf-8")


def _files() -> None:
    """Files of zeros that take no room."""
    (FOLDER / "mini/speedtest").mkdir(parents=True, exist_ok=True)
    sites.free_sink(FOLDER)
    sites.sparse(FOLDER / "1G.bin", 1 << 30)
    sites.sparse(FOLDER / "256M.bin", 256 << 20)
    sites.sparse(FOLDER / "105M.bin", 100 << 20)
    for side, size in IMAGES.items():
        sites.sparse(FOLDER / "mini/speedtest" / f"random{side}x{side}.jpg", size)


@contextmanager
def _running(host: Host, *command: str, ready: Callable[[Host], bool]) -> Iterator[None]:
    log = Path("/run/bench", f"{Path(command[0]).name}-{host.name}.log")
    with log.open("wb") as file:
        process = host.popen(
            *command, stdin=subprocess.DEVNULL, stdout=file, stderr=file, start_new_session=True
        )
    try:
        until = time.monotonic() + START_S
        while not ready(host):
            if process.poll() is not None or time.monotonic() > until:
                said = log.read_text(errors="replace")[-400:]
                raise RuntimeError(f"{' '.join(command[:4])} does not start: {said}")
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(3)
        process.kill()
        process.wait(3)


def _tcp(port: int) -> Callable[[Host], bool]:
    def ready(host: Host) -> bool:
        with host.entered(), socket.socket() as sock:
            sock.settimeout(1)
            return sock.connect_ex(("10.77.2.2", port)) == 0

    return ready


def _udp(port: int) -> Callable[[Host], bool]:
    """By the kernel's list: who tries to bind the port himself may take it away from the server."""

    def ready(host: Host) -> bool:
        with host.entered():
            listed = Path("/proc/thread-self/net/udp").read_text(encoding="ascii")
        return any(row.split()[1].endswith(f":{port:04X}") for row in listed.splitlines()[1:])

    return ready
