"""The verb for a router that meddles with telephone calls over SIP."""

from tests.lab.lab import Lab
from tests.lab.switches import tools
from tests.lab.switches.base import Undo, verb

_RULES: dict[str, str] = {
    protocol: f"""
        ct helper sip-alg-{protocol} {{ type "sip" protocol {protocol}; l3proto ip; }}
        chain help-{protocol} {{ type filter hook prerouting priority 0;
            iifname "lan" {protocol} dport 5060 ct helper set "sip-alg-{protocol}"
        }}
    """
    for protocol in ("udp", "tcp")
}


@verb
def sip_alg(lab: Lab, protocol: str) -> Undo:
    """The router rewrites SIP over "udp" or "tcp" (the kernel's nf_nat_sip), as its "SIP ALG" does. TLS it cannot read."""
    if protocol not in _RULES:
        raise ValueError(f"sip_alg = {protocol}: udp or tcp")
    return tools.rules(lab["router"], _RULES[protocol])
