"""What the sites of the lab serve, in nginx's language: the vendors' test pages, the company's pages, a speed server."""

import os
from pathlib import Path
from typing import Final

from tests.lab.hosts import Host

MIB: Final = 1 << 20
TO_HTTPS: Final = "return 301 https://$host$request_uri;"
NO_CONTENT: Final = "location = /generate_204 { return 204; }"
DESK: Final = (
    "<p>Write to us, call us, or open a ticket. We are here Monday to Friday, 8 to 18.</p>"
    "<form><label>What is wrong? <textarea name='text'></textarea></label><button>Send</button></form>"
)
CHAT: Final = (
    "<p>Somebody will be with you in a moment.</p><form><input name='line'><button>Send</button></form>"
)
TICKETS: Final = """
  client_max_body_size 50m;
  location / {
    proxy_pass http://127.0.0.1:8080; proxy_set_header Host $host; proxy_set_header X-Forwarded-Proto $scheme;
    proxy_set_header X-Forwarded-For $remote_addr;
  }
"""
# The pages by which systems find out whether they are online, by which clocks are compared, and so on.
_SPECIAL: Final = {
    "connectivitycheck.gstatic.com": NO_CONTENT,
    "www.google.com": NO_CONTENT,
    "www.msftconnecttest.com": """
        location = /connecttest.txt { default_type text/plain; charset off; return 200 "Microsoft Connect Test"; }""",
    "www.cloudflare.com": """
        location = /cdn-cgi/trace { default_type text/plain; return 200 "h=$host\\nip=$remote_addr\\nts=$msec\\n"; }""",
}
_CLIENT: Final = 'ip="192.88.99.130" lat="52.52" lon="13.40" isp="ISP of the lab" country="DE"'
# What speedtest.net tells its clients: where they are, how to measure, and the server nearest to them.
_MEASURE: Final = f"""<?xml version="1.0" encoding="UTF-8"?>
<settings><client {_CLIENT}/><server-config threadcount="4" ignoreids=""/>
<download testlength="10" threadsperurl="4"/>
<upload testlength="10" ratio="5" threads="2" maxchunkcount="50"/></settings>"""
_SERVERS: Final = """<?xml version="1.0" encoding="UTF-8"?>
<settings><servers><server url="http://speed.isp-lab.net:8080/speedtest/upload.php" lat="52.50" lon="13.40"
name="Berlin" country="Germany" cc="DE" sponsor="ISP of the lab" id="7701" host="speed.isp-lab.net:8080"/></servers></settings>"""
_SPEEDTEST: Final = f"""
        location = /speedtest-config.php {{ default_type text/xml; return 200 '{_MEASURE}'; }}
        location ~ ^/speedtest-servers(-static)?\\.php$ {{ default_type text/xml; return 200 '{_SERVERS}'; }}"""
_LAST_BYTES: Final = """
          proxy_pass http://unix:{folder}/sink.sock:/1G.bin; proxy_set_header Range "bytes=-$arg_bytes";
          proxy_max_temp_file_size 0;"""
_PLAIN_TOO: Final = (
    "connectivitycheck.gstatic.com",
    "www.msftconnecttest.com",
    "c.speedtest.net",
    "example.com",
)


def page(title: str, more: str = "") -> str:
    """One small page for every path."""
    head = f"<!doctype html><html lang='en'><head><title>{title}</title></head>"
    return f'location / {{ return 200 "{head}<body><h1>{title}</h1>{more}</body></html>"; }}'


def broken(status: int) -> str:
    """Every path answers with this status."""
    return f'location / {{ return {status} "<!doctype html><title>{status}</title><h1>{status}</h1>"; }}'


def vendor(name: str, folder: Path) -> str:
    """What a vendor's site serves over HTTPS. ``folder``: where speed_files() and sink() are."""
    if name == "speed.cloudflare.com":
        return _cloudflare_speed(folder) + page(name)
    special = _SPEEDTEST if name.endswith("speedtest.net") else _SPECIAL.get(name, "")
    return special + page(name)


def vendor_plain(name: str, folder: Path) -> str:
    """What it serves over plain HTTP: for nearly all, the way to HTTPS."""
    return vendor(name, folder) if name in _PLAIN_TOO else TO_HTTPS


def _cloudflare_speed(folder: Path) -> str:
    """Cloudflare's speed test: /__down?bytes=N, below 100 MB for programs, and /__up; it tells how long it took itself."""
    return f"""
        location = /__down {{
          if ($arg_bytes ~ "^[0-9]{{9,}}$") {{ return 403; }}
          if ($arg_bytes = 0) {{ add_header Server-Timing "cfRequestDuration;dur=0.02"; return 200 ""; }}
          {_LAST_BYTES.format(folder=folder)}
        }}""" + taken("/__up", folder)


def speed(folder: Path) -> str:
    """A speed server: /download?bytes=N, /100M.bin, /upload (POST), and /ping, a small page. Its files are speed_files()."""
    sized = f"location = /download {{ {_LAST_BYTES.format(folder=folder)} }}"
    fixed = "location = /100M.bin { default_type application/octet-stream; } location = /ping { return 204; }"
    return f"root {folder}; {fixed}" + sized + taken("/upload", folder)


def taken(path: str, folder: Path) -> str:
    """POSTs to this path are answered "size=N" as soon as all of them has come, and thrown away."""
    return f"""
        location = {path} {{
          client_max_body_size 1g; client_body_buffer_size 2m;
          proxy_pass http://unix:{folder}/sink.sock:/taken; proxy_pass_request_body off;
          proxy_set_header Content-Length ""; proxy_set_header X-Size $content_length;
        }}"""


def sink(folder: Path) -> str:
    """The server behind speed() and taken(): a proxied request is passed on only when its body is complete, which a page that
    answers by itself would not wait for; and it can ask for the last N bytes of a file in place of the client.
    """
    return f"""
      server {{ listen unix:{folder}/sink.sock; root {folder}; default_type application/octet-stream;
        location = /taken {{ default_type text/plain; return 200 "size=$http_x_size"; }} location / {{ }}
      }}"""


def speed_files(host: Host, folder: Path) -> None:
    """Files of zeros that take no room."""
    free_sink(folder)
    sparse(folder / "100M.bin", 100 * MIB)
    sparse(folder / "1G.bin", 1024 * MIB)


def free_sink(folder: Path) -> None:
    """A server that was killed leaves its socket, and the next one would find the name taken."""
    (folder / "sink.sock").unlink(missing_ok=True)


def sparse(file: Path, size: int) -> None:
    file.touch()
    os.truncate(file, size)
