import asyncio
from collections.abc import Mapping, Sequence

import pytest

from readycheck.adapters.system_common import Nature, Natures
from readycheck.adapters.system_windows import WindowsSystem
from readycheck.errors import ChildTimeout
from readycheck.ports import NotTold, Route
from tests.unit.system_recordings import Printed, Recorded, ended, wait_for

# Property names are the same in every language; aliases and device names are German and French here.
ROUTES = """[{"DestinationPrefix":"::/0","NextHop":"fe80::1","RouteMetric":16,"InterfaceMetric":5,"InterfaceAlias":"Ethernet 3"},
{"DestinationPrefix":"0.0.0.0/0","NextHop":"192.168.0.1","RouteMetric":0,"InterfaceMetric":50,"InterfaceAlias":"WLAN"},
{"DestinationPrefix":"0.0.0.0/0","NextHop":"192.168.2.1","RouteMetric":0,"InterfaceMetric":25,"InterfaceAlias":"Ethernet 3"}]"""
VPN_ROUTE = """[{"DestinationPrefix":"0.0.0.0/0","NextHop":"0.0.0.0","RouteMetric":1,"InterfaceMetric":1,
"InterfaceAlias":"Firma (Büro Köln)"}]"""
ADAPTERS = """[{"Name":"WLAN","InterfaceDescription":"Intel(R) Wi-Fi 6 AX201 160MHz","InterfaceType":71,"HardwareInterface":true},
{"Name":"Ethernet 3","InterfaceDescription":"Realtek USB GbE Family Controller","InterfaceType":6,"HardwareInterface":true},
{"Name":"Ethernet 5","InterfaceDescription":"Cisco AnyConnect Virtual Miniport Adapter for Windows x64","InterfaceType":6,
 "HardwareInterface":false},
{"Name":"büro","InterfaceDescription":"WireGuard Tunnel","InterfaceType":53,"HardwareInterface":false},
{"Name":"Mobilfunk","InterfaceDescription":"Quectel Generic Mobile Broadband Adapter","InterfaceType":243,
 "HardwareInterface":true}]"""
NAME_SERVERS = """[{"InterfaceAlias":"WLAN","ServerAddresses":["192.168.0.1","fd00::1"]},
{"InterfaceAlias":"Ethernet 3","ServerAddresses":{"value":["192.168.0.1","9.9.9.9"],"Count":2}},
{"InterfaceAlias":"LAN-Verbindung* 1","ServerAddresses":["fec0:0:0:ffff::1","fec0:0:0:ffff::2"]},
{"InterfaceAlias":"Loopback Pseudo-Interface 1","ServerAddresses":[]}]"""
CAMERAS = """[{"Class":"Camera","FriendlyName":"Integrierte Kamera","InstanceId":"USB\\\\VID_04F2&PID_B6D0&MI_00\\\\6&1",
"Service":"usbvideo","Status":"OK"},
{"Class":"Image","FriendlyName":"HP OfficeJet Pro 9020","InstanceId":"SWD\\\\WIA\\\\0","Service":null,"Status":"OK"}]"""
SCANNER = """[{"Class":"Image","FriendlyName":"HP OfficeJet Pro 9020","InstanceId":"SWD\\\\WIA\\\\0",
"Service":null,"Status":"OK"}]"""
BROKEN_CAMERA = """[{"Class":"Camera","FriendlyName":"Caméra intégrée","InstanceId":"USB\\\\1",
"Service":"usbvideo","Status":"Error"}]"""
ENDPOINTS = """[{"Class":"AudioEndpoint","FriendlyName":"Lautsprecher (Realtek(R) Audio)",
"InstanceId":"SWD\\\\MMDEVAPI\\\\{0.0.0.00000000}.{1b}","Service":null,"Status":"OK"},
{"Class":"AudioEndpoint","FriendlyName":"Mikrofonarray (Realtek(R) Audio)",
"InstanceId":"SWD\\\\MMDEVAPI\\\\{0.0.1.00000000}.{2c}","Service":null,"Status":"OK"}]"""
SPEAKERS = """[{"Class":"AudioEndpoint","FriendlyName":"Haut-parleurs (Realtek(R) Audio)",
"InstanceId":"SWD\\\\MMDEVAPI\\\\{0.0.0.00000000}.{1b}","Service":null,"Status":"OK"}]"""
GERMAN_ERROR = ended(
    1,
    "Get-NetRoute : Zugriff verweigert\nIn Zeile:1 Zeichen:1\n    + FullyQualifiedErrorId : Windows System Error 5\n",
)


