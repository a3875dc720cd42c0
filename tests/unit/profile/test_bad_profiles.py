"""Every file in bad/ breaks one rule; its last lines (#>) are the exact messages that it must get."""

from pathlib import Path

import pytest

from readycheck.errors import ProfileError
from readycheck.profile import check_names, load
from tests.unit.profile.sample import BAD, CHECKS, DNS, SHARE, SHIPPED

FILES = sorted(BAD.glob("*.toml"))
MARK = "#> "


def wanted(file: Path) -> list[str]:
    lines = file.read_text(encoding="utf-8").splitlines()
    return [line.removeprefix(MARK) for line in lines if line.startswith(MARK)]


def refused(source: str) -> ProfileError:
    with pytest.raises(ProfileError) as caught:
        load(source, shipped=SHIPPED, checks=CHECKS)
    return caught.value


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_each_mistake_is_named_with_file_line_key_and_what_was_expected(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(BAD)
    assert list(refused(file.name).problems) == wanted(file)


def test_there_are_many_different_mistakes() -> None:
    assert len(FILES) >= 60


def test_no_message_shows_a_secret() -> None:
    for file in FILES:
        assert not any("hunter2" in problem for problem in refused(str(file)).problems), file.name


def test_several_mistakes_are_all_told_in_reading_order(tmp_path: Path) -> None:
    file = tmp_path / "acme.toml"
    file.write_text('[checks.dns]\nzone = 3\n[run]\nmax_seconds = 1\n[support]\ncountry = "ZZ"\ntitel = 1\n')
    error = refused(str(file))
    assert [problem.split(": ")[0].rpartition(", ")[2] for problem in error.problems] == [
        "line 2",
        "line 4",
        "line 6",
        "line 7",
    ]
    assert error.message == error.problems[0]


def test_without_checks_their_tables_are_left_for_later(tmp_path: Path) -> None:
    file = tmp_path / "acme.toml"
    file.write_text("[checks.dsn]\n[checks.dns]\nzone = 3\n")
    profile = load(str(file), shipped=SHIPPED)
    with pytest.raises(ProfileError, match=r'acme.toml, line 1: checks.dsn .* Did you mean "dns"'):
        check_names(profile, CHECKS)
    with pytest.raises(
        ProfileError, match=r"acme.toml, line 3: checks.dns.zone must be a text, not the number 3"
    ):
        profile.instances(DNS)


def test_a_mistake_is_placed_in_the_layer_that_set_the_key(tmp_path: Path) -> None:
    shipped = tmp_path / "shipped"
    (shipped / "vendors").mkdir(parents=True)
    (shipped / "office.toml").write_text("[checks.dns]\nzone = 1\nwait_s = 2\n")
    (shipped / "vendors" / "acme.toml").write_text("\n[checks.share.acme]\nport = 445\n")
    own = tmp_path / "own.toml"
    own.write_text("\n\n[checks.dns]\nwait_s = 99\n")
    with pytest.raises(ProfileError) as caught:
        load(str(own), shipped=shipped, checks=(DNS, SHARE), overlay={"run": {"max_data": 3}})
    places = [problem.split(": ")[0] for problem in caught.value.problems]
    assert places == ["vendors/acme.toml, line 2", "office.toml, line 2", f"{own}, line 4", "command line"]


def test_foreign_text_in_a_message_cannot_steer_a_terminal(tmp_path: Path) -> None:
    file = tmp_path / "acme.toml"
    file.write_text('"\\u001b[2J" = 1\n[run]\nmax_data = "\\u001b]0;x\\u0007' + "y" * 5000 + '"\n')
    for problem in refused(str(file)).problems:
        assert problem.isprintable()
        assert len(problem) < 600
