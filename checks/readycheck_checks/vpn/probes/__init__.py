"""How a VPN gateway of each kind is asked: one module a protocol, whose functions return a Probe. Judges nothing."""
