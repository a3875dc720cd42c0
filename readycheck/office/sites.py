"""The web sites of the office: speed endpoint, portal, chat, sign-in page, captive-portal checks. What they say, not how."""

import asyncio
import os
from collections.abc import AsyncIterator
from typing import Final

from readycheck.office.pace import Pace
from readycheck.office.values import SUCCESS_PAGE
from readycheck.office.web import Handler, Page, Request

PORTAL_TEXT: Final = "Support desk of the demo office"
CHAT_TEXT: Final = "Chat with the demo office"
_MEBIBYTE: Final = 1 << 20
_MOST_MEBIBYTES: Final = 1024
_USUAL_MEBIBYTES: Final = 4
_NOT_KEPT: Final = (("Cache-Control", "no-store"),)
_NOISE: Final = os.urandom(_MEBIBYTE)


def speed(download: Pace, upload: Pace) -> Handler:
    """LibreSpeed's addresses (librespeed/speedtest, backend/): garbage.php, and empty.php as ping and as sink."""

    async def handle(request: Request) -> Page:
        name = request.path.rpartition("/")[2]
        if name == "garbage.php" and request.method == "GET":
            length = _mebibytes(request.query.get("ckSize", "")) * _MEBIBYTE
            kind = "application/octet-stream"
            return Page(kind=kind, headers=_NOT_KEPT, stream=_garbage(length, download), length=length)
        if name == "empty.php":
            async for block in request.body:
                await asyncio.sleep(upload.take(len(block)))
            return Page(headers=_NOT_KEPT)
        return Page(status=404)

    return handle


def _mebibytes(asked: str) -> int:
    if not asked.isdecimal() or int(asked) < 1:
        return _USUAL_MEBIBYTES
    return min(int(asked), _MOST_MEBIBYTES)


async def _garbage(length: int, pace: Pace) -> AsyncIterator[bytes]:
    sent = 0
    while sent < length:
        at = sent % _MEBIBYTE
        block = _NOISE[at : min(at + pace.chunk, _MEBIBYTE)]
        sent += len(block)
        await asyncio.sleep(pace.take(len(block)))
        yield block


def page(text: str, *, status: int = 200) -> Handler:
    """One page that says ``text``, at every address."""
    body = f"<!doctype html><title>{text}</title><h1>{text}</h1>\n".encode()

    async def handle(_request: Request) -> Page:
        return Page(status=status, body=body)

    return handle


async def online_checks(request: Request) -> Page:
    """The two answers that prove an open way out: an empty 204 (Android's) and the Success page (Apple's)."""
    if request.path == "/generate_204":
        return Page(status=204)
    if request.path == "/hotspot-detect.html":
        return Page(kind="text/html", body=SUCCESS_PAGE.encode())
    return Page(status=404)


async def hotspot(_request: Request) -> Page:
    """A hotspot in front of everything: every address leads to its sign-in page."""
    return Page(status=302, headers=(("Location", "http://hotspot.example/sign-in"), *_NOT_KEPT))
