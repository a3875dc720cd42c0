import json
from pathlib import Path

import pytest

from readycheck.adapters.system_macos import MacSystem
from readycheck.errors import ChildTimeout
from readycheck.ports import NotTold, Route
from tests.unit.system_recordings import Printed, Recorded, ended, wait_for

ROUTE = """\
   route to: default
destination: default
       mask: default
    gateway: 192.168.178.1
  interface: en0
      flags: <UP,GATEWAY,DONE,STATIC,PRCLONING,GLOBAL>
 recvpipe  sendpipe  ssthresh  rtt,msec    rttvar  hopcount      mtu     expire
       0         0         0         0         0         0      1500         0
"""
TUNNEL_ROUTE = (
    "   route to: default\ndestination: default\n  interface: utun4\n      flags: <UP,DONE,CLONING,STATIC>\n"
)
NO_ROUTE = ended(1, "route: writing to routing socket: not in table\n")
SCUTIL = """\
DNS configuration

resolver #1
  search domain[0] : fritz.box
  nameserver[0] : 192.168.178.1
  nameserver[1] : fd00::1
  if_index : 14 (en0)
  flags    : Request A records, Request AAAA records
  reach    : 0x00020002 (Reachable,Directly Reachable Address)

resolver #2
  domain   : local
  options  : mdns
  timeout  : 5
  flags    : Request A records
  reach    : 0x00000000 (Not Reachable)
  order    : 300000

DNS configuration (for scoped queries)

resolver #1
  nameserver[0] : 10.8.0.1
  if_index : 22 (utun4)
  flags    : Scoped, Request A records
  reach    : 0x00000003 (Reachable,Transient Connection)
"""
NETWORK = json.dumps(
    {
        "SPNetworkDataType": [
            {"_name": "Wi-Fi", "hardware": "AirPort", "interface": "en0", "type": "AirPort"},
            {
                "_name": "USB 10/100/1000 LAN",
                "Ethernet": {"MAC Address": "00:11:22:33:44:55"},
                "hardware": "Ethernet",
                "interface": "en7",
                "type": "Ethernet",
            },
        ]
    }
)
CAMERAS = json.dumps(
    {
        "SPCameraDataType": [
            {"_name": "FaceTime-HD-Kamera", "spcamera_model-id": "x", "spcamera_unique-id": "3F45E80A"}
        ]
    }
)
AUDIO = json.dumps(
    {
        "SPAudioDataType": [
            {
                "_items": [
                    {
                        "_name": "MacBook Pro-Mikrofon",
                        "coreaudio_default_audio_input_device": "spaudio_yes",
                        "coreaudio_device_input": 1,
                        "coreaudio_device_srate": 48000,
                    },
                    {"_name": "MacBook Pro-Lautsprecher", "coreaudio_device_output": 2},
                ],
                "_name": "coreaudio_device",
            }
        ]
    }
)
PMSET_LAPTOP = """Now drawing from 'Battery Power'
 -InternalBattery-0 (id=21233763)\t76%; discharging; 5:12 remaining present: true
"""
PMSET_DESKTOP = "Now drawing from 'AC Power'\n"
UPS = "Now drawing from 'AC Power'\n -Back-UPS ES 700 (id=1)\t100%; charging present: true\n"


def mac(printed: dict[str, Printed], root: Path = Path("/")) -> MacSystem:
    return MacSystem(Recorded(printed), root)


def test_the_default_route_is_read_by_its_fields() -> None:
    route = wait_for(mac({"get default": ROUTE}).default_route())
    assert route == Route(interface="en0", gateway="192.168.178.1")


def test_a_tunnel_that_takes_everything_has_no_gateway() -> None:
    assert wait_for(mac({"get default": TUNNEL_ROUTE}).default_route()) == Route(
        interface="utun4", gateway=""
    )


def test_without_ipv4_the_ipv6_route_is_asked_for() -> None:
    ipv6 = ROUTE.replace("192.168.178.1", "fe80::1%en0")
    route = wait_for(mac({"-inet6": ipv6, "get default": NO_ROUTE}).default_route())
    assert route == Route(interface="en0", gateway="fe80::1%en0")


