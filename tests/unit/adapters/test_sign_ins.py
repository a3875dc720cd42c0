"""A password over HTTP: only in the way that the server asked for, whichever other ways it names beside it."""

import asyncio

import pytest

from readycheck.adapters.http import RealHttp
from readycheck.adapters.net import RealNet
from readycheck.ports import HttpAnswer, Meter
from readycheck.ports.challenges import challenges_in
from tests.unit.adapters import listeners

DIGEST = 'Digest realm="team, all", nonce="a\\"b", qop="auth-int,auth", algorithm=SHA-256'


def asked_by(*ways: str) -> tuple[HttpAnswer, list[bytes]]:
    """What a server that names these ways to sign in, a header each, came to hear; it lets in whoever tells anything."""
    heard: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = (await reader.readuntil(b"\r\n\r\n")).decode()
        told = [
            line.partition(": ")[2] for line in request.split("\r\n") if line.lower().startswith("authori")
        ]
        heard.append((told or [""])[0].encode())
        lines = ["HTTP/1.1 200 OK"] if told else ["HTTP/1.1 401 Unauthorized"]
        lines += [f"WWW-Authenticate: {way}" for way in ways] * (not told)
        writer.write(("\r\n".join([*lines, "Content-Length: 0", "Connection: close"]) + "\r\n\r\n").encode())

    async def ask() -> HttpAnswer:
        async with listeners.tcp(answer) as port:
            http = RealHttp(RealNet(Meter()), Meter())
            return await http.request(
                "PUT", f"http://127.0.0.1:{port}/", content=b"x", auth=("anna", "secret")
            )

    return asyncio.run(ask()), [each for each in heard if each]


@pytest.mark.parametrize("ways", [("Negotiate", "NTLM"), ("Bearer realm=Basic",), ("Negotiate, NTLM",), ()])
def test_no_password_leaves_for_a_server_that_asks_for_neither_basic_nor_digest(
    ways: tuple[str, ...],
) -> None:
    answer, heard = asked_by(*ways)
    assert (answer.status, heard) == (401, [])
    assert [each.scheme for each in answer.challenges] == [
        way.split()[0].lower() for line in ways for way in line.split(", ")
    ]


@pytest.mark.parametrize(
    "ways",
    [("Negotiate", DIGEST), (f"Negotiate, {DIGEST}",), ('Basic realm="x"', DIGEST), (f"{DIGEST}, NTLM",)],
)
def test_digest_is_answered_wherever_it_stands_and_the_password_itself_is_not_told(
    ways: tuple[str, ...],
) -> None:
    answer, heard = asked_by(*ways)
    assert answer.status == 200
    assert len(heard) == 1 and heard[0].startswith(b'Digest username="anna"')


@pytest.mark.parametrize(
    "ways",
    [("Negotiate", 'Basic realm="x"'), ('NTLM, Basic realm="x"',), ('Digest nonce="1"', "basic realm=x")],
)
def test_basic_is_answered_where_it_was_asked_for_and_nothing_better_can_be(ways: tuple[str, ...]) -> None:
    answer, heard = asked_by(*ways)
    assert answer.status == 200
    assert len(heard) == 1 and heard[0].startswith(b"Basic ")


def test_what_stands_between_quotes_is_no_way_to_sign_in() -> None:
    found = challenges_in('Bearer realm="a, Basic realm=x", Negotiate YII==, , Digest , =, "')
    assert [each.scheme for each in found] == ["bearer", "negotiate", "digest"]
    assert found[0].value("realm") == "a, Basic realm=x"
