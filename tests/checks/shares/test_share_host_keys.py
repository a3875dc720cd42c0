"""Host keys over SFTP: servers on loopback with keys of several kinds, and what somebody has confirmed of them."""

import asyncio
import base64
import hmac
from collections.abc import Callable
from pathlib import Path
from typing import Any

import asyncssh
import pytest

from readycheck.model import CheckResult, Owner, Status
from readycheck_checks.shares import sftp_door
from readycheck_checks.shares.host_keys import HostKey, KnownKeys, Proof, key_in, known_in
from readycheck_checks.shares.sftp_trouble import Trouble
from tests.checks.connection_listeners import LOOPBACK
from tests.checks.file_servers import PASSWORD, USER
from tests.checks.sftp_servers import sftp_server
from tests.checks.share_visits import codes, deciding, fill, visit_sftp

ED25519, RSA, ECDSA, OTHER_RSA, SIGNER = (
    asyncssh.generate_private_key(kind)
    for kind in ("ssh-ed25519", "ssh-rsa", "ecdsa-sha2-nistp256", "ssh-rsa", "ssh-ed25519")
)
BOTH = [ED25519, RSA]
Known = Callable[[int], str]


def public(key: asyncssh.SSHKey) -> str:
    return key.export_public_key("openssh").decode().strip()


@pytest.fixture
def visit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., CheckResult]:
    """A visit to a server with these keys by somebody whose known_hosts has these lines."""
    team = fill(tmp_path / "team")
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".ssh").mkdir()

    def go(keys: list[Any], known: Known = lambda port: "", **options: Any) -> CheckResult:
        with sftp_server(team, server_host_keys=keys) as port:
            (tmp_path / ".ssh" / "known_hosts").write_text(known(port))
            return visit_sftp(port, **options)

    return go


@pytest.mark.parametrize("key", [ED25519, RSA, ECDSA], ids=["ed25519", "rsa", "ecdsa"])
def test_a_server_with_several_keys_is_known_by_whichever_of_them_was_confirmed(
    visit: Callable[..., CheckResult], key: asyncssh.SSHKey
) -> None:
    keys = [ED25519, RSA, ECDSA]
    by_file = visit(keys, lambda port: f"[{LOOPBACK}]:{port} {public(key)}")
    by_profile = visit(keys, host_key=key.get_fingerprint())
    assert (by_file.status, by_profile.status) == (Status.PASS, Status.PASS), (by_file, by_profile)


def test_another_key_of_a_kind_that_was_confirmed_may_be_somebody_elses(
    visit: Callable[..., CheckResult],
) -> None:
    result = visit(BOTH, lambda port: f"[{LOOPBACK}]:{port} {public(OTHER_RSA)}")
    assert deciding(result)[:2] == (Status.FAIL, "files.host_key")
    assert result.findings[0].either == (Owner.COMPANY, Owner.HOME)
    assert RSA.get_fingerprint() in result.findings[0].detail


def test_a_server_none_of_whose_keys_is_the_profiles_may_be_somebody_else(
    visit: Callable[..., CheckResult],
) -> None:
    result = visit(BOTH, host_key=OTHER_RSA.get_fingerprint())
    assert deciding(result)[:2] == (Status.FAIL, "files.host_key")
    assert all(key.get_fingerprint() in result.findings[0].detail for key in BOTH)


