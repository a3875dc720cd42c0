"""The old speedtest client in its child process, against a mini server on loopback: what it tells, and what it must not tell."""

import asyncio
import json
import sys
from typing import Any

import pytest

from readycheck.adapters.children import RealChildren
from readycheck.api import ChildFailed
from readycheck.measure.providers import speedtest_child
from tests.unit.measure.loopback import Request, Talk, http, tcp_listener

CONFIG = (
    '<settings><client ip="192.0.2.1" lat="1" lon="1" isp="x" country="GB"/><server-config threadcount="4" ignoreids=""/>'
    '<download testlength="10" threadsperurl="4"/><upload testlength="10" ratio="5" threads="2" maxchunkcount="50"/></settings>'
)


def mini_server(*, latency: bool = True, images: bool = True, uploads: int = 200) -> Talk:
    """A speedtest mini server that also answers for www.speedtest.net, asked as a proxy."""

    def answer(request: Request) -> None:
        path = request.target.removeprefix("http://www.speedtest.net").partition("?")[0]
        close = "Connection: close\r\n"
        if path == "/speedtest-config.php":
            request.reply(200, body=CONFIG.encode(), extra=close)
        elif path == "/mini":
            request.reply(200, body=b'upload_extension: "php"', extra=close)
        elif path == "/mini/speedtest/latency.txt":
            request.reply(200 if latency else 500, body=b"test=test", extra=close)
        elif path.startswith("/mini/speedtest/random") and images:
            size = int(path.split("random")[1].split("x")[0])
            request.reply(200, body=b"x" * speedtest_child.IMAGES[size], extra=close)
        elif path == "/mini/speedtest/upload.php":
            request.read_body()
            request.reply(uploads, body=b"size=500", extra=close)
        else:
            request.reply(404, extra=close)
        raise OSError

    return http(answer)


def legacy(talk: Talk, monkeypatch: pytest.MonkeyPatch, **changes: Any) -> Any:
    """Run the real child process against a mini server; the library's call home goes there as a proxy request."""
    with tcp_listener(talk) as port:
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{port}")
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        request = {
            "down_bytes": 1_200_000,
            "up_bytes": 600_000,
            "seconds": 3,
            "secure": False,
            "mini_url": f"http://127.0.0.1:{port}/mini",
        }
        request |= changes
        call = RealChildren().call(
            "readycheck.measure.providers.speedtest_child:measure", request, timeout_s=30
        )
        return asyncio.run(call)


def test_the_old_client_measures_against_a_mini_server(monkeypatch: pytest.MonkeyPatch) -> None:
    found = legacy(mini_server(), monkeypatch)
    json.dumps(found)
    assert found["down"]["bytes"] >= 4 * speedtest_child.IMAGES[350]
    assert 500_000 <= found["up"]["bytes"] <= 700_000
    assert found["down"]["bits_per_s"] > 0
    assert 0 < found["ping_ms"] < 5_000


@pytest.mark.parametrize(
    ("talk", "says"),
    [
        (mini_server(latency=False), "no speedtest.net server answered"),
        (mini_server(images=False), "sent nothing"),
        (http(lambda request: request.reply(403)), "403"),
    ],
)
def test_the_known_wrong_numbers_of_the_old_client_are_refused(
    talk: Talk, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ChildFailed, match=says):
        legacy(talk, monkeypatch)


def test_uploads_that_are_answered_with_an_error_are_no_rate_and_keep_the_download(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = legacy(mini_server(uploads=500), monkeypatch)
    assert found["down"]["bytes"] > 0
    assert "up" not in found
    assert "500" in found["no_up"]


def test_an_upload_alone_that_fails_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ChildFailed, match="500"):
        legacy(mini_server(uploads=500), monkeypatch, down_bytes=0)


def test_only_the_direction_that_is_wanted_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    found = legacy(mini_server(), monkeypatch, up_bytes=0)
    assert found["down"]["bytes"] > 0
    assert not {"up", "no_up"} & set(found)


def test_the_import_of_the_old_client_leaves_standard_output_alone() -> None:
    code = (
        "import os, sys, gc; from readycheck.measure.providers import speedtest_child as child; child._library();"
        "del sys.modules['speedtest']; gc.collect(); print('still here')"
    )
    answer = asyncio.run(RealChildren().run([sys.executable, "-c", code], timeout_s=30))
    assert answer.stdout == b"still here\n"


@pytest.mark.parametrize(
    ("most", "plan"), [(1_000_000, (350, 4)), (30_000_000, (1500, 6)), (200_000, (350, 1))]
)
def test_images_are_chosen_to_fit_the_budget(most: int, plan: tuple[int, int]) -> None:
    assert speedtest_child.download_plan(most) == plan


@pytest.mark.parametrize(
    ("most", "plan"), [(16_000_000, (1_048_576, 15)), (900_000, (131_072, 6)), (10, (131_072, 1))]
)
def test_pieces_are_chosen_to_fit_the_budget(most: int, plan: tuple[int, int]) -> None:
    assert speedtest_child.upload_plan(most) == plan
