"""The shipped data about chats and sign-in: dated, sourced, off until a profile wants it, and fit for the options."""

import tomllib
from typing import Any

import msgspec
import pytest

import readycheck_profiles
from readycheck_checks.chat import ChatOptions
from readycheck_checks.identity.options import SignInOptions

FOLDER = readycheck_profiles.folder() / "vendors"
ROWS = (
    ("chat_slack", "chat", "slack", ChatOptions),
    ("chat_teams", "chat", "teams", ChatOptions),
    ("chat_mattermost", "chat", "mattermost", ChatOptions),
    ("sign_in_microsoft", "sign_in", "microsoft", SignInOptions),
)


def row(file: str, check: str, name: str) -> dict[str, Any]:
    tables = tomllib.loads((FOLDER / f"{file}.toml").read_text("utf-8"))["checks"]
    return dict(tables[check][name])


@pytest.mark.parametrize(("file", "check", "name", "options"), ROWS, ids=[each[0] for each in ROWS])
def test_a_vendors_data_fits_the_options_is_dated_and_off_until_a_profile_wants_it(
    file: str, check: str, name: str, options: type[Any]
) -> None:
    told = row(file, check, name)
    assert told.pop("enabled") is False
    read = msgspec.convert(told, options)
    assert read.source and read.checked and read.tcp_controls


def test_microsofts_directory_is_asked_for_a_domain_and_for_nobody() -> None:
    told = row("sign_in_microsoft", "sign_in", "microsoft")
    told.pop("enabled")
    read = msgspec.convert(told | {"domain": "corp.example"}, SignInOptions)
    assert (
        read.document
        == "https://login.microsoftonline.com/corp.example/v2.0/.well-known/openid-configuration"
    )
    assert read.realm_of.endswith("login=x@corp.example")
