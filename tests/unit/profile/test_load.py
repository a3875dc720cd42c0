"""Layers, defaults, names and the hash of a profile."""

from pathlib import Path

import pytest

from readycheck.errors import ProfileError
from readycheck.model import Capability, ContactRoute
from readycheck.profile import Profile, default_files, load, organisation_profile
from tests.unit.profile.sample import SERVICE, SHIPPED


@pytest.fixture(autouse=True)
def empty_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_CONFIG_DIRS", str(tmp_path / "site"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def written(tmp_path: Path, text: str, name: str = "acme.toml") -> Profile:
    file = tmp_path / name
    file.write_text(text, encoding="utf-8")
    return load(str(file), shipped=SHIPPED)


def test_a_shipped_profile_is_found_by_its_name() -> None:
    profile = load("office", shipped=SHIPPED)
    assert (profile.name, profile.title, profile.version) == ("office", "Office", "7")
    assert profile.run.max_data_bytes == 40_000_000
    assert profile.source == "office.toml"
    assert profile.support.routes == (ContactRoute(kind="phone", title="Call", value="+49 30 1234567"),)
    assert not profile.capabilities[Capability.FILES].required


def test_every_capability_has_a_policy_also_where_the_profile_says_nothing() -> None:
    profile = load("demo", shipped=SHIPPED)
    assert set(profile.capabilities) == set(Capability)
    assert all(policy.required and policy.weight == 1.0 for policy in profile.capabilities.values())
    assert profile.run.max_data_bytes == 60_000_000


def test_an_organisations_file_stands_on_office_unless_it_says_otherwise(tmp_path: Path) -> None:
    profile = written(tmp_path, "[run]\nmax_seconds = 30\n")
    assert profile.run.max_seconds == 30
    assert profile.run.max_data_bytes == 40_000_000
    alone = written(tmp_path, 'extends = ""\n[run]\nmax_seconds = 30\n')
    assert alone.run.max_data_bytes == 60_000_000
    assert alone.support.routes == ()


def test_what_office_says_of_itself_is_not_inherited(tmp_path: Path) -> None:
    profile = written(tmp_path, "schema = 1\n")
    assert (profile.name, profile.title, profile.version, profile.description) == ("acme", "acme", "", "")


def test_a_shipped_profile_stands_on_nothing_but_vendor_data() -> None:
    profile = load("demo", shipped=SHIPPED)
    assert profile.support.routes == ()
    assert [layer.name for layer in profile.layers] == ["vendors/teams.toml", "demo.toml"]


def test_tables_are_merged_key_by_key_from_vendor_data_up(tmp_path: Path) -> None:
    profile = written(tmp_path, "[checks.service.teams]\nwait_s = 3\n")
    (teams,) = profile.instances(SERVICE)
    assert teams.options == SERVICE.options(zone="teams.example", wait_s=3.0)
    assert teams.enabled


def test_lists_are_replaced_as_a_whole(tmp_path: Path) -> None:
    profile = written(tmp_path, '[checks.dns]\nnames = ["three.example", "four.example"]\nwait_s = 2\n')
    assert profile.checks["dns"] == {"names": ["three.example", "four.example"], "wait_s": 2}


def test_a_support_card_is_inherited_as_a_whole_or_not_at_all(tmp_path: Path) -> None:
    assert written(tmp_path, "").support.name == "The desk"
    own = written(
        tmp_path, '[[support.routes]]\nkind = "email"\ntitle = "Write"\nvalue = "help@example.com"\n'
    )
    assert own.support.name == ""
    assert [route.kind for route in own.support.routes] == ["email"]


def test_a_table_may_take_the_place_of_a_value_and_the_other_way_round(tmp_path: Path) -> None:
    with pytest.raises(ProfileError, match="support must be a table, not true"):
        written(tmp_path, "support = true\n")


def test_the_command_line_is_the_topmost_layer() -> None:
    profile = load(
        "office", shipped=SHIPPED, overlay={"run": {"max_data": "1MB", "resolver": "127.0.0.1:5353"}}
    )
    assert profile.run.max_data_bytes == 1_000_000
    assert profile.run.resolver == "127.0.0.1:5353"
    assert profile.run.max_seconds == 60


