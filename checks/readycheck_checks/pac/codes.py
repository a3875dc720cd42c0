"""What the check of proxies can say."""

from typing import Final

from readycheck.api import Code, Owner, Status

_WHOSE: Final = (Owner.COMPANY, Owner.DEVICE)
_ASK: Final = "Ask whoever runs the proxy (in a company: IT support)"
_SHOW: Final = "Show the result to IT support: the file, or its address in the settings, has to be corrected"

CODES: Final = (
    Code("connection.no_proxy", "No proxy is in use", (Status.PASS,)),
    Code(
        "connection.proxy",
        "The proxy that is set opens ways to the internet, and hosts behind it prove who they are",
        (Status.PASS,),
    ),
    Code(
        "connection.proxy_silent",
        "The proxy that is set is not there: it keeps silent, turns connections away, or its name is not found",
        (Status.FAIL, Status.WARN),
        _WHOSE,
        "Connect the VPN if the proxy belongs to the company; else switch it off in the network settings",
    ),
    Code(
        "connection.proxy_not_proved",
        "The proxy that is set keeps silent beside everything else, browsers may be led to another, or the clock may be wrong",
        (Status.UNKNOWN,),
    ),
    Code(
        "connection.proxy_not_told",
        "Whether a proxy is in use is not known: the settings do not tell it, or the network is asked for one (WPAD)",
        (Status.UNKNOWN,),
    ),
    Code(
        "connection.proxy_unreadable",
        "A proxy is set, and its setting names no host",
        (Status.WARN,),
        (Owner.DEVICE,),
        "Open the network settings and correct the proxy, or switch it off",
    ),
    Code(
        "connection.proxy_partly",
        "The proxy opens ways to some hosts and not to others",
        (Status.WARN,),
        _WHOSE,
        f"{_ASK} whether it lets this site through",
    ),
    Code(
        "connection.proxy_sign_in",
        "The proxy wants a sign-in before it opens any way",
        (Status.WARN,),
        (Owner.DEVICE, Owner.COMPANY),
        "Sign in to the proxy when the browser asks; other programs need it in their settings",
    ),
    Code(
        "connection.proxy_forbids",
        "The proxy refuses to open ways to the internet (4xx)",
        (Status.FAIL,),
        _WHOSE,
        f"{_ASK} why it refuses this computer",
    ),
    Code(
        "connection.proxy_failing",
        "The proxy says that it cannot reach the internet (5xx)",
        (Status.FAIL,),
        _WHOSE,
        f"{_ASK} why it has no way out",
    ),
    Code(
        "connection.proxy_hangs",
        "The proxy takes connections in and says nothing",
        (Status.FAIL,),
        _WHOSE,
        f"{_ASK} to restart it",
    ),
    Code(
        "connection.proxy_dead_ends",
        "The proxy says that it opens ways to the internet, and nothing comes through them",
        (Status.FAIL,),
        _WHOSE,
        f"{_ASK} why nothing comes through it",
    ),
    Code(
        "connection.proxy_untrusted",
        "Behind the proxy certificates are shown that this computer does not believe",
        (Status.FAIL,),
        _WHOSE,
        f"{_ASK}: this computer may lack the company's certificate authority",
    ),
    Code(
        "connection.proxy_garbled",
        "What is set as the proxy answers, and not like one, or cannot prove who it is",
        (Status.FAIL,),
        (Owner.DEVICE, Owner.COMPANY),
        "Compare host and port of the proxy in the network settings with what IT support says",
    ),
    Code("connection.pac", "The automatic proxy configuration can be read and run", (Status.PASS,)),
    Code(
        "connection.pac_unreachable",
        "The server of the automatic proxy configuration is not reached, while others are",
        (Status.WARN,),
        _WHOSE,
        "Connect the VPN if the file lies inside the company; otherwise show the result to IT support",
    ),
    Code(
        "connection.pac_missing",
        "The server of the automatic proxy configuration answers without it",
        (Status.WARN,),
        _WHOSE,
        _SHOW,
    ),
    Code(
        "connection.pac_no_script",
        "What comes in place of the automatic proxy configuration is no such file",
        (Status.WARN,),
        _WHOSE,
        _SHOW,
    ),
    Code(
        "connection.pac_broken",
        "The automatic proxy configuration cannot be run, or names no way",
        (Status.WARN,),
        (Owner.COMPANY,),
        _SHOW,
    ),
    Code(
        "connection.pac_endless",
        "The automatic proxy configuration does not come to an end",
        (Status.WARN,),
        (Owner.COMPANY,),
        _SHOW,
    ),
    Code(
        "connection.pac_inside",
        "The server of the automatic proxy configuration is not known by name here, and no VPN is connected",
        (Status.SKIP,),
    ),
    Code(
        "connection.pac_not_proved",
        "The automatic proxy configuration is not reached: nothing else is either, or it may lie inside the company",
        (Status.UNKNOWN,),
    ),
    Code(
        "connection.pac_untried",
        "The automatic proxy configuration cannot be run here: it lies on no web server, or its engine is missing",
        (Status.UNKNOWN,),
    ),
)
