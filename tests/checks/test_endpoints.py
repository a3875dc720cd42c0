from readycheck_checks.asking.endpoints import hosts_in


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
