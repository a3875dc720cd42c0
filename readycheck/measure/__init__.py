"""The measuring library: rates, delays, packet streams and what they amount to. Measures and computes; judges nothing.

statistics   intervals, percentiles, jitter, packet delay variation, bursts of loss
stop_rule    when a bulk transfer has shown the rate of a line
throughput   download and upload rates over HTTP/1.1
latency      round-trip times over TCP or HTTP
stun         STUN messages (RFC 8489)
stream       a paced stream of STUN requests: round-trip time, jitter, loss, order
nat          what a NAT does to the addresses of a socket
emodel       voice quality from delay and loss (ITU-T G.107.2)

Everything connects to literal addresses that the caller looked up, and raises NetError (readycheck.errors) and nothing else for
what the network does. No file outside this package is needed but readycheck.errors and readycheck.text.
"""