def test_keys_that_could_not_all_be_seen_in_time_prove_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In this process: the time is over at once."""
    monkeypatch.setattr(sftp_door, "KEYS_S", -1.0)
    with sftp_server(fill(tmp_path / "team"), server_host_keys=BOTH) as port:
        asked = {"address": LOOPBACK, "host": LOOPBACK, "port": port, "user": USER, "password": PASSWORD}
        asked |= {"key_file": "", "host_key": OTHER_RSA.get_fingerprint()}
        with pytest.raises(Trouble) as met:
            asyncio.run(sftp_door.signed_in(asked))
    assert met.value.what == "host key not known"


@pytest.mark.parametrize(("hang_ups", "what"), [(1, "another host key"), (9, "host key not known")])
def test_a_server_that_hangs_up_when_asked_for_other_kinds_is_asked_again(
    monkeypatch: pytest.MonkeyPatch, hang_ups: int, what: str
) -> None:
    """One that has no other kind closes, and its reason may be lost by that; one that is busy closes too."""
    left = [asyncssh.HostKeyNotVerifiable("another"), *[ConnectionResetError()] * hang_ups]
    left.append(asyncssh.KeyExchangeFailed("none left"))

    async def connected(asked: Any, algorithms: Any, guard: sftp_door.Guard) -> Any:
        if len(left) > hang_ups + 1:
            guard.takes(RSA.public_data)
        raise left.pop(0)

    monkeypatch.setattr(sftp_door, "_connected", connected)
    asked = {"host": LOOPBACK, "port": 22, "password": PASSWORD, "key_file": ""}
    with pytest.raises(Trouble) as met:
        asyncio.run(sftp_door.signed_in({**asked, "host_key": OTHER_RSA.get_fingerprint()}))
    assert met.value.what == what


def test_a_server_that_has_no_key_of_the_confirmed_kind_any_more_is_not_known(
    visit: Callable[..., CheckResult],
) -> None:
    result = visit([ED25519], lambda port: f"[{LOOPBACK}]:{port} {public(RSA)}")
    assert (result.status, codes(result)) == (Status.UNKNOWN, ["files.server_answers", "files.unproved"])
    assert "known_hosts has ssh-rsa" in result.findings[-1].detail


def test_a_revoked_key_is_signed_in_to_by_nobody(visit: Callable[..., CheckResult]) -> None:
    result = visit([RSA], lambda port: f"[{LOOPBACK}]:{port} {public(RSA)}\n@revoked * {public(RSA)}\n")
    assert deciding(result)[:2] == (Status.FAIL, "files.host_key")
    assert "counts no more" in result.summary


def test_a_key_that_a_known_authority_signed_is_taken_for_its_own_name_only(
    visit: Callable[..., CheckResult],
) -> None:
    def signed(name: str) -> list[Any]:
        return [(RSA, SIGNER.generate_host_certificate(RSA, "server", principals=[name])), ED25519]

    known: Known = lambda port: f"@cert-authority [127.0.0.*]:{port} {public(SIGNER)}"  # noqa: E731
    assert visit(signed(LOOPBACK), known).status is Status.PASS
    assert deciding(visit(signed("other.example"), known))[:2] == (Status.UNKNOWN, "files.unproved")
    assert deciding(visit(signed(LOOPBACK)))[:2] == (Status.UNKNOWN, "files.unproved")
    plain: Known = lambda port: f"[{LOOPBACK}]:{port} {public(ED25519)}"  # noqa: E731
    assert visit(signed(LOOPBACK), plain).status is Status.PASS


def test_a_password_that_was_never_asked_for_is_no_wrong_one(
    visit: Callable[..., CheckResult], tmp_path: Path
) -> None:
    class KeysOnly(asyncssh.SSHServer):
        def begin_auth(self, username: str) -> bool:
            return True

        def public_key_auth_supported(self) -> bool:
            return True

    class AsksForACode(asyncssh.SSHServer):
        def begin_auth(self, username: str) -> bool:
            return True

        def kbdint_auth_supported(self) -> bool:
            return True

        def get_kbdint_challenge(self, username: str, lang: str, submethods: str) -> Any:
            return "", "", "", [("Verification code: ", True)]

    for door in (KeysOnly, AsksForACode):
        with sftp_server(tmp_path / "team", server_factory=door) as port:
            result = visit_sftp(port, host_key="any")
        assert deciding(result)[:2] == (Status.UNKNOWN, "files.other_sign_in"), result


def test_a_password_asked_for_on_the_keyboard_is_told_once(
    tmp_path: Path, visit: Callable[..., CheckResult]
) -> None:
    told: list[list[str]] = []

    class Keyboard(asyncssh.SSHServer):
        def begin_auth(self, username: str) -> bool:
            return True

        def kbdint_auth_supported(self) -> bool:
            return True

        def get_kbdint_challenge(self, username: str, lang: str, submethods: str) -> Any:
            return "", "", "", [("Password: ", False)]

        def validate_kbdint_response(self, username: str, responses: Any) -> bool:
            told.append(list(responses))
            return [*responses] == [PASSWORD]

    with sftp_server(tmp_path / "team", server_factory=Keyboard) as port:
        assert visit_sftp(port, host_key="any").status is Status.PASS
        wrong = visit_sftp(port, host_key="any", password="yesterday's")
    assert deciding(wrong) == (Status.FAIL, "files.sign_in_refused", Owner.DEVICE)
    assert told == [[PASSWORD], ["yesterday's"]]


def key_of(key: asyncssh.SSHKey) -> HostKey:
    found = key_in(key.public_data)
    assert found is not None and found.fingerprint == key.get_fingerprint()
    return found


def hashed(name: str) -> str:
    salt = bytes(range(20))
    digest = hmac.digest(salt, name.encode(), "sha1")
    return f"|1|{base64.b64encode(salt).decode()}|{base64.b64encode(digest).decode()}"


@pytest.mark.parametrize(
    ("names", "port", "proof"),
    [
        ("files.example", 22, Proof.KNOWN),
        ("10.0.0.1,Files.Example", 22, Proof.KNOWN),
        ("[files.example]:2222", 2222, Proof.KNOWN),
        ("files.example", 2222, Proof.KNOWN),  # "found matching key w/out port", says ssh(1)
        ("[files.example]:2222", 22, Proof.UNKNOWN),
        ("*.example", 22, Proof.KNOWN),
        ("*.example,!files.*", 22, Proof.UNKNOWN),
        ("file?.example", 22, Proof.KNOWN),
        ("[*.example]:22??", 2222, Proof.KNOWN),
        (hashed("files.example"), 22, Proof.KNOWN),
        (hashed("[files.example]:2222"), 2222, Proof.KNOWN),
        (hashed("other.example"), 22, Proof.UNKNOWN),
        ("|1|bm90IGEgc2FsdA==|not base64", 22, Proof.UNKNOWN),
    ],
)
def test_names_of_known_hosts_are_read_as_openssh_reads_them(names: str, port: int, proof: Proof) -> None:
    known = known_in(f"# comment\nbroken\n{names} {public(RSA)} anna\n", "files.example", port)
    assert known.proof(key_of(RSA)) is proof


def test_a_key_of_the_name_alone_says_nothing_against_another_one_on_another_port() -> None:
    known = known_in(f"files.example {public(OTHER_RSA)}", "files.example", 2222)
    assert known.proof(key_of(RSA)) is Proof.UNKNOWN
    assert (
        known_in(f"files.example {public(OTHER_RSA)}", "files.example", 22).proof(key_of(RSA)) is Proof.OTHER
    )


def test_lines_that_are_no_keys_are_left_out() -> None:
    text = f"files.example ssh-ed25519 {public(RSA).split()[1]}\nfiles.example ssh-rsa AAAA\nfiles.example ssh-rsa !\n"
    assert known_in(text, "files.example", 22) == KnownKeys()
    example = "|1|F1E1KeoE/eEWhi10WpGv4OdiO6Y=|3988QV0VE8wmZL7suNrYQLITLCg="  # of sshd(8)
    assert known_in(f"{example} {public(RSA)}", "192.168.1.61", 22).keys


def test_what_could_prove_the_server_is_asked_for_first() -> None:
    algorithms = ("ssh-ed25519-cert-v01@openssh.com", "ssh-ed25519", "rsa-sha2-256", "ecdsa-sha2-nistp256")
    assert KnownKeys(keys=frozenset({key_of(RSA)})).preferred(algorithms) == (
        *("rsa-sha2-256", "ssh-ed25519", "ecdsa-sha2-nistp256"),
    )
    assert KnownKeys(authorities=frozenset({"SHA256:x"})).preferred(algorithms) == algorithms


def test_a_name_of_many_stars_takes_no_time() -> None:
    assert known_in(f"{'a*' * 60}b {public(RSA)}", "a" * 250, 22) == KnownKeys()
    assert known_in(f"*a*? {public(RSA)}", "xxab", 22).keys
