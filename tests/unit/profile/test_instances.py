"""Check tables to instances: what is the check's, what the profile's, and where secrets are only named."""

from typing import Any

import pytest

from readycheck.errors import ProfileError
from readycheck.profile import Profile, check_names, load
from tests.unit.profile.sample import CHECKS, DNS, PLAIN, SERVICE, SHARE, SHIPPED, TUNNEL, Limit

URL = "https://files.example.com/"


def profile_with(**checks: Any) -> Profile:
    return load("demo", shipped=SHIPPED, overlay={"checks": checks})


def test_a_check_without_a_table_runs_with_its_defaults() -> None:
    (dns,) = profile_with().instances(DNS)
    assert dns.options == DNS.options()
    assert (dns.check_id, dns.title, dns.weight, dns.timeout, dns.after, dns.essential, dns.enabled) == (
        "dns",
        "Name lookup",
        1.0,
        10.0,
        (),
        True,
        True,
    )


def test_an_on_demand_check_runs_only_where_it_has_a_table() -> None:
    assert profile_with().instances(TUNNEL) == ()
    assert [one.check_id for one in profile_with(tunnel={}).instances(TUNNEL)] == ["tunnel"]


def test_a_many_check_runs_once_a_named_table() -> None:
    shares = profile_with(share={"team": {"url": URL, "title": "Team"}, "my-own_2": {"url": URL}}).instances(
        SHARE
    )
    assert [(one.check_id, one.title) for one in shares] == [("share:team", "Team"), ("share:my-own_2", URL)]
    assert profile_with().instances(SHARE) == ()


def test_an_instance_without_a_title_of_its_own_is_called_by_its_name() -> None:
    (service,) = [one for one in profile_with(service={"zoom": {}}).instances(SERVICE) if one.enabled]
    assert service.title == "Service: zoom"


def test_the_common_keys_are_the_profiles_word() -> None:
    table = {
        "url": URL,
        "title": "Team drive",
        "weight": 5,
        "timeout": 3.5,
        "after": ["tunnel", "dns"],
        "essential": False,
        "enabled": False,
    }
    (share,) = profile_with(share={"team": table}).instances(SHARE)
    assert (share.title, share.weight, share.timeout, share.essential, share.enabled) == (
        "Team drive",
        5.0,
        3.5,
        False,
        False,
    )
    assert share.after == ("dns", "tunnel")
    assert share.options.title == "Team drive"  # type: ignore[attr-defined]


def test_nested_options_are_decoded_to_their_types() -> None:
    table = {
        "url": URL,
        "limits": {"read": {"plan_ms": 20}},
        "stages": [{"plan_ms": 1, "fail_ms": 2}],
        "port": 445,
    }
    (share,) = profile_with(share={"team": table}).instances(SHARE)
    assert share.options == SHARE.options(
        url=URL,
        limits={"read": Limit(plan_ms=20.0)},
        stages=(Limit(plan_ms=1.0, fail_ms=2.0),),
        port=445,
    )


def test_a_secret_is_named_and_not_held() -> None:
    (share,) = profile_with(share={"team": {"url": URL, "password_secret": "team-drive"}}).instances(SHARE)
    assert share.options.password_secret == "team-drive"  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "key", ["password", "Password", "user_password", "token", "api_key", "apiKey", "private-key"]
)
@pytest.mark.parametrize("value", ["hunter2", 1234, ["hunter2"]])
def test_a_secret_is_refused_whatever_its_key_and_type(key: str, value: object) -> None:
    with pytest.raises(ProfileError, match="would put a secret into the profile") as caught:
        profile_with(share={"team": {"url": URL, key: value}})
    assert "hunter2" not in str(caught.value) and "1234" not in str(caught.value)


def test_names_of_checks_instances_and_capabilities_may_stand_in_after() -> None:
    names = ["dns", "share", "share:team", "vpn"]
    check_names(profile_with(share={"team": {"url": URL}}, plain={"after": names}), CHECKS)


@pytest.mark.parametrize("name", ["share:other", "vnp", ""])
def test_other_names_in_after_are_refused(name: str) -> None:
    with pytest.raises(ProfileError, match=r"checks\.plain\.after#1 must be the id of a check"):
        check_names(profile_with(share={"team": {"url": URL}}, plain={"after": [name]}), CHECKS)


def test_a_check_that_another_plug_in_would_bring_is_unknown_without_it() -> None:
    profile = profile_with(extra={"x": 1})
    with pytest.raises(ProfileError, match=r"checks\.extra is not a known check"):
        check_names(profile, CHECKS)
    assert profile.instances(PLAIN)