def test_the_hash_is_that_of_the_content_and_not_of_its_writing(tmp_path: Path) -> None:
    one = written(tmp_path, 'name = "a"\n[run]\nmax_seconds = 30\nmax_data = "1MB"\n', "one.toml")
    two = written(tmp_path, "# other\nname='a'\nrun = { max_data = '1MB', max_seconds = 30 }\n", "two.toml")
    three = written(tmp_path, 'name = "a"\n[run]\nmax_seconds = 31\nmax_data = "1MB"\n', "three.toml")
    four = written(tmp_path, 'extends = "office"\nname = "a"\nrun = { max_data = "1MB", max_seconds = 30 }\n')
    assert one.hash == two.hash == four.hash != three.hash
    assert len(one.hash) == 64
    assert one.policy.hash == one.hash


def test_texts_are_made_fit_to_be_shown(tmp_path: Path) -> None:
    profile = written(tmp_path, 'title = "Ac\\u001b[31mme\\nInc"\n[support]\nnote = "one\\ntwo"\n')
    assert profile.title == "Ac\\u001b[31mme Inc"
    assert profile.support.note == "one\ntwo"


def test_a_name_that_is_neither_gets_the_nearest_shipped_one() -> None:
    with pytest.raises(ProfileError) as caught:
        load("ofice", shipped=SHIPPED)
    assert caught.value.message == (
        '"ofice" is neither a shipped profile nor a file. Did you mean "office"? Shipped profiles: demo, office.'
    )


def test_a_shipped_name_wins_over_a_file_of_that_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("office").write_text('title = "Mine"')
    Path("mine").write_text('title = "Mine"')
    assert load("office", shipped=SHIPPED).title == "Office"
    assert load("./office", shipped=SHIPPED).title == "Mine"
    assert load("mine", shipped=SHIPPED).title == "Mine"


def test_without_a_name_the_persons_file_then_the_machines_then_office_is_used(tmp_path: Path) -> None:
    assert organisation_profile() is None
    assert load(shipped=SHIPPED).name == "office"
    own, machine = default_files()
    for place, name in ((machine, "machine"), (own, "own")):
        place.parent.mkdir(parents=True)
        place.write_text(f'name = "{name}"')
        profile = load(shipped=SHIPPED)
        assert (profile.name, profile.source) == (name, str(place))
        assert organisation_profile() == str(place)


def test_a_broken_default_file_is_an_error_and_not_office() -> None:
    own, _ = default_files()
    own.parent.mkdir(parents=True)
    own.symlink_to("nowhere")
    with pytest.raises(ProfileError, match=r"profile\.toml was not found"):
        load(shipped=SHIPPED)


@pytest.mark.parametrize(
    ("given", "resolver"),
    [
        ("", ""),
        ("10.0.0.53", "10.0.0.53:53"),
        ("10.0.0.53:5353", "10.0.0.53:5353"),
        ("::1", "[::1]:53"),
        ("[::1]", "[::1]:53"),
        ("[fe80::1]:54", "[fe80::1]:54"),
    ],
)
def test_a_resolver_is_an_address_with_a_port_or_the_usual_one(given: str, resolver: str) -> None:
    assert load("demo", shipped=SHIPPED, overlay={"run": {"resolver": given}}).run.resolver == resolver


@pytest.mark.parametrize(
    "resolver", ["dns", ":53", "10.0.0.53:", "10.0.0.53:0", "10.0.0.53:x", "[::1", "10.0.0"]
)
def test_anything_else_is_no_resolver(resolver: str) -> None:
    with pytest.raises(ProfileError, match=r"run\.resolver must be an address"):
        load("demo", shipped=SHIPPED, overlay={"run": {"resolver": resolver}})


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("phone", "+49 (30) 1234-567"),
        ("phone", "4711"),
        ("phone", "030 1234567 ext. 12"),
        ("email", "it+help@mail.example.com"),
        ("portal", "http://127.0.0.1:8080/help?x=1"),
        ("portal", "https://help.example.com"),
        ("chat", "msteams:/l/chat/0/0?users=help@example.com"),
    ],
)
def test_ordinary_contacts_are_accepted(kind: str, value: str) -> None:
    support = {"routes": [{"kind": kind, "title": "Help", "value": value}]}
    assert load("demo", shipped=SHIPPED, overlay={"support": support}).support.routes[0].value == value
