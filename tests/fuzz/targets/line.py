"""What shows how the line is: Wi-Fi as systems tell it, echoes, QUIC, addresses that servers see, certificates, dates."""

import json
import socket
import struct
from contextlib import suppress
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlsplit

from readycheck.adapters import echo, proxy_settings, tls
from readycheck.adapters.radio import linux, macos, windows
from readycheck.adapters.system_common import table
from readycheck.api import HttpAnswer
from readycheck.ports import NotTold
from readycheck_checks import clock
from readycheck_checks.path import echoed, quic_packets
from tests.fuzz.target import Target, each, text

NOW: Final = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
ID: Final = bytes(range(8))
MARK: Final = bytes(range(16))

_IW: Final = """Connected to 3c:a6:2f:10:20:30 (on wlan0)
\tSSID: Schmidts Netz
\tfreq: 5180.0
\tsignal: -58 dBm
\trx bitrate: 390.0 MBit/s VHT-MCS 4 80MHz VHT-NSS 2
\ttx bitrate: 433.3 MBit/s HE-MCS 9 80MHz
"""
_NMCLI: Final = "*:wlan0:82:5180 MHz:Schmidts\\:Netz\n :wlan0:40:2412 MHz:other\n"
_WIRELESS: Final = (
    "Inter-| sta-|   Quality        |   Discarded packets\n face | tus | link level noise |  nwid  crypt\n"
    " wlan0: 0000   52.  -58.  -256        0      0\n"
)
_NETSH: Final = """Es ist 1 Schnittstelle auf dem System vorhanden:

    Name                   : WLAN
    GUID                   : 01234567-89ab-cdef-0123-456789abcdef
    SSID                   : Schmidts Netz
    Funktyp                : 802.11ax
    Band                   : 5 GHz
    Kanal                  : 36
    Empfangsrate (MBit/s)  : 866,7
    Senderate (MBit/s)     : 780
    Signal                 : 84%
    Rssi                   : -58
"""
_AIRPORT: Final = json.dumps(
    {
        "SPAirPortDataType": [
            {
                "spairport_airport_interfaces": [
                    {
                        "_name": "en0",
                        "spairport_current_network_information": {
                            "_name": "Schmidts Netz",
                            "spairport_network_channel": "36 (5GHz, 80MHz)",
                            "spairport_network_phymode": "802.11ax",
                            "spairport_network_rate": 866,
                            "spairport_signal_noise": "-58 dBm / -92 dBm",
                        },
                    }
                ]
            }
        ]
    }
).encode()


def _airport(data: bytes) -> object:
    try:
        return macos.in_profiler(json.loads(data))
    except (ValueError, RecursionError):  # as the adapter does, before it hands over the decoded document
        return None


def _reply(data: bytes) -> object:
    echo.checksum(data)
    return [family for family in (socket.AF_INET, socket.AF_INET6) if echo.is_reply(family, data, MARK)]


_ECHO: Final = struct.pack("!BBHHH", 0, 0, 0, 1, 1) + MARK + bytes(40)
_VERSIONS: Final = b"\xc0" + bytes(4) + b"\x08" + ID + b"\x08" + ID[::-1] + struct.pack("!II", 1, 0x6B3343CF)
# Of "www.example.com" by "Example CA": a name of each of the two kinds that are looked for.
_CERTIFICATE: Final = bytes.fromhex(
    "3082010d3081c0a003020102020107300506032b6570301531133011060355040a0c0a4578616d706c65204341301e170d32363031"
    "30313030303030305a170d3237303130313030303030305a302c3110300e060355040a0c074578616d706c65311830160603550403"
    "0c0f7777772e6578616d706c652e636f6d302a300506032b657003210003a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f"
    "1ddc8664125531b8a31e301c301a0603551d1104133011820f7777772e6578616d706c652e636f6d300506032b6570034100c819b8"
    "ba1a8d75418129ca534a0549658ab4b2701ff5af0f6ec958fa16a7aac7ab37e47acc7ca0a6191df5aa7b69c6e92c7bf2c33bf86c4c"
    "b29cf64f8ec5bf04"
)


def _date(found: str) -> object:
    answer = HttpAnswer(
        url="https://www.example.com/",
        status=200,
        headers={"date": found},
        body=b"",
        seconds=0.1,
        address="192.0.2.1",
    )
    return clock.by_date(answer, NOW)


