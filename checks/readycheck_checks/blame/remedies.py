"""What a person can do, in sentences that several rooms say: one wording for one thing. Pure."""

from typing import Final

from readycheck.api import Owner

OTHER_CABLE: Final = "Plug in another network cable, or use another socket of the router, and check again"
HOTSPOT: Final = "Try once over a phone hotspot, and show the result to IT support"
OTHER_NETWORK: Final = "Try another network; if it is the same there, wait, and tell IT support"
CERTIFICATE: Final = (
    "Tell IT support what is wrong with the certificate, and do not accept a warning about it"
)
HIDDEN_NAME: Final = "Connect over a phone hotspot, and ask the provider why the name is not found"
WAIT: Final = "Wait ten minutes and check again; if the problem stays, tell IT support"


def later(title: str) -> str:
    """``title`` is in trouble of its own."""
    return f"Wait and try again later; look at the status page of {title}"


def let_out(what: str, owner: Owner) -> str:
    """``what`` ("TCP port 443") does not come out: of this computer, past the provider, or else of this network."""
    if owner is Owner.DEVICE:
        return f"Ask IT support whether a firewall on this computer holds {what} back"
    if owner is Owner.ISP:
        return f"Connect over a phone hotspot, and ask your internet provider why {what} is not passed on"
    return f"Connect over a phone hotspot. If you look after this network, let {what} out in the settings of the router"
