import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from readycheck.adapters.system_linux import LinuxSystem
from readycheck.ports import NotTold, Route
from tests.unit.system_recordings import Printed, Recorded, ended, wait_for

ROUTE = """\
Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
tun0\t00000000\t00000000\t0001\t0\t0\t50\t00000080\t0\t0\t0
wlan0\t00000000\t0101A8C0\t0003\t0\t0\t600\t00000000\t0\t0\t0
eth0\t00000000\tFE02A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0
eth0\t0002A8C0\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0
"""
NO_ROUTE = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"
IPV6_ROUTE = (
    "20010db8000000000000000000000000 40 00000000000000000000000000000000 00 "
    "00000000000000000000000000000000 00000100 00000001 00000000 00000001     eth0\n"
    "00000000000000000000000000000000 00 00000000000000000000000000000000 00 "
    "fe80000000000000020000fffe000001 00000400 00000002 00000000 00000003     eth0\n"
    "00000000000000000000000000000000 00 00000000000000000000000000000000 00 "
    "00000000000000000000000000000000 ffffffff 00000001 00000000 00200200       lo\n"
)
PCM = """\
00-00: ALC257 Analog : ALC257 Analog : playback 1 : capture 1
00-03: HDMI 0 : HDMI 0 : playback 1
01-00: USB Audio : USB Audio : capture 1
"""
PACTL = """[
{"index":1,"state":"SUSPENDED","name":"alsa_output.pci-0000_00_1f.3.analog-stereo.monitor",
 "description":"Monitor of Built-in Audio","driver":"PipeWire"},
{"index":2,"state":"RUNNING","name":"bluez_input.00_11_22_33_44_55","description":"Headset H1","driver":"PipeWire"}]"""


