"""What the check of proxies can say."""

from typing import Final

from readycheck.api import Code, Owner, Status

_WHOSE: Final = (Owner.COMPANY, Owner.DEVICE, Owner.HOME)  # a network may offer one (WPAD)
_ASK: Final = "Ask whoever runs the proxy (in a company: IT support)"
TO_CORRECT: Final = (
    "Show this result to IT support: "
    "the file, or its address in the settings of this computer, has to be corrected"
)

SILENT: Final = Code(
    "connection.proxy_silent",
    "The proxy that is set is not there: it keeps silent, turns connections away, or its name is not found",
    (Status.FAIL, Status.WARN),
    _WHOSE,
    "Connect the VPN if the proxy belongs to the company; else switch it off in the network settings",
)
PARTLY: Final = Code(
    "connection.proxy_partly",
    "The proxy opens ways to some hosts and not to others",
    (Status.WARN,),
    _WHOSE,
    f"{_ASK} whether it lets this site through",
)
SIGN_IN: Final = Code(
    "connection.proxy_sign_in",
    "The proxy wants a sign-in before it opens any way",
    (Status.WARN,),
    (Owner.DEVICE, Owner.COMPANY, Owner.HOME),
    "Open a browser: sign in to the proxy when it asks. Programs that do not ask need the sign-in in their settings",
)
FORBIDS: Final = Code(
    "connection.proxy_forbids",
    "The proxy refuses to open ways to the internet (4xx)",
    (Status.FAIL,),
    _WHOSE,
    f"{_ASK} why it refuses this computer",
)
FAILING: Final = Code(
    "connection.proxy_failing",
    "The proxy says that it cannot reach the internet (5xx)",
    (Status.FAIL,),
    _WHOSE,
    f"{_ASK} why it has no way out",
)
HANGS: Final = Code(
    "connection.proxy_hangs",
    "The proxy takes connections in and says nothing",
    (Status.FAIL,),
    _WHOSE,
    f"{_ASK} to restart it",
)
DEAD_ENDS: Final = Code(
    "connection.proxy_dead_ends",
    "The proxy says that it opens ways to the internet, and nothing comes through them",
    (Status.FAIL,),
    _WHOSE,
    f"{_ASK} why nothing comes through it",
)
UNTRUSTED: Final = Code(
    "connection.proxy_untrusted",
    "Behind the proxy certificates are shown that this computer does not believe",
    (Status.FAIL,),
    _WHOSE,
    f"{_ASK}: this computer may lack the company's certificate authority, or the proxy shows a wrong one",
)
GARBLED: Final = Code(
    "connection.proxy_garbled",
    "What is set as the proxy answers, and not like one, or cannot prove who it is",
    (Status.FAIL,),
    (Owner.DEVICE, Owner.COMPANY, Owner.HOME),
    "Compare host and port of the proxy in the network settings with what IT support says",
)
NO_PROXY: Final = Code("connection.no_proxy", "No proxy is in use", (Status.PASS,))
PROXY_NOT_PROVED: Final = Code(
    "connection.proxy_not_proved",
    "The proxy that is set keeps silent beside everything else, browsers may be led to another, or the clock may be wrong",
    (Status.UNKNOWN,),
)
PROXY_NOT_TOLD: Final = Code(
    "connection.proxy_not_told",
    "Whether a proxy is in use is not known: the settings do not tell it, or the network is asked for one (WPAD)",
    (Status.UNKNOWN,),
)
PROXY_REACHED: Final = Code(
    "connection.proxy_reached",
    "The proxy takes connections in; what lies behind it was not reached, or not asked, which proves nothing against it",
    (Status.UNKNOWN,),
)
PROXY: Final = Code(
    "connection.proxy",
    "The proxy that is set opens ways to the internet, and hosts behind it prove who they are",
    (Status.PASS,),
)
PROXY_UNREADABLE: Final = Code(
    "connection.proxy_unreadable",
    "A proxy is set, and its setting names no host",
    (Status.WARN,),
    (Owner.DEVICE,),
    "Open the network settings and correct the proxy, or switch it off",
)
PAC: Final = Code("connection.pac", "The automatic proxy configuration can be read and run", (Status.PASS,))
PAC_UNREACHABLE: Final = Code(
    "connection.pac_unreachable",
    "The server of the automatic proxy configuration is not reached, while others are",
    (Status.WARN,),
    _WHOSE,
    "Connect the VPN if the file lies inside the company; otherwise show the result to IT support",
)
PAC_UNTRIED: Final = Code(
    "connection.pac_untried",
    "The automatic proxy configuration cannot be run here: it lies on no web server, or its engine is missing",
    (Status.UNKNOWN,),
)
PAC_INSIDE: Final = Code(
    "connection.pac_inside",
    "The server of the automatic proxy configuration is not known by name here, and no VPN is connected",
    (Status.SKIP,),
)
PAC_NOT_PROVED: Final = Code(
    "connection.pac_not_proved",
    "The automatic proxy configuration is not reached: nothing else is either, or it may lie inside the company",
    (Status.UNKNOWN,),
)
PAC_MISSING: Final = Code(
    "connection.pac_missing",
    "The server of the automatic proxy configuration answers without it",
    (Status.WARN,),
    _WHOSE,
    TO_CORRECT,
)
PAC_NO_SCRIPT: Final = Code(
    "connection.pac_no_script",
    "What comes in place of the automatic proxy configuration is no such file",
    (Status.WARN,),
    _WHOSE,
    TO_CORRECT,
)
PAC_BROKEN: Final = Code(
    "connection.pac_broken",
    "The automatic proxy configuration cannot be run, or names no way",
    (Status.WARN,),
    (Owner.COMPANY, Owner.HOME),
    TO_CORRECT,
)
PAC_ENDLESS: Final = Code(
    "connection.pac_endless",
    "The automatic proxy configuration does not come to an end",
    (Status.WARN,),
    (Owner.COMPANY, Owner.HOME),
    TO_CORRECT,
)
CODES: Final = (
    NO_PROXY,
    PROXY,
    SILENT,
    PROXY_NOT_PROVED,
    PROXY_REACHED,
    PROXY_NOT_TOLD,
    PROXY_UNREADABLE,
    PARTLY,
    SIGN_IN,
    FORBIDS,
    FAILING,
    HANGS,
    DEAD_ENDS,
    UNTRUSTED,
    GARBLED,
    PAC,
    PAC_UNREACHABLE,
    PAC_MISSING,
    PAC_NO_SCRIPT,
    PAC_BROKEN,
    PAC_ENDLESS,
    PAC_INSIDE,
    PAC_NOT_PROVED,
    PAC_UNTRIED,
)
