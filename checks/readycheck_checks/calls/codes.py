"""What bandwidth and call_path can say."""

from typing import Final

from readycheck.api import Code, Owner, Status

_LIMITED: Final = (Status.WARN, Status.FAIL)
_ON_THE_WAY: Final = (Owner.ISP, Owner.HOME, Owner.COMPANY, Owner.SERVICE, Owner.DEVICE)
_OF_THE_LINE: Final = (Owner.ISP, Owner.HOME, Owner.COMPANY, Owner.DEVICE)
_SLOW: Final = (
    "Pause other downloads and calls in your home, plug in a network cable or move closer to the router, and check again; "
    "if it stays this slow, ask your internet provider to look at the line"
)
_MORE_DATA: Final = "Check again without --quick and with a larger data allowance"
_UNSTEADY: Final = (
    "Pause downloads and other calls in your home, plug in a network cable, and check again; if it stays, show the figures to "
    "whoever is named"
)

BANDWIDTH: Final = (
    Code("calls.speed_not_asked", "The profile names no speed server", (Status.SKIP,)),
    Code(
        "calls.speed_budget",
        "The speed was not measured, because the data allowance of the run was used up",
        (Status.UNKNOWN,),
        remedy="Check again with a larger data allowance (--max-data)",
    ),
    Code("calls.speed", "Download and upload are enough for the calls of the profile", (Status.PASS,)),
    Code(
        "calls.download",
        "The download is enough for the calls of the profile, or has no limit",
        (Status.PASS,),
    ),
    Code(
        "calls.upload", "The upload is enough for the calls of the profile, or has no limit", (Status.PASS,)
    ),
    Code(
        "calls.download_too_slow",
        "The download is proved to be slower than calls need",
        _LIMITED,
        _OF_THE_LINE,
        _SLOW,
    ),
    Code(
        "calls.upload_too_slow",
        "The upload is proved to be slower than calls need",
        _LIMITED,
        _OF_THE_LINE,
        _SLOW,
    ),
    Code(
        "calls.download_unsure",
        "The download was measured too unsteadily or too shortly to say whether it is enough",
        (Status.UNKNOWN,),
        remedy=_MORE_DATA,
    ),
    Code(
        "calls.upload_unsure",
        "The upload was measured too unsteadily or too shortly to say whether it is enough",
        (Status.UNKNOWN,),
        remedy=_MORE_DATA,
    ),
    Code(
        "calls.rtt_high",
        "Packets to the speed server and back take longer than calls bear; the server may be far away",
        (Status.WARN,),
        remedy="Disconnect other VPNs, pause downloads, and check again",
    ),
    Code(
        "calls.delay_under_load",
        "While the line is busy packets wait so long that people on a call talk over each other",
        (Status.WARN,),
        _OF_THE_LINE,
        "Pause uploads, backups and large downloads during calls; a router with smart queue management (SQM) ends this for good",
    ),
    Code(
        "calls.speed_server",
        "No speed server measured one or both directions, which says nothing about the line",
        (Status.UNKNOWN,),
        remedy="Check again later, or with a larger data allowance where it was too small",
    ),
)

CALL_PATH: Final = (
    Code("calls.no_relays", "The profile names no media relays, STUN servers or reflector", (Status.SKIP,)),
    Code("calls.udp", "UDP passes, so voice and video can take the direct way", (Status.PASS,)),
    Code(
        "calls.udp_blocked",
        "UDP does not pass while other connections do: calls are slower, or do not come about",
        _LIMITED,
        _OF_THE_LINE,
        "Use another network or the hotspot of a phone for calls; whoever looks after this network lets UDP port 3478 out",
    ),
    Code(
        "calls.udp_unproved",
        "What answered does not prove whether UDP passes to call servers",
        (Status.UNKNOWN,),
        remedy="Start a test call; show this to IT support where the profile may name wrong servers, or too few",
    ),
    Code(
        "calls.no_control",
        "Nothing else answered at the same moment either, so the silence over UDP proves nothing",
        (Status.UNKNOWN,),
        remedy="Check again once the internet connection works",
    ),
    Code(
        "calls.relay_unproved",
        "UDP passes, but the media relay of the profile did not answer",
        (Status.UNKNOWN,),
        remedy="Start a test call: its quality shows whether the relay is reached",
    ),
    Code(
        "calls.stream", "A stream like a voice call passes within the limits of the profile", (Status.PASS,)
    ),
    Code(
        "calls.stream_unmeasured",
        "UDP passes, but no stream came about, so delay and loss are not known",
        (Status.UNKNOWN,),
        remedy="Start a test call to see how it sounds",
    ),
    Code(
        "calls.rtt_high",
        "Packets of a call take longer there and back than the limit",
        _LIMITED,
        _ON_THE_WAY,
        _UNSTEADY,
    ),
    Code(
        "calls.jitter_high",
        "Packets of a call arrive more unevenly than the limit, so voices break up",
        _LIMITED,
        _ON_THE_WAY,
        _UNSTEADY,
    ),
    Code(
        "calls.loss_high",
        "More packets of a call are lost than the limit, so words are missing",
        _LIMITED,
        _ON_THE_WAY,
        _UNSTEADY,
    ),
    Code(
        "calls.video_limited",
        "Voice passes, and the kind of video that is wanted does not pass well",
        (Status.WARN,),
        _ON_THE_WAY,
        "Turn your camera off on calls, or pause downloads, plug in a network cable, and check again",
    ),
)
