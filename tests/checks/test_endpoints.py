import pytest

from readycheck_checks.asking.endpoints import hosts_in, is_here


def test_hosts_are_found_in_what_profiles_write() -> None:
    assert hosts_in(
        "vpn.example.com:443", "[2001:db8::1]:53", "https://chat.example.com:8443/x", "files.example.com"
    ) == (
        "vpn.example.com",
        "2001:db8::1",
        "chat.example.com",
        "files.example.com",
    )


def test_what_names_no_host_is_left_out() -> None:
    assert hosts_in("", "https://[broken", "https:///path") == ()


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.0.1", "::1", "::1%lo", "localhost"])
def test_this_computer_is_known_by_its_addresses_and_its_name(host: str) -> None:
    assert is_here(host)


@pytest.mark.parametrize("host", ["127.0.0.1%x.evil.example", "192.0.2.1", "localhost.evil.example", ""])
def test_no_other_host_passes_for_this_computer(host: str) -> None:
    assert not is_here(host)
