"""Well-formed packets and documents of any content: what is right in form is read as it was written, or refused properly."""

import json
import struct
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any, Final

from hypothesis import given, settings
from hypothesis import strategies as st

from readycheck.measure.packets import echo, stun
from readycheck.measure.transport.http1 import ResponseReader
from readycheck_checks.identity import kerberos
from readycheck_checks.shares import smb2
from readycheck_checks.vpn import ike
from tests.fuzz.target import Target
from tests.fuzz.targets import ALL
from tests.fuzz.targets.shares import _smb2
from tests.fuzz.targets.vpn import SPI, _ike

SEVERAL: Final = settings(max_examples=60, deadline=None, derandomize=True)
BYTES: Final = st.binary(max_size=60)


def keys_in(value: Any) -> Iterator[str]:
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from keys_in(part)
    if isinstance(value, dict):
        yield from value


def documents_of(target: Target) -> Iterator[Any]:
    for seed in target.seeds:
        try:
            document = json.loads(seed)
        except (ValueError, RecursionError):
            continue
        if isinstance(document, dict | list):
            yield document


JSON: Final = {
    target: sorted({key for each in documents_of(target) for key in keys_in(each)}) for target in ALL
}
OF_JSON: Final = [target for target, keys in JSON.items() if keys and target.share >= 0.1]
LEAVES: Final = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12)


def documents(keys: Iterable[str]) -> st.SearchStrategy[Any]:
    names = st.sampled_from(sorted(keys)) | st.text(max_size=4)
    inner = st.recursive(
        LEAVES,
        lambda part: st.lists(part, max_size=4) | st.dictionaries(names, part, max_size=6),
        max_leaves=12,
    )
    return st.dictionaries(names, inner, max_size=8) | st.lists(inner, max_size=4)


@SEVERAL
@given(st.data())
def test_documents_with_the_right_names_and_any_values(data: st.DataObject) -> None:
    target = data.draw(st.sampled_from(OF_JSON))
    document = json.dumps(data.draw(documents(JSON[target]))).encode()
    with suppress(*target.raises):
        target.play(document)


@SEVERAL
@given(st.lists(st.tuples(st.integers(0, 0xFFFF), BYTES), max_size=6), st.binary(min_size=12, max_size=12))
def test_a_stun_message_is_read_as_it_was_written(attributes: list[tuple[int, bytes]], number: bytes) -> None:
    message = stun.Message(
        method=stun.BINDING, kind=stun.SUCCESS, transaction_id=number, attributes=tuple(attributes)
    )
    assert stun.parse(stun.encode(message)) == message
    assert stun.is_reply(stun.encode(message), number)


@SEVERAL
@given(st.binary(min_size=8, max_size=8), st.integers(0, 2**32 - 1), BYTES)
def test_a_report_of_the_reflector_is_read_as_it_was_written(session: bytes, count: int, bits: bytes) -> None:
    report = echo.Report(session, count, count, count, bits)
    assert echo.parse(echo.encode(report)) == report
    assert len(echo.arrived(report)) == 8 * len(bits)


@SEVERAL
@given(
    st.integers(-(2**31), 2**31 - 1),
    st.lists(st.tuples(st.sampled_from(range(0xA8, 0xB0)), BYTES), max_size=6),
)
def test_an_error_of_kerberos_is_read_among_fields_of_any_content(
    code: int, others: list[tuple[int, bytes]]
) -> None:
    number = der(0xA6, der(0x02, code.to_bytes(4, "big", signed=True)))
    fields = [der(0xA4, der(0x18, b"20261122092558Z")), number, *(der(tag, inner) for tag, inner in others)]
    said = kerberos.parse(der(0x7E, der(0x30, b"".join(fields))))
    assert said is not None
    assert said.code == code


def der(tag: int, inner: bytes) -> bytes:
    length = bytes([len(inner)]) if len(inner) < 128 else b"\x82" + len(inner).to_bytes(2, "big")
    return bytes([tag]) + length + inner


@SEVERAL
@given(
    st.lists(st.tuples(st.integers(1, 0xFFFF).filter(lambda kind: kind != 2), BYTES), max_size=8),
    st.sampled_from((1, 2)),
)
def test_the_cipher_is_found_among_negotiate_contexts_of_any_kind(
    others: list[tuple[int, bytes]], cipher: int
) -> None:
    contexts = b"".join(context(kind, inner) for kind, inner in (*others, (2, struct.pack("<HH", 1, cipher))))
    offer = smb2.offer_in(_smb2(0x0311, contexts=contexts, count=len(others) + 1))
    assert offer is not None
    assert offer.cipher == {1: "AES-128-CCM", 2: "AES-128-GCM"}[cipher]


def context(kind: int, inner: bytes) -> bytes:
    return struct.pack("<HHI", kind, len(inner), 0) + inner + bytes(-len(inner) % 8)


@SEVERAL
@given(st.lists(BYTES, max_size=5))
def test_a_refusal_of_ike_is_found_behind_payloads_of_other_kinds(before: list[bytes]) -> None:
    chain = [*(struct.pack("!BBH", 43, 0, 4 + len(inner)) + inner for inner in before)]
    refusal = struct.pack("!BBHBBH", 0, 0, 8, 1, 0, 14)
    if chain:
        chain[-1] = bytes([41]) + chain[-1][1:]
    answer = ike.answer_to(_ike(0x20, 34, 43 if chain else 41, b"".join(chain) + refusal), SPI, 500)
    assert answer == ike.Answer(ike.Said.NO_PROPOSAL)


@SEVERAL
@given(st.lists(st.binary(min_size=1, max_size=40), max_size=6), st.integers(1, 50))
def test_a_body_in_chunks_ends_where_it_ends_in_whatever_pieces_it_comes(
    chunks: list[bytes], size: int
) -> None:
    body = b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n\r\n"
    whole = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + body
    reader = ResponseReader()
    for at in range(0, len(whole), size):
        assert not reader.ended
        reader.feed(memoryview(whole)[at : at + size])
    assert reader.ended
    assert reader.body_bytes == len(body)