def windows(printed: dict[str, Printed]) -> WindowsSystem:
    return WindowsSystem(Recorded(printed))


def test_the_cheapest_ipv4_default_route_wins_before_any_ipv6_route() -> None:
    route = wait_for(windows({"Get-NetRoute": ROUTES}).default_route())
    assert route == Route(interface="Ethernet 3", gateway="192.168.2.1")


def test_the_default_route_of_each_version_is_told() -> None:
    both = wait_for(windows({"Get-NetRoute": ROUTES}).default_routes())
    assert [":" in route.gateway for route in both] == [False, True]


def test_a_route_on_the_link_itself_has_no_gateway_and_names_keep_their_letters() -> None:
    route = wait_for(windows({"Get-NetRoute": VPN_ROUTE}).default_route())
    assert route == Route(interface="Firma (Büro Köln)", gateway="")


@pytest.mark.parametrize(
    ("cost", "metered"),
    [
        ('{"Cost":1,"Roaming":false,"OverDataLimit":false}', False),
        (
            '{"Cost":2,"Roaming":false,"OverDataLimit":false}',
            True,
        ),  # "set as metered connection" in the settings
        ('{"Cost":3,"Roaming":false,"OverDataLimit":false}', True),
        ('{"Cost":0,"Roaming":false,"OverDataLimit":false}', None),
        ('{"Cost":1,"Roaming":true,"OverDataLimit":false}', True),
        ('{"Cost":1,"Roaming":false,"OverDataLimit":true}', True),
        ('{"Cost":null}', None),
    ],
)
def test_the_cost_of_a_connection_is_told_by_its_number(cost: str, metered: bool | None) -> None:
    assert wait_for(windows({"GetConnectionCost": f"[{cost}]\r\n"}).metered()) is metered


def test_a_windows_without_internet_connection_does_not_tell_its_cost() -> None:
    for printed in ("[]\r\n", GERMAN_ERROR):
        with pytest.raises(NotTold):
            wait_for(windows({"GetConnectionCost": printed}).metered())


def test_an_empty_list_is_a_proved_absence_of_a_route() -> None:
    assert wait_for(windows({"Get-NetRoute": "[]\r\n"}).default_route()) is None


@pytest.mark.parametrize(
    "answer",
    [GERMAN_ERROR, ended(1, "", "[]"), "", "null", "Zugriff verweigert", '["x"]', ChildTimeout("slow")],
)
def test_refusals_and_texts_of_any_language_are_not_told(answer: Printed) -> None:
    with pytest.raises(NotTold):
        wait_for(windows({"Get-NetRoute": answer}).default_route())


def test_a_byte_order_mark_does_not_hide_the_answer() -> None:
    assert wait_for(windows({"Get-NetRoute": "\ufeff[]"}).default_route()) is None


def test_kinds_come_from_numbers_and_the_maker_is_kept_as_description() -> None:
    names = ("WLAN", "Ethernet 3", "Ethernet 5", "büro", "Mobilfunk", "Loopback Pseudo-Interface 1")
    natures = wait_for(windows({"Get-NetAdapter": ADAPTERS}).natures(names))
    assert {name: nature.kind for name, nature in natures.items()} == {
        "WLAN": "wifi",
        "Ethernet 3": "wired",
        "Ethernet 5": "virtual",
        "büro": "tunnel",
        "Mobilfunk": "unknown",
    }
    assert natures["Ethernet 5"].description.startswith("Cisco AnyConnect")


def test_name_servers_are_listed_once_without_the_placeholders_of_windows() -> None:
    servers = wait_for(windows({"Get-DnsClientServerAddress": NAME_SERVERS}).dns_servers())
    assert servers == ("192.168.0.1", "fd00::1", "9.9.9.9")


def test_a_camera_is_found_beside_a_scanner() -> None:
    assert wait_for(windows({"'Camera','Image'": CAMERAS}).cameras()) == ("Integrierte Kamera",)


def test_no_image_device_at_all_proves_that_there_is_no_camera() -> None:
    assert wait_for(windows({"'Camera','Image'": "[]"}).cameras()) == ()


@pytest.mark.parametrize("printed", [SCANNER, BROKEN_CAMERA])
def test_a_scanner_or_a_broken_camera_proves_nothing(printed: str) -> None:
    with pytest.raises(NotTold):
        wait_for(windows({"'Camera','Image'": printed}).cameras())


