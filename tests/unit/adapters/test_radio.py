"""Composed after the documented forms of these commands, not recorded: there was no machine with Wi-Fi at hand."""

import asyncio
from pathlib import Path

import pytest

from readycheck.adapters.radio import linux, macos, units, windows
from readycheck.adapters.system_linux import LinuxSystem
from readycheck.adapters.system_windows import WindowsSystem
from readycheck.ports import NotTold
from tests.unit.system_recordings import Printed, Recorded, ended

IW = """\
Connected to 02:00:00:aa:bb:cc (on wlan0)
\tSSID: Corp: guests
\tfreq: 5180.0
\tRX: 131072 bytes (612 packets)
\tTX: 65536 bytes (401 packets)
\tsignal: -52 dBm
\trx bitrate: 780.0 MBit/s VHT-MCS 8 80MHz short GI VHT-NSS 2
\ttx bitrate: 866.7 MBit/s VHT-MCS 9 80MHz short GI VHT-NSS 2
"""
NMCLI = " :wlan0:40:2412 MHz:Neighbour\n*:wlan0:78:5955 MHz:Corp\\: guests\n"
PROC = """\
Inter-| sta-|   Quality        |   Discarded packets               | Missed | WE
 face | tus | link level noise |  nwid  crypt   frag  retry   misc | beacon | 22
 wlan0: 0000   54.  -56.  -256        0      0      0      0      0        0
"""
ENGLISH = """
There is 1 interface on the system:

    Name                   : Wi-Fi
    Description            : Intel(R) Wi-Fi 6 AX201 160MHz
    GUID                   : 7b3ad1c0-1111-2222-3333-444455556666
    Physical address       : 02:00:00:aa:bb:cc
    Interface type         : Primary
    State                  : connected
    SSID                   : 99%
    AP BSSID               : 02:00:00:dd:ee:ff
    Band                   : 5 GHz
    Channel                : 36
    Network type           : Infrastructure
    Radio type             : 802.11ax
    Authentication         : WPA2-Personal
    Cipher                 : CCMP
    Connection mode        : Auto Connect
    Receive rate (Mbps)    : 866.7
    Transmit rate (Mbps)   : 1201
    Signal                 : 92%
    Rssi                   : -52
    Profile                : 12%
    QoS MSCS Configured    : 0

    Hosted network status  : Not available
"""
GERMAN = """
Es ist 1 Schnittstelle auf dem System vorhanden:

    Name                   : WLAN
    Beschreibung           : Qualcomm QCA61x4A 802.11ac Wireless Adapter
    GUID                   : 7b3ad1c0-1111-2222-3333-444455556666
    Physische Adresse      : 02:00:00:aa:bb:cc
    Status                 : Verbunden
    SSID                   : Zuhause
    BSSID                  : 02:00:00:dd:ee:ff
    Netzwerktyp            : Infrastruktur
    Funktyp                : 802.11n
    Authentifizierung      : WPA2-Personal
    Verschlüsselung        : CCMP
    Verbindungsmodus       : Profil
    Kanal                  : 6
    Empfangsrate (MBit/s)  : 72,2
    Übertragungsrate (MBit/s) : 65
    Signal                 : 60%
    Profil                 : Zuhause

    Status des gehosteten Netzwerks: Nicht verfügbar
"""
JAPANESE = """
システムに 1 インターフェイスがあります:

    名前                   : Wi-Fi 2
    説明                   : Realtek 8821CE
    GUID                   : 7b3ad1c0-1111-2222-3333-444455556666
    物理アドレス           : 02:00:00:aa:bb:cc
    状態                   : 接続されました
    SSID                   : ie
    BSSID                  : 02:00:00:dd:ee:ff
    無線の種類             : 802.11ac
    チャネル               : 100
    受信速度 (Mbps)        : 433.3
    送信速度 (Mbps)        : 390
    シグナル               : 74%
    プロファイル           : ie
"""
APART = """
There is 1 interface on the system:

    Name                   : Wi-Fi
    GUID                   : 7b3ad1c0-1111-2222-3333-444455556666
    State                  : disconnected
    Radio status           : Hardware On
                             Software On
"""
REFUSED = "Network shell commands need location permission to access WLAN information.\r\nms-settings:privacy-location\r\n"
PROFILER = {
    "SPAirPortDataType": [
        {
            "spairport_airport_interfaces": [
                {
                    "_name": "en0",
                    "spairport_current_network_information": {
                        "_name": "<redacted>",
                        "spairport_network_channel": "44 (5GHz, 80MHz)",
                        "spairport_network_phymode": "802.11ax",
                        "spairport_network_rate": 864,
                        "spairport_signal_noise": "-46 dBm / -96 dBm",
                    },
                },
                {"_name": "en1"},
            ]
        }
    ]
}


def test_iw_tells_strength_band_channel_rates_and_generation() -> None:
    link = linux.in_iw(IW, "wlan0")
    assert link is not None
    assert (link.network, link.signal_dbm, link.band_ghz, link.channel) == ("Corp: guests", -52.0, 5.0, 36)
    assert (link.send_mbps, link.receive_mbps, link.width_mhz, link.generation) == (866.7, 780.0, 80, 5)


def test_iw_tells_apart_what_is_not_connected_and_what_it_does_not_say() -> None:
    apart = linux.in_iw("Not connected.\n", "wlan0")
    assert apart is not None
    assert not apart.connected
    assert linux.in_iw("command failed: No such device (-19)\n", "wlan0") is None


