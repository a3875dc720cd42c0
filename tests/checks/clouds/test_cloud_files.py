"""The cloud storage check: what each answer of a vendor's servers proves, and whose the rest is."""

import asyncio
import json
import tomllib
from typing import Any

import msgspec
import pytest

import readycheck_profiles
from readycheck.api import HttpAnswer
from readycheck.errors import Closed, NameUnknown, NetError, NoRoute, Refused, Silent, TlsFailed
from readycheck.model import CheckResult, Owner, Status
from readycheck.testing import FakeHttp, FakeNet, FakeSystem, Where, http_answer, run_check
from readycheck_checks.cloud_files import CloudFilesOptions, check
from tests.checks.opinions import NAME_SERVERS, OURS, said_by
from tests.checks.share_visits import codes, deciding

URL, HOST = "https://files.vendor.example/", "files.vendor.example"
CONTROL = "other.example:443"
AT = Where(host=HOST)
FOLDER = readycheck_profiles.folder() / "vendors"
VENDORS = ("sharepoint", "google", "dropbox", "box")


def visit(
    came: HttpAnswer | NetError,
    *,
    proxy: str = "",
    control: bool = True,
    opinions: tuple[bool, ...] = (),
    **options: Any,
) -> CheckResult:
    url = options.get("urls", (URL,))[0].replace("{tenant}", options.get("tenant", ""))
    ports: dict[tuple[str, int], Any] = {("other.example", 443): 9.0} if control else {}
    return asyncio.run(
        run_check(
            check,
            CloudFilesOptions(
                **({"title": "Files", "urls": (URL,), "tcp_controls": (CONTROL,)} | options),
                name_servers=NAME_SERVERS[: len(opinions)],
            ),
            http=FakeHttp({url: came}, {url: proxy} if proxy else {}),
            net=FakeNet(ports=ports, replies=said_by(opinions)),
            system=FakeSystem(resolvers=(OURS,)),
        )
    )


@pytest.mark.parametrize(
    ("status", "expected"),
    [(401, Status.PASS), (200, Status.UNKNOWN), (302, Status.UNKNOWN), (403, Status.UNKNOWN)],
)
def test_an_answer_that_the_service_is_not_known_to_give_may_be_a_filters(
    status: int, expected: Status
) -> None:
    assert visit(http_answer(URL, status)).status is expected
    assert visit(http_answer(URL, status), answers=(status,)).status is Status.PASS


def test_a_service_in_trouble_is_the_services() -> None:
    assert deciding(visit(http_answer(URL, 503))) == (Status.FAIL, "files.cloud_down", Owner.SERVICE)
    assert deciding(visit(http_answer(URL, 503), own=True))[2] is Owner.COMPANY


def test_a_tenant_that_is_not_known_is_the_companys_and_a_vendors_own_name_is_filtered() -> None:
    named: dict[str, Any] = {"urls": ("https://{tenant}.vendor.example/",), "tenant": "corp"}
    gone = visit(NameUnknown(AT), opinions=(False, False), **named)
    assert deciding(gone) == (Status.FAIL, "files.cloud_tenant", Owner.COMPANY)
    assert "corp.vendor.example" in gone.summary
    filtered = visit(NameUnknown(AT), opinions=(True, False), **named)
    assert deciding(filtered)[:2] == (Status.FAIL, "files.cloud_name")
    assert Owner.COMPANY not in (filtered.findings[0].owner, *filtered.findings[0].either)


def test_a_vendors_own_name_is_the_vendors_only_where_nobody_knows_it() -> None:
    told = visit(NameUnknown(AT))
    assert (told.findings[0].code, told.findings[0].either) == (
        "files.cloud_name",
        (Owner.HOME, Owner.ISP, Owner.SERVICE),
    )
    assert deciding(visit(NameUnknown(AT), opinions=(False, False)))[2] is Owner.SERVICE
    assert Owner.SERVICE not in visit(NameUnknown(AT), opinions=(True,)).findings[0].either


def test_without_a_tenant_nothing_is_asked() -> None:
    result = visit(Silent(AT), urls=("https://{tenant}.vendor.example/",))
    assert (result.status, codes(result)) == (Status.UNKNOWN, ["files.cloud_unproved"])


def test_a_page_that_was_silent_for_a_moment_only_is_reached() -> None:
    class Recovering(FakeHttp):
        async def get(self, url: str, **more: Any) -> HttpAnswer:
            if not self.asked_before:
                self.asked_before = True
                raise Silent(AT)
            return await super().get(url, **more)

        asked_before = False

    http = Recovering({URL: http_answer(URL, 401)})
    options = CloudFilesOptions(title="Files", urls=(URL,), tcp_controls=(CONTROL,))
    result = asyncio.run(run_check(check, options, http=http, net=FakeNet(), system=FakeSystem()))
    assert result.status is Status.PASS


