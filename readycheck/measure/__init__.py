"""The measuring library: rates, delays, packet streams and what they amount to. Measures and computes; judges nothing.

statistics   intervals, percentiles, jitter, packet delay variation, bursts of loss
transport    connections to literal addresses, HTTP/1.1, what the kernel counted
throughput   download and upload rates over HTTP/1.1, and when they have shown
latency      round-trip times, idle and under load
packets      STUN messages (RFC 8489), and sending at set times
media        streams like those of a call; voice quality from delay and loss (ITU-T G.107 and G.107.2)
nat          what a NAT does to addresses (RFC 5780), relays (TURN)
providers    speed servers of several kinds behind one interface

Everything connects to literal addresses that the caller looked up, and raises NetError (readycheck.errors) and nothing else for
what the network does. No file outside this package is needed but readycheck.errors, readycheck.ports and readycheck.text.
"""