def test_nmcli_tells_of_the_joined_network_alone_and_undoes_its_escapes() -> None:
    (link,) = linux.in_nmcli(NMCLI)
    assert (link.interface, link.network, link.signal_dbm) == ("wlan0", "Corp: guests", -61.0)
    assert (link.band_ghz, link.channel) == (6.0, 1)


def test_the_kernels_list_tells_the_strength_and_no_noise_that_it_does_not_know() -> None:
    (link,) = linux.in_proc(PROC)
    assert (link.interface, link.signal_dbm, link.noise_dbm) == ("wlan0", -56.0, None)


def test_netsh_is_read_by_the_shape_of_its_values_whatever_the_network_is_called() -> None:
    (link,) = windows.in_netsh(ENGLISH)
    assert (link.interface, link.network, link.signal_dbm) == ("Wi-Fi", "99%", -52.0)
    assert (link.band_ghz, link.channel, link.receive_mbps, link.send_mbps) == (5.0, 36, 866.7, 1201.0)
    assert link.generation == 6


@pytest.mark.parametrize("more", ["", "    QoS MSCS Configured    : 0\n"])
def test_a_network_called_as_a_strength_is_not_taken_for_one(more: str) -> None:
    without = ENGLISH.replace("    Rssi                   : -52\n", "").replace(
        "QoS MSCS Configured    : 0\n", ""
    )
    (link,) = windows.in_netsh(without.replace(": 12%", f": -40\n{more}"))
    assert link.signal_dbm == units.dbm_of_percent(92)


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        (GERMAN, ("WLAN", -70.0, 2.4, 6, 72.2, 65.0, 4)),
        (JAPANESE, ("Wi-Fi 2", -63.0, 0.0, 100, 433.3, 390.0, 5)),
    ],
)
def test_netsh_is_read_in_every_language(text: str, seen: tuple[object, ...]) -> None:
    (link,) = windows.in_netsh(text.replace("\n", "\r\n"))
    told = (link.interface, link.signal_dbm, link.band_ghz, link.channel, link.receive_mbps, link.send_mbps)
    assert (*told, link.generation) == seen


def test_netsh_of_a_radio_that_is_on_and_joined_to_nothing() -> None:
    (link,) = windows.in_netsh(APART)
    assert not link.connected


def test_windows_that_wants_the_location_first_does_not_tell_and_is_not_asked_for_it() -> None:
    system = WindowsSystem(Recorded({"netsh.exe wlan": ended(1, "", REFUSED)}))
    with pytest.raises(NotTold, match="location"):
        asyncio.run(system.wifi())


def test_macos_tells_strength_noise_and_channel_and_hides_the_name() -> None:
    joined, apart = macos.in_profiler(PROFILER)
    assert (joined.signal_dbm, joined.noise_dbm, joined.network) == (-46.0, -96.0, "")
    assert (joined.band_ghz, joined.channel, joined.width_mhz) == (5.0, 44, 80)
    assert (joined.send_mbps, joined.generation) == (864.0, 6)
    assert not apart.connected


@pytest.mark.parametrize("told", [None, [], {"SPAirPortDataType": 3}, {"SPAirPortDataType": [{}, 7]}])
def test_macos_of_another_shape_tells_of_no_radio(told: object) -> None:
    assert macos.in_profiler(told) == ()


@pytest.mark.parametrize(
    ("mhz", "where"),
    [(2412, (2.4, 1)), (2484, (2.4, 14)), (5180, (5.0, 36)), (6135, (6.0, 37)), (900, (0.0, 0))],
)
def test_a_frequency_gives_band_and_channel(mhz: float, where: tuple[float, int]) -> None:
    assert units.band_and_channel(mhz) == where


@pytest.mark.parametrize(("percent", "dbm"), [(0, -100.0), (64, -68.0), (100, -50.0), (130, -50.0)])
def test_a_percentage_stands_for_a_strength(percent: int, dbm: float) -> None:
    assert units.dbm_of_percent(percent) == dbm


def linux_with(root: Path, printed: dict[str, Printed], *, radio: bool = True) -> LinuxSystem:
    (root / "sys/class/net/wlan0" / ("wireless" if radio else "queues")).mkdir(parents=True)
    (root / "proc/net").mkdir(parents=True)
    return LinuxSystem(Recorded(printed), root)


def test_linux_asks_networkmanager_where_there_is_no_iw(tmp_path: Path) -> None:
    (link,) = asyncio.run(linux_with(tmp_path, {"nmcli": NMCLI}).wifi())
    assert link.signal_dbm == -61.0


def test_linux_falls_back_to_the_kernels_list(tmp_path: Path) -> None:
    system = linux_with(tmp_path, {})
    (tmp_path / "proc/net/wireless").write_text(PROC)
    (link,) = asyncio.run(system.wifi())
    assert link.signal_dbm == -56.0


def test_linux_with_a_radio_that_nobody_tells_about_does_not_tell(tmp_path: Path) -> None:
    with pytest.raises((NotTold, OSError)):
        asyncio.run(linux_with(tmp_path, {}).wifi())


def test_linux_without_a_radio_asks_nobody(tmp_path: Path) -> None:
    system = linux_with(tmp_path, {"iw": IW}, radio=False)
    assert asyncio.run(system.wifi()) == ()
