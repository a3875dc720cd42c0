"""Reading HTTP/1.1 responses that come in any pieces, from servers that mean well and others."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readycheck.measure.transport.http1 import BadResponse, ResponseReader, parse_head, request_head

PLAIN = b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n6\r\n012345\r\n0\r\n\r\n"


def read(data: bytes, cuts: tuple[int, ...] = ()) -> ResponseReader:
    reader = ResponseReader()
    edges = sorted({0, len(data), *(cut % (len(data) + 1) for cut in cuts)})
    for start, end in pairwise(edges):
        reader.feed(memoryview(data)[start:end])
    return reader


@given(st.tuples(*[st.integers(0, 1000)] * 6))
def test_a_response_of_known_length_ends_wherever_it_is_cut(cuts: tuple[int, ...]) -> None:
    reader = read(PLAIN, cuts)
    assert (reader.ended, reader.body_bytes) == (True, 10)


@given(st.tuples(*[st.integers(0, 1000)] * 6))
def test_a_chunked_response_ends_with_its_last_chunk_wherever_it_is_cut(cuts: tuple[int, ...]) -> None:
    reader = read(CHUNKED, cuts)
    assert reader.ended
    assert not read(CHUNKED[:-1], cuts).ended


TRAILED = CHUNKED[:-2] + b"Server-Timing: x\r\nA: b\r\n\r\n"


@given(st.tuples(*[st.integers(0, 1000)] * 6))
def test_trailers_belong_to_a_chunked_response_wherever_it_is_cut(cuts: tuple[int, ...]) -> None:
    assert read(TRAILED, cuts).ended
    assert not read(TRAILED[:-1], cuts).ended
    assert not read(TRAILED[:-2], cuts).ended


def test_a_chunk_may_hold_what_looks_like_the_last_one() -> None:
    inside = b"\r\n0\r\n\r\n"
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    body = b"7;name=value\r\n" + inside + b"\r\n"
    assert not read(head + body).ended
    assert read(head + body + b"0\r\n\r\n").ended


@pytest.mark.parametrize("size", [b"-1", b"x", b"", b"1 1", b"f" * 16, b"0x5", b"1" * 2_000])
def test_a_chunk_of_no_size_is_no_answer(size: bytes) -> None:
    with pytest.raises(BadResponse, match="size"):
        read(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + size + b"\r\nabc")


def test_an_empty_chunked_body_is_its_last_chunk() -> None:
    assert read(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n").ended


def test_without_length_the_end_of_the_connection_is_the_end() -> None:
    reader = read(b"HTTP/1.0 200 OK\r\n\r\nabc")
    assert not reader.ended
    assert reader.end_of_connection()


def test_a_connection_that_ends_early_did_not_bring_the_response() -> None:
    assert not read(PLAIN[:-1]).end_of_connection()
    assert not read(PLAIN[:10]).end_of_connection()
    assert not read(CHUNKED[:-3]).end_of_connection()


def test_an_interim_response_is_passed_over() -> None:
    reader = read(b"HTTP/1.1 100 Continue\r\n\r\n" + PLAIN)
    assert reader.head is not None
    assert (reader.head.status, reader.ended) == (200, True)


def test_interim_responses_without_an_end_are_no_answer() -> None:
    with pytest.raises(BadResponse, match="without an end"):
        read(b"HTTP/1.1 100 Continue\r\n\r\n" * 3_000)


def test_a_204_has_no_body() -> None:
    assert read(b"HTTP/1.1 204 No Content\r\n\r\n").ended


@pytest.mark.parametrize(
    "data",
    [b"SSH-2.0-OpenSSH_9\r\n", b"\x16\x03\x01\x02\x00", b"HTTP/2 200\r\n\r\n", b"HTTP/1.1 2000 OK\r\n\r\n",
     b"HTTP/1.1 200 OK\r\nno colon here\r\n\r\n", b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 4000],
)  # fmt: skip
def test_another_protocol_or_a_broken_head_is_refused(data: bytes) -> None:
    with pytest.raises(BadResponse):
        read(data)


def test_a_foreign_head_is_cleaned_before_it_is_quoted() -> None:
    with pytest.raises(BadResponse, match=r"\\u001b"):
        read(b"\x1b[2J pwned\r\n")


@given(st.binary(max_size=300))
def test_arbitrary_bytes_are_read_or_refused_and_nothing_else(data: bytes) -> None:
    for candidate in (
        data,
        b"HTTP/1.1 200 OK\r\n" + data,
        b"HTTP/1.1 200 OK\r\n" + data + b"\r\n\r\n" + data,
    ):
        reader = ResponseReader()
        try:
            reader.feed(memoryview(candidate))
        except BadResponse:
            continue
        assert reader.body_bytes <= len(candidate)


def test_repeated_headers_are_joined_and_names_are_lower_case() -> None:
    head = parse_head(b"HTTP/1.1 200 OK\r\nA: 1\r\na:2\r\nConnection: Close")
    assert head.headers["a"] == "1, 2"
    assert head.closes


@pytest.mark.parametrize("length", ["-1", "1e3", "٣", "9" * 20, ""])
def test_a_strange_length_is_no_length(length: str) -> None:
    assert parse_head(b"HTTP/1.1 200 OK\r\nContent-Length: " + length.encode()).length is None


def test_a_request_names_the_host_and_the_size_of_its_body() -> None:
    head = request_head("POST", "/empty.php?r=1", "speed.example:8080", body_bytes=7)
    assert head.startswith(b"POST /empty.php?r=1 HTTP/1.1\r\nHost: speed.example:8080\r\n")
    assert b"\r\nContent-Length: 7\r\n" in head
    assert head.endswith(b"\r\n\r\n")
