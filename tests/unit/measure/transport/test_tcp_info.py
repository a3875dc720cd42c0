"""What the kernel tells of a connection on loopback."""

import socket
import sys
import time

import pytest

from readycheck.measure.transport.tcp_info import sending_algorithm, tcp_info

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="the kernel of Linux alone tells")


@linux_only
def test_both_ends_count_the_same_bytes() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        socket.create_connection(listener.getsockname()) as ours,
    ):
        theirs, _ = listener.accept()
        with theirs:
            ours.sendall(b"x" * 50_000)
            received = 0
            while received < 50_000:
                received += len(theirs.recv(65_536))
            until = time.monotonic() + 5
            while (here := tcp_info(ours)) is not None and here.acked < 50_000 and time.monotonic() < until:
                time.sleep(0.01)
            there = tcp_info(theirs)
    assert here is not None
    assert there is not None
    assert (there.received, there.out_of_order) == (50_000, 0)
    assert here.acked in (50_000, 50_001)  # the SYN counts on some kernels
    assert here.arrived == here.acked
    assert here.sent >= 50_000
    assert there.segments_received > 0
    assert 0 < here.rtt_us < 1_000_000
    assert 0 < here.min_rtt_us <= here.rtt_us + 1_000


@linux_only
def test_the_algorithm_that_sends_has_a_name() -> None:
    with socket.socket() as sock:
        assert sending_algorithm(sock).isalnum()


def test_a_closed_socket_tells_nothing() -> None:
    sock = socket.socket()
    sock.close()
    assert tcp_info(sock) is None
    assert sending_algorithm(sock) == ""
    assert tcp_info(None) is None