_KDE: Final = (
    b"[Proxy Settings]\nProxyType=1\nhttpsProxy=http://anna:secret@proxy.example 3128\nProxy Config Script=\n"
)
_SCUTIL: Final = (
    b"<dictionary> {\n  HTTPSEnable : 1\n  HTTPSPort : 3128\n  HTTPSProxy : proxy.example\n"
    b"  ProxyAutoConfigEnable : 1\n  ProxyAutoConfigURLString : https://pac.example/p.pac?a=b\n}\n"
)
_REGISTRY: Final = (
    b'[{"ProxyEnable":1,"ProxyServer":"http=a:80;https=b:8080","AutoConfigURL":"http://pac.example/p","Flags":14,'
    b'"AutoUpgrade":true}]'
)


def _proxy_settings(data: bytes) -> object:
    """As every desktop would tell it; the address of a file that comes out can be taken apart again."""
    found = data.decode("utf-8", "replace")
    told = [proxy_settings.of_scutil(found), proxy_settings.of_kioslaverc(found)]
    with suppress(NotTold):
        told.append(proxy_settings.of_gsettings(found))
    try:
        rows = table(json.loads(data))
        told.append(proxy_settings.of_registry(rows))
        proxy_settings.registry_encrypts(rows)
    except (ValueError, RecursionError, NotTold):
        pass
    pages = [proxy_settings.bare_url(found), *(each.pac_url for each in told if each)]
    return [urlsplit(page) for page in pages], proxy_settings.resolver_encrypts(found)


TARGETS: Final = (
    Target(
        name="proxy: settings of desktops",
        play=_proxy_settings,
        seeds=(
            _KDE,
            _SCUTIL,
            _REGISTRY,
            b"anna:secret@proxy.example:3128",
            b"  -LLMNR +DNSOverTLS DNSSEC=no",
        ),
    ),
    Target(
        name="Wi-Fi: iw",
        play=text(lambda found: linux.in_iw(found, "wlan0")),
        seeds=(_IW.encode(), b"Not connected."),
    ),
    Target(
        name="Wi-Fi: nmcli, /proc/net/wireless",
        play=each(text(linux.in_nmcli), text(linux.in_proc)),
        seeds=(_NMCLI.encode(), _WIRELESS.encode()),
    ),
    Target(
        name="Wi-Fi: netsh",
        play=each(text(windows.in_netsh), text(windows.needs_permission)),
        seeds=(_NETSH.encode(), b"netsh: ms-settings:privacy-location"),
    ),
    Target(name="Wi-Fi: system_profiler", play=_airport, seeds=(_AIRPORT,)),
    Target(
        name="line: an ICMP echo",
        play=_reply,
        seeds=(_ECHO, b"\x45" + bytes(19) + _ECHO, b"\x81" + _ECHO[1:]),
    ),
    Target(
        name="line: QUIC versions",
        play=lambda data: quic_packets.offered_versions(data, ID[::-1], ID),
        seeds=(_VERSIONS,),
    ),
    Target(
        name="line: the address that a server sees",
        play=echoed.echoed_address,
        seeds=(b"192.0.2.7\n", b"fl=1\nip=2001:db8::7\nts=1\n", b'{"ip": "192.0.2.7", "country": "DE"}'),
    ),
    Target(
        name="line: whose the address is that a server sees",
        play=echoed.echoed_organisation,
        seeds=(b'{"ip": "192.0.2.7", "org": "Example"}', b'{"connection": {"isp": "Example"}}'),
    ),
    Target(name="TLS: names of a certificate", play=tls.names_in, seeds=(_CERTIFICATE,), share=0.5),
    Target(name="TLS: dates of a certificate", play=tls.dates_in, seeds=(_CERTIFICATE,), share=0.5),
    Target(
        name="TLS: until when it is valid",
        play=text(lambda found: tls.valid_until({"notAfter": found})),
        seeds=(b"Jan  1 00:00:00 2027 GMT",),
        most_bytes=80,
    ),
    Target(
        name="time: the Date of a web server",
        play=text(_date),
        seeds=(b"Sun, 22 Nov 2026 10:00:00 GMT",),
        most_bytes=2_000,
    ),
)