def test_the_default_route_of_each_version_is_told() -> None:
    ipv6 = ROUTE.replace("192.168.178.1", "fe80::1%en0")
    both = wait_for(mac({"-inet6": ipv6, "get default": ROUTE}).default_routes())
    assert [route.gateway for route in both] == ["192.168.178.1", "fe80::1%en0"]
    alone = wait_for(mac({"-inet6": NO_ROUTE, "get default": ROUTE}).default_routes())
    assert [route.gateway for route in alone] == ["192.168.178.1"]


def test_no_route_in_the_table_is_a_proved_absence() -> None:
    assert wait_for(mac({"/sbin/route": NO_ROUTE}).default_route()) is None


@pytest.mark.parametrize("answer", ["", "route: something new\n", ChildTimeout("slow")])
def test_anything_else_from_route_is_not_told(answer: Printed) -> None:
    with pytest.raises(NotTold):
        wait_for(mac({"/sbin/route": answer}).default_route())


def test_name_servers_are_those_that_programs_get_and_not_those_of_one_interface() -> None:
    assert wait_for(mac({"scutil --dns": SCUTIL}).dns_servers()) == ("192.168.178.1", "fd00::1")


def test_a_mac_without_network_has_no_name_servers() -> None:
    assert wait_for(mac({"scutil --dns": "No DNS configuration available\n"}).dns_servers()) == ()


def test_kinds_come_from_the_fixed_names_and_from_the_hardware_list() -> None:
    names = ("lo0", "en0", "en7", "en5", "utun3", "awdl0", "bridge0")
    natures = wait_for(mac({"SPNetworkDataType": NETWORK}).natures(names))
    assert {name: nature.kind for name, nature in natures.items()} == {
        "lo0": "loopback",
        "en0": "wifi",
        "en7": "wired",
        "en5": "unknown",
        "utun3": "tunnel",
        "awdl0": "virtual",
        "bridge0": "virtual",
    }
    assert natures["en7"].description == "USB 10/100/1000 LAN"
    assert "00:11:22" not in repr(natures)


def test_without_the_hardware_list_the_fixed_names_still_tell() -> None:
    natures = wait_for(mac({}).natures(("utun0", "en0")))
    assert (natures["utun0"].kind, natures["en0"].kind) == ("tunnel", "unknown")


def test_cameras_and_microphones_are_named_in_the_language_of_the_mac() -> None:
    system = mac({"SPCameraDataType": CAMERAS, "SPAudioDataType": AUDIO})
    assert wait_for(system.cameras()) == ("FaceTime-HD-Kamera",)
    assert wait_for(system.microphones()) == ("MacBook Pro-Mikrofon",)


def test_an_empty_list_is_a_proved_absence_and_a_missing_one_is_not() -> None:
    assert wait_for(mac({"SPCameraDataType": '{"SPCameraDataType" : [\n\n  ]\n}'}).cameras()) == ()
    for printed in ("{}", "[]", "no json", '{"SPCameraDataType": ["text"]}'):
        with pytest.raises(NotTold):
            wait_for(mac({"SPCameraDataType": printed}).cameras())


@pytest.mark.parametrize(("printed", "has"), [(PMSET_LAPTOP, True), (PMSET_DESKTOP, False), (UPS, False)])
def test_only_a_built_in_battery_counts(printed: str, has: bool) -> None:
    assert wait_for(mac({"pmset": printed}).has_battery()) is has


@pytest.mark.parametrize(
    ("printed", "there"),
    [
        ("? (192.168.178.1) at (incomplete) on en0 ifscope [ethernet]\n", False),
        ("? (192.168.178.1) at 0:11:22:33:44:55 on en0 ifscope [ethernet]\n", None),
        ("192.168.178.1 (192.168.178.1) -- no entry\n", None),
    ],
)
def test_an_arp_entry_proves_absence_only(printed: str, there: bool | None) -> None:
    assert wait_for(mac({"arp -n": printed}).neighbour("192.168.178.1")) is there


def test_version_and_time_zone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TZ", raising=False)
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/localtime").symlink_to("/var/db/timezone/zoneinfo/Europe/Berlin")
    system = mac({"sw_vers": "15.1.1\n"}, tmp_path)
    assert wait_for(system.version()) == "15.1.1"
    assert wait_for(system.timezone()) == "Europe/Berlin"


def test_no_command_of_macos_tells_what_a_connection_costs() -> None:
    with pytest.raises(NotTold):
        wait_for(mac({}).metered())
