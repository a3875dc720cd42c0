"""One rule for what is said in somebody's name: whose words they are. Pure.

TLS proves who speaks, but for boxes whose authority this computer trusts. In clear, whoever runs a network on the way may speak
in the name of the server: a router, a provider, a proxy.
"""

from typing import Final

from readycheck.api import Blame, Confidence, Owner
from readycheck_checks.blame.owners import between

ASKS_TO_SIGN_IN: Final = 401
NETWORK_SAYS: Final = {
    407: "the proxy of this network asks to sign in",
    511: "this network asks to sign in first",
}
HANGS: Final = "takes connections and then says nothing, or next to nothing"
PROXY_SAYS: Final = "the proxy of this computer did not pass the request on"
OF_PROXIES: Final = (502, 503, 504)  # a proxy says so too of a server that it does not reach (RFC 9110, 15.6)


def who_answers(
    far: Owner, *, proved: bool, proxied: bool = False, tunnelled: bool = False, provider: bool = False
) -> Blame:
    """Whose an answer is. ``proved``: its sender holds the certificate of the name; ``proxied``: a proxy was asked for it;
    ``tunnelled``: the way leads through a VPN; ``provider``: of a protocol that providers are known to answer for their own sake.

    A company opens secure connections to services with an authority of its own. Never sure: without TLS least of all.
    """
    parties: tuple[Owner, ...]
    if proved or tunnelled:
        parties = (far, Owner.COMPANY) if far is Owner.SERVICE else (far,)
    elif proxied:
        parties = (far, Owner.COMPANY, Owner.HOME)
    else:
        parties = (far, Owner.HOME, Owner.ISP) if provider else (far, Owner.HOME)
    return between(*parties, confidence=Confidence.MEDIUM)


def who_is_in_trouble(far: Owner, status: int, *, proved: bool, proxied: bool = False) -> Blame | None:
    """Whose an HTTP status of 500 and above is; None where it may be a proxy's own word, which proves nothing about the server.

    A box that opens secure connections seldom answers so: over TLS it is the server's own.
    """
    if proxied and status in OF_PROXIES:
        return None
    if proved:
        return Blame(far, confidence=Confidence.MEDIUM)
    return who_answers(far, proved=False, proxied=proxied)
