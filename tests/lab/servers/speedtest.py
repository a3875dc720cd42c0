"""The measuring server of speedtest.net that the provider runs: the files and the upload page of its old HTTP method, by nginx.

Where clients learn of it (www.speedtest.net) is a site of the vendors' web (nginx.internet).
"""

from dataclasses import replace
from pathlib import Path
from typing import Final

from tests.lab import topology, zone
from tests.lab.hosts import Host
from tests.lab.servers import nginx, sites
from tests.lab.servers.base import Server, folder_of, tcp

HOST: Final = "speed.isp-lab.net"
PORT: Final = 8080
NAME: Final = "speedtest"
# Bytes of random{N}x{N}.jpg, as all servers of speedtest.net have them.
IMAGES: Final = {
    350: 245_388,
    500: 505_544,
    750: 1_118_012,
    1000: 1_986_284,
    1500: 4_468_241,
    2000: 7_907_740,
    2500: 12_407_926,
    3000: 17_816_816,
    3500: 24_262_167,
    4000: 31_625_365,
}


def server(*, status: int | None = None) -> Server:
    """``status``: it answers everything with this status."""
    folder = folder_of(NAME)
    ip = zone.address(HOST)
    pages = sites.broken(status) if status else _pages(folder)
    block = (
        f"server {{ listen {ip}:{PORT}; listen [{topology.ip6(ip)}]:{PORT}; server_name {HOST}; {pages} }}"
    )
    web = nginx.server(NAME, "internet", block + sites.sink(folder), ready=tcp(ip, PORT))
    return replace(web, prepare=_images)


def _pages(folder: Path) -> str:
    latency = 'location = /speedtest/latency.txt { default_type text/plain; return 200 "test=test\\n"; }'
    images = (
        f"location ~ ^/speedtest/random[0-9]+x[0-9]+\\.jpg$ {{ root {folder}; default_type image/jpeg; }}"
    )
    return latency + images + sites.taken("/speedtest/upload.php", folder)


def _images(host: Host, folder: Path) -> None:
    sites.free_sink(folder)
    (folder / "speedtest").mkdir(exist_ok=True)
    for side, size in IMAGES.items():
        sites.sparse(folder / "speedtest" / f"random{side}x{side}.jpg", size)
