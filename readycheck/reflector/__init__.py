"""The far end of a measurement, to be run beside a VPN gateway: HTTP down and up, UDP echo, STUN. Safe in the open internet."""
