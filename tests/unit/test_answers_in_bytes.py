"""What the person or their folder gives in bytes that are no letters, or in files that never end."""

import os
from pathlib import Path

import pytest

from readycheck.adapters.secrets import prompt
from readycheck.storage import settings


def test_a_secret_that_is_typed_in_bytes_that_are_no_letters_is_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def typed(_: str) -> str:
        return b"\xff\xfe".decode()

    monkeypatch.setattr("getpass.getpass", typed)
    assert prompt("team drive") is None


@pytest.mark.skipif(os.name == "nt", reason="named pipes of POSIX")
def test_settings_that_are_a_pipe_keep_nobody_waiting(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(settings, "state_folder", lambda: tmp_path)
    os.mkfifo(tmp_path / settings.FILE)
    assert settings.settings() == {}
