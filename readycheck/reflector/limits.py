"""How much the reflector gives: the limits with their defaults. Decides nothing."""

from dataclasses import dataclass
from typing import Final

MB: Final = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Of each client address (an IPv6 /64 counts as one) and of all together; bytes are payload, both directions.

    clients             addresses served at once; see guests.py for whom of them there are places
    per_client          connections and UDP sessions of one address at once
    request_bytes       one download or upload
    client_bytes        of one address in a minute
    total_bytes         of all together in a minute
    udp_rate            packets a second of one UDP session
    udp_count, udp_size packets of one UDP session, and bytes of each
    udp_s               how long a UDP session lives
    unproved_rate       replies a second to addresses (of one /24 or /48) that have not shown yet that they receive
    connections         of all together, at once
    connection_rate     new connections a second of one address; its /24 or /48 may have four times as many
    request_rate        HTTP requests a second of one address
    handshake_s, head_s TLS handshake; head of a request
    idle_s              a kept connection without a request
    transfer_s          one download or upload
    least_rate          bytes a second, seen over slow_s, below which a transfer is ended
    stop_s              what is under way gets this long when the reflector stops
    """

    clients: int = 400
    connections: int = 2_000
    per_client: int = 32
    request_bytes: int = 100 * MB
    client_bytes: int = 1_000 * MB
    total_bytes: int = 20_000 * MB
    udp_rate: int = 1_000
    udp_count: int = 60_000
    udp_size: int = 1_472
    udp_s: int = 120
    unproved_rate: int = 200
    connection_rate: int = 50
    request_rate: int = 100
    handshake_s: float = 5.0
    head_s: float = 5.0
    idle_s: float = 30.0
    transfer_s: float = 120.0
    least_rate: int = 1_000
    slow_s: float = 10.0
    stop_s: float = 10.0