def write(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def device(root: Path, kind: str, name: str, place: str, files: dict[str, str]) -> None:
    """A device as /sys shows it: its folder below /sys/devices, and a link to it in its class."""
    folder = root / "sys/devices" / place / kind / name
    folder.mkdir(parents=True)
    write(folder, files)
    link = root / "sys/class" / kind / name
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(os.path.relpath(folder, link.parent))


def linux(root: Path, printed: Mapping[str, Printed] | None = None) -> LinuxSystem:
    return LinuxSystem(Recorded(printed or {}), root)


# Routes and names


def test_the_default_route_with_the_lowest_metric_wins_and_half_routes_of_a_vpn_are_none(
    tmp_path: Path,
) -> None:
    write(tmp_path, {"proc/net/route": ROUTE, "proc/net/ipv6_route": IPV6_ROUTE})
    assert wait_for(linux(tmp_path).default_route()) == Route(interface="eth0", gateway="192.168.2.254")


def test_the_default_route_of_each_version_is_told(tmp_path: Path) -> None:
    write(tmp_path, {"proc/net/route": ROUTE, "proc/net/ipv6_route": IPV6_ROUTE})
    four, six = wait_for(linux(tmp_path).default_routes())
    assert four.gateway == "192.168.2.254" and six.gateway == "fe80::200:ff:fe00:1%eth0"


METERED = [
    ("yes", True),
    ("yes (guessed)", True),
    ("no", False),
    ("no (guessed)", False),
    ("unknown", None),
    ("ja", None),
]


@pytest.mark.parametrize(("printed", "metered"), METERED)
def test_network_manager_says_whether_the_device_in_use_is_metered(
    tmp_path: Path, printed: str, metered: bool | None
) -> None:
    write(tmp_path, {"proc/net/route": ROUTE})
    answers = {"GENERAL.METERED device show eth0": f"{printed}\n"}
    assert wait_for(linux(tmp_path, answers).metered()) is metered


def test_under_a_vpn_the_device_that_carries_it_is_asked(tmp_path: Path) -> None:
    tunnel = "tun0\t00000000\t00000000\t0001\t0\t0\t50\t00000000\t0\t0\t0\n"
    write(tmp_path, {"proc/net/route": ROUTE + tunnel})
    device(tmp_path, "net", "tun0", "virtual", {"type": "65534", "tun_flags": "0x1001"})
    answers: dict[str, Printed] = {"device show tun0": "no (guessed)\n", "device show eth0": "yes\n"}
    assert wait_for(linux(tmp_path, answers).metered()) is True


@pytest.mark.parametrize(
    "answer",
    [
        ended(8, "Error: NetworkManager is not running.\n"),
        ended(10, "Error: Device 'eth0' not found.\n"),
        ended(127, "env: 'nmcli': No such file or directory\n"),
    ],
)
def test_without_network_manager_nobody_tells_whether_it_is_metered(tmp_path: Path, answer: Printed) -> None:
    write(tmp_path, {"proc/net/route": ROUTE})
    with pytest.raises(NotTold):
        wait_for(linux(tmp_path, {"nmcli": answer}).metered())


def test_a_default_route_without_a_next_hop_has_no_gateway(tmp_path: Path) -> None:
    line = "wwan0\t00000000\t00000000\t0001\t0\t0\t700\t00000000\t0\t0\t0\n"
    write(tmp_path, {"proc/net/route": NO_ROUTE + line})
    assert wait_for(linux(tmp_path).default_route()) == Route(interface="wwan0", gateway="")


def test_a_default_route_that_rejects_everything_is_no_route(tmp_path: Path) -> None:
    line = "*\t00000000\t00000000\t0201\t0\t0\t0\t00000000\t0\t0\t0\n"
    write(tmp_path, {"proc/net/route": NO_ROUTE + line})
    assert wait_for(linux(tmp_path).default_route()) is None


def test_without_ipv4_the_ipv6_route_is_told_with_the_zone_of_its_gateway(tmp_path: Path) -> None:
    write(tmp_path, {"proc/net/route": NO_ROUTE, "proc/net/ipv6_route": IPV6_ROUTE})
    route = wait_for(linux(tmp_path).default_route())
    assert route == Route(interface="eth0", gateway="fe80::200:ff:fe00:1%eth0")


def test_the_reject_route_of_a_machine_without_ipv6_is_no_route(tmp_path: Path) -> None:
    reject = IPV6_ROUTE.splitlines(keepends=True)[2]
    write(tmp_path, {"proc/net/route": NO_ROUTE, "proc/net/ipv6_route": reject})
    assert wait_for(linux(tmp_path).default_route()) is None


@pytest.mark.parametrize("known", [True, False])
def test_the_servers_behind_the_stub_of_systemd_are_told_where_it_names_them(
    tmp_path: Path, known: bool
) -> None:
    files = {"etc/resolv.conf": "# made by systemd\nnameserver 127.0.0.53\noptions edns0\n"}
    if known:
        files["run/systemd/resolve/resolv.conf"] = "nameserver 192.168.1.1\nnameserver fd00::1\n"
    servers = wait_for(linux(write(tmp_path, files)).dns_servers())
    assert servers == (("192.168.1.1", "fd00::1") if known else ("127.0.0.53",))


# Interfaces


def test_the_kind_of_an_interface_comes_from_what_the_kernel_tells_of_it(tmp_path: Path) -> None:
    cards = {
        "lo": ("virtual", {"type": "772"}),
        "eth0": ("pci0000:00/0000:00:1f.6", {"type": "1"}),
        "wlp2s0": ("pci0000:00/0000:02:00.0", {"type": "1", "phy80211/name": "phy0"}),
        "tun0": ("virtual", {"type": "65534", "tun_flags": "0x1001"}),
        "wg0": ("virtual", {"type": "65534"}),
        "tap0": ("virtual", {"type": "1", "tun_flags": "0x1002"}),
        "vnet0": ("virtual", {"type": "1", "tun_flags": "0x1002", "brport/state": "3"}),
        "docker0": ("virtual", {"type": "1", "bridge/stp_state": "0"}),
        "veth7": ("virtual", {"type": "1", "master/ifindex": "4"}),
        "eth1": ("virtual", {"type": "1"}),
        "vlan5": ("virtual", {"type": "1", "uevent": "DEVTYPE=vlan"}),
        "wwan0": ("pci0000:00/usb1", {"type": "519"}),
    }
    for name, (place, files) in cards.items():
        device(tmp_path, "net", name, place, files)
    kinds = {name: nature.kind for name, nature in wait_for(linux(tmp_path).natures(tuple(cards))).items()}
    assert kinds == {
        "lo": "loopback",
        "eth0": "wired",
        "wlp2s0": "wifi",
        "tun0": "tunnel",
        "wg0": "tunnel",
        "tap0": "tunnel",
        "vnet0": "virtual",
        "docker0": "virtual",
        "veth7": "virtual",  # a container's cable, seen from the host: it ends in a bridge
        "eth1": "wired",  # the same cable, seen from inside the container
        "vlan5": "virtual",
        "wwan0": "unknown",
    }


@pytest.mark.parametrize(
    ("printed", "there"),
    [
        ('[{"dst":"192.168.1.1","dev":"wlan0","lladdr":"00:11:22:33:44:55","state":["REACHABLE"]}]', True),
        ('[{"dst":"192.168.1.1","dev":"wlan0","state":["FAILED"]}]', False),
        ('[{"dst":"192.168.1.1","dev":"wlan0","state":["INCOMPLETE"]}]', False),
        ('[{"dst":"192.168.1.1","dev":"wlan0","lladdr":"00:11:22:33:44:55","state":["STALE"]}]', None),
        ('[{"dst":"192.168.1.1","dev":"wlan0","lladdr":"00:11:22:33:44:55","state":["DELAY"]}]', None),
        ("[]", None),
    ],
)
def test_only_a_fresh_neighbour_entry_proves_anything(
    tmp_path: Path, printed: str, there: bool | None
) -> None:
    assert wait_for(linux(tmp_path, {"ip -j neigh": printed}).neighbour("192.168.1.1")) is there


def test_a_link_local_neighbour_is_asked_for_on_its_own_interface(tmp_path: Path) -> None:
    run = Recorded({"ip -j neigh": "[]"})
    wait_for(LinuxSystem(run, tmp_path).neighbour("fe80::1%eth0"))
    assert run.asked == ["ip -j neigh show fe80::1 dev eth0"]


# Battery


@pytest.mark.parametrize(
    ("supplies", "has"),
    [
        ({"BAT0": {"type": "Battery"}, "AC": {"type": "Mains"}}, True),
        ({"hidpp_battery_0": {"type": "Battery", "scope": "Device"}}, False),
        ({"AC": {"type": "Mains"}}, False),
        ({}, False),
    ],
)
def test_the_battery_of_a_mouse_is_not_the_computers(
    tmp_path: Path, supplies: dict[str, dict[str, str]], has: bool
) -> None:
    (tmp_path / "sys/class").mkdir(parents=True)
    for name, files in supplies.items():
        device(tmp_path, "power_supply", name, "pci0", files)
    assert wait_for(linux(tmp_path).has_battery()) is has


# Cameras and microphones


def usb_camera(root: Path, node: str, index: str) -> None:
    files = {
        "name": "Integrated Camera: Integrated C\n",
        "index": f"{index}\n",
        "device/bInterfaceClass": "0e\n",
    }
    device(root, "video4linux", node, f"pci0/usb1/{node}", files)


def test_a_usb_camera_is_its_capture_node_and_not_its_metadata_node(tmp_path: Path) -> None:
    usb_camera(tmp_path, "video0", "0")
    usb_camera(tmp_path, "video1", "1")
    assert wait_for(linux(tmp_path).cameras()) == ("Integrated Camera: Integrated C",)


def test_nodes_of_other_drivers_are_no_proof_either_way(tmp_path: Path) -> None:
    device(
        tmp_path,
        "video4linux",
        "video0",
        "platform/codec",
        {"name": "bcm2835-codec-decode\n", "index": "0\n"},
    )
    with pytest.raises(NotTold):
        wait_for(linux(tmp_path).cameras())


def test_a_virtual_camera_alone_is_no_camera(tmp_path: Path) -> None:
    device(tmp_path, "video4linux", "video9", "virtual", {"name": "OBS Virtual Camera\n", "index": "0\n"})
    assert wait_for(linux(tmp_path).cameras()) == ()


def test_a_kernel_that_knows_no_video_class_has_no_camera(tmp_path: Path) -> None:
    (tmp_path / "sys/class/net").mkdir(parents=True)
    assert wait_for(linux(tmp_path).cameras()) == ()


def test_without_sys_nothing_is_proved_absent(tmp_path: Path) -> None:
    for question in (linux(tmp_path).cameras(), linux(tmp_path).microphones(), linux(tmp_path).has_battery()):
        with pytest.raises(NotTold):
            wait_for(question)


def test_capture_devices_of_alsa_are_named(tmp_path: Path) -> None:
    device(tmp_path, "sound", "pcmC0D0c", "pci0", {})
    write(tmp_path, {"proc/asound/pcm": PCM})
    assert wait_for(linux(tmp_path).microphones()) == ("ALC257 Analog", "USB Audio")


def test_a_container_that_hides_the_names_still_tells_that_there_is_an_input(tmp_path: Path) -> None:
    device(tmp_path, "sound", "pcmC0D0c", "pci0", {})
    assert wait_for(linux(tmp_path).microphones()) == ("Sound input",)


def test_a_bluetooth_headset_is_found_through_the_sound_server_and_monitors_are_left_out(
    tmp_path: Path,
) -> None:
    device(tmp_path, "sound", "pcmC0D0p", "pci0", {})
    assert wait_for(linux(tmp_path, {"pactl": PACTL}).microphones()) == ("Headset H1",)


def test_without_sound_server_a_computer_with_bluetooth_is_not_told_to_have_none(tmp_path: Path) -> None:
    device(tmp_path, "bluetooth", "hci0", "pci0", {})
    refused = ended(1, "Connection failure: Connection refused")
    with pytest.raises(NotTold):
        wait_for(linux(tmp_path, {"pactl": refused}).microphones())


def test_without_sound_and_bluetooth_there_is_no_microphone(tmp_path: Path) -> None:
    (tmp_path / "sys/class/net").mkdir(parents=True)
    assert wait_for(linux(tmp_path).microphones()) == ()


# The machine


def test_the_distribution_and_the_time_zone_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TZ", raising=False)
    write(tmp_path, {"etc/os-release": 'PRETTY_NAME="x"\nNAME="Ubuntu"\nVERSION_ID="24.04"\nID=ubuntu\n'})
    (tmp_path / "etc/localtime").symlink_to("../usr/share/zoneinfo/Europe/Berlin")
    assert wait_for(linux(tmp_path).version()) == "Ubuntu 24.04"
    assert wait_for(linux(tmp_path).timezone()) == "Europe/Berlin"


def test_a_copied_localtime_is_named_by_the_file_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TZ", raising=False)
    write(tmp_path, {"etc/localtime": "TZif2", "etc/timezone": "America/Sao_Paulo\n"})
    assert wait_for(linux(tmp_path).timezone()) == "America/Sao_Paulo"


def test_the_zone_of_the_environment_goes_before_that_of_the_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", ":Asia/Tokyo")
    assert wait_for(linux(tmp_path).timezone()) == "Asia/Tokyo"