def test_silence_counts_beside_a_control_only() -> None:
    assert deciding(visit(Silent(AT)))[:2] == (Status.FAIL, "files.cloud_silent")
    assert visit(Silent(AT), control=False).status is Status.UNKNOWN
    assert deciding(visit(Refused(AT)))[:2] == (Status.FAIL, "files.cloud_refused")
    assert visit(NoRoute(AT)).status is Status.UNKNOWN


def test_a_service_that_takes_connections_and_says_nothing_hangs_and_is_not_called_silent() -> None:
    net = FakeNet(ports={("other.example", 443): 9.0, (HOST, 443): 9.0})
    options = CloudFilesOptions(title="Files", urls=(URL,), tcp_controls=(CONTROL,))
    world: dict[str, Any] = {"http": FakeHttp({URL: Silent(AT)}), "net": net, "system": FakeSystem()}
    result = asyncio.run(run_check(check, options, **world))
    assert deciding(result)[:2] == (Status.FAIL, "files.cloud_hangs")
    assert "takes connections and then says nothing" in result.summary


@pytest.mark.parametrize(
    "came", [Silent(AT), Closed(AT), Refused(AT), http_answer(URL, 407), http_answer(URL, 503)]
)
def test_behind_a_proxy_the_service_is_not_blamed(came: HttpAnswer | NetError) -> None:
    result = visit(came, proxy="http://proxy.example:3128")
    assert (result.status, codes(result)) == (Status.UNKNOWN, ["files.cloud_unproved"])


@pytest.mark.parametrize(
    ("reason", "owner", "either"),
    [
        ("expired", Owner.UNKNOWN, (Owner.SERVICE, Owner.DEVICE)),
        ("untrusted", Owner.UNKNOWN, (Owner.HOME, Owner.SERVICE)),
        ("wrong_name", Owner.SERVICE, ()),
        ("not_yet_valid", Owner.UNKNOWN, (Owner.DEVICE, Owner.SERVICE)),
    ],
)
def test_certificates_are_told_apart(reason: str, owner: Owner, either: tuple[Owner, ...]) -> None:
    result = visit(TlsFailed(AT, reason=reason, issuer="Strange CA"))
    assert deciding(result) == (Status.FAIL, "files.cloud_certificate", owner)
    assert result.findings[0].either == either


def test_a_conversation_that_is_cut_may_be_a_filters() -> None:
    for came in (Closed(AT), TlsFailed(AT, reason="handshake")):
        result = visit(came)
        assert deciding(result)[:2] == (Status.FAIL, "files.cloud_cut")
        assert result.findings[0].either == (Owner.HOME, Owner.ISP, Owner.SERVICE)


def status_page(**more: Any) -> HttpAnswer:
    told = {
        "installed": True,
        "maintenance": False,
        "productname": "Nextcloud",
        "versionstring": "31.0.5",
    } | more
    return http_answer(URL, 200, json.dumps(told).encode())


@pytest.mark.parametrize(
    ("came", "status", "code"),
    [
        (status_page(), Status.PASS, "files.cloud_reached"),
        (status_page(maintenance=True), Status.FAIL, "files.maintenance"),
        (status_page(needsDbUpgrade=True), Status.FAIL, "files.maintenance"),
        (http_answer(URL, 200, b"<html>"), Status.FAIL, "files.cloud_else"),
        (http_answer(URL, 404), Status.FAIL, "files.cloud_else"),
        (http_answer(URL, 200, b"[" * 16_000), Status.FAIL, "files.cloud_else"),
        (http_answer(URL, 503), Status.FAIL, "files.cloud_down"),
    ],
)
def test_a_nextcloud_tells_how_it_is(came: HttpAnswer, status: Status, code: str) -> None:
    result = visit(came, nextcloud=True, own=True)
    assert deciding(result)[:2] == (status, code)
    assert status is Status.PASS or result.findings[0].owner is Owner.COMPANY


@pytest.mark.parametrize(
    "options",
    [
        {"urls": ("http://plain.example/",)},
        {"urls": ()},
        {"tenant": "corp.sharepoint.com"},
        {"answers": (42,)},
    ],
)
def test_options_that_make_no_sense_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"title": "Files", "urls": (URL,)} | options, CloudFilesOptions)


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_vendors_data_fits_is_dated_and_off_until_a_profile_wants_it(vendor: str) -> None:
    tables = tomllib.loads((FOLDER / f"files_{vendor}.toml").read_text("utf-8"))["checks"]["cloud_files"]
    for row in tables.values():
        assert row.pop("enabled") is False
        options = msgspec.convert(row, CloudFilesOptions)
        assert options.source and options.checked and options.tcp_controls