def test_microphones_are_the_capturing_ends() -> None:
    assert wait_for(windows({"AudioEndpoint": ENDPOINTS}).microphones()) == (
        "Mikrofonarray (Realtek(R) Audio)",
    )
    assert wait_for(windows({"AudioEndpoint": SPEAKERS}).microphones()) == ()


@pytest.mark.parametrize(("printed", "has"), [('[{"Status":"OK"}]', True), ("[]", False)])
def test_a_battery_is_what_windows_lists_as_one(printed: str, has: bool) -> None:
    assert wait_for(windows({"Win32_Battery": printed}).has_battery()) is has


@pytest.mark.parametrize(
    ("printed", "there"),
    [('[{"State":5}]', True), ('[{"State":0}]', False), ('[{"State":4}]', None), ("[]", None)],
)
def test_only_a_fresh_neighbour_entry_proves_anything(printed: str, there: bool | None) -> None:
    assert wait_for(windows({"Get-NetNeighbor": printed}).neighbour("192.168.0.1")) is there


def test_an_address_that_is_none_never_reaches_powershell() -> None:
    run = Recorded({"Get-NetNeighbor": "[]"})
    with pytest.raises(ValueError):
        wait_for(WindowsSystem(run).neighbour("1'; Remove-Item C:\\ #"))
    assert run.asked == []


@pytest.mark.parametrize(
    ("printed", "shown"),
    [
        ('[{"Version":"10.0.22631.0","Build":22631}]', "11 (10.0.22631.0)"),
        ('[{"Version":"10.0.19045.0","Build":19045}]', "10 (10.0.19045.0)"),
    ],
)
def test_windows_is_shown_by_the_name_that_people_know(printed: str, shown: str) -> None:
    assert wait_for(windows({"OSVersion": printed}).version()) == shown


def test_the_time_zone_is_the_iana_name_and_not_the_one_of_windows() -> None:
    assert wait_for(windows({"GetTimeZone": '[{"Zone":"Europe/Berlin"}]'}).timezone()) == "Europe/Berlin"


def test_powershell_runs_without_profile_and_prompts_and_speaks_utf8() -> None:
    run = Recorded({"Win32_Battery": "[]"})
    wait_for(WindowsSystem(run).has_battery())
    assert run.asked[0].startswith("powershell.exe -NoProfile -NonInteractive -Command ")
    assert "UTF8Encoding" in run.asked[0]


def test_adapters_are_listed_once_for_a_run_and_again_where_a_new_one_came() -> None:
    system = windows({"Get-NetAdapter": ADAPTERS})
    loopback = "Loopback Pseudo-Interface 1"  # which the list never has

    async def asked() -> int:
        await asyncio.gather(*(system.natures(("WLAN", loopback)) for _ in range(3)))
        await system.natures(("WLAN",))
        once = len(system._run.asked)  # type: ignore[attr-defined]
        assert (await system.natures(("WLAN", "büro")))["büro"].kind == "tunnel"
        return once

    assert wait_for(asked()) == 1
    assert len(system._run.asked) == 2  # type: ignore[attr-defined]


def test_a_list_of_adapters_that_is_not_told_is_not_asked_for_by_everybody_in_turn() -> None:
    system = windows({"Get-NetAdapter": ChildTimeout("slow")})

    async def asked() -> list[object]:
        return await asyncio.gather(*(system.natures(("WLAN",)) for _ in range(4)), return_exceptions=True)

    assert [type(each) for each in wait_for(asked())] == [NotTold] * 4
    assert len(system._run.asked) == 1  # type: ignore[attr-defined]


def test_whoever_gives_up_waiting_for_the_list_does_not_take_it_from_the_others() -> None:
    given = asyncio.Event()

    async def slow(names: Sequence[str]) -> Mapping[str, Nature]:
        await given.wait()
        return {name: Nature(kind="wifi") for name in names}

    async def asked() -> str:
        natures = Natures(slow)
        first = asyncio.create_task(natures.of(("WLAN",)))
        second = asyncio.create_task(natures.of(("WLAN",)))
        await asyncio.sleep(0)
        first.cancel()
        given.set()
        return (await second)["WLAN"].kind

    assert wait_for(asked()) == "wifi"


def test_what_an_interface_is_is_asked_again_after_a_while() -> None:
    clock, asked = [0.0], []

    async def ask(names: Sequence[str]) -> Mapping[str, Nature]:
        asked.append(names)
        return {}

    natures = Natures(ask, keep_s=20, now=lambda: clock[0])
    for moment in (0.0, 19.0, 21.0):
        clock[0] = moment
        assert wait_for(natures.of(("WLAN",))) == {}
    assert len(asked) == 2
