"""What bandwidth and call_path can say."""

from typing import Final

from readycheck.api import Code, Owner, Status

_LIMITED: Final = (Status.WARN, Status.FAIL)
_ON_THE_WAY: Final = (Owner.ISP, Owner.HOME, Owner.COMPANY, Owner.SERVICE, Owner.DEVICE)
_OF_THE_LINE: Final = (Owner.ISP, Owner.HOME, Owner.COMPANY, Owner.DEVICE)
_OF_ITS_SPEED: Final = (*_OF_THE_LINE, Owner.SERVICE)
SLOW_LINE: Final = (
    "Pause other downloads and calls in your home, plug in a network cable or move closer to the router, and check again. "
    "If it stays this slow, ask your internet provider to look at the line"
)
MORE_DATA: Final = 'Check again without "quick" and with a larger data allowance'
PAUSE_OTHERS: Final = "Pause other downloads and calls in your home, and check again"
_SURER: Final = f"{PAUSE_OTHERS}; with a larger data allowance, where that ran out"
_UNSTEADY: Final = (
    "Pause downloads and other calls in your home, plug in a network cable, and check again; "
    "if the problem stays, show the figures to whoever is named"
)

OVER_BUDGET: Final = Code(
    "calls.speed_budget",
    "The speed was not measured, because the data allowance of the run was used up",
    (Status.UNKNOWN,),
    remedy="Check again with a larger data allowance (--max-data)",
)
FAR_SERVER: Final = Code(
    "calls.rtt_high",
    "Packets to the speed server and back take longer than calls bear; the server may be far away",
    (Status.WARN,),
    remedy="Disconnect other VPNs, pause downloads, and check again",
)
DELAY_UNDER_LOAD: Final = Code(
    "calls.delay_under_load",
    "While the line is busy packets wait so long that people on a call talk over each other",
    (Status.WARN,),
    _OF_THE_LINE,
    "Pause uploads, backups and large downloads, yours and those of others at home, while you are on a call. "
    'A router with smart queue management ("SQM") ends this for good: ask whoever looks after yours',
)
SPEED_NOT_ASKED: Final = Code("calls.speed_not_asked", "The profile names no speed server", (Status.SKIP,))
SPEED: Final = Code(
    "calls.speed", "Download and upload are enough for the calls of the profile", (Status.PASS,)
)
SPEED_SERVER: Final = Code(
    "calls.speed_server",
    "No speed server measured one or both directions, which says nothing about the line",
    (Status.UNKNOWN,),
    remedy="Check again later, or with a larger data allowance where it was too small",
)
BANDWIDTH: Final = (
    SPEED_NOT_ASKED,
    OVER_BUDGET,
    SPEED,
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
        _OF_ITS_SPEED,
        SLOW_LINE,
    ),
    Code(
        "calls.upload_too_slow",
        "The upload is proved to be slower than calls need",
        _LIMITED,
        _OF_ITS_SPEED,
        SLOW_LINE,
    ),
    Code(
        "calls.download_unsure",
        "The download was measured too unsteadily or too shortly to say whether it is enough",
        (Status.UNKNOWN,),
        remedy=_SURER,
    ),
    Code(
        "calls.upload_unsure",
        "The upload was measured too unsteadily or too shortly to say whether it is enough",
        (Status.UNKNOWN,),
        remedy=_SURER,
    ),
    FAR_SERVER,
    DELAY_UNDER_LOAD,
    SPEED_SERVER,
)

NO_CONTROL: Final = Code(
    "calls.no_control",
    "Nothing else answered at the same moment either, so the silence proves nothing",
    (Status.UNKNOWN,),
    remedy="Check again once the internet connection works",
)
RELAY_UNPROVED: Final = Code(
    "calls.relay_unproved",
    "UDP passes, but the media relay of the profile did not answer",
    (Status.UNKNOWN,),
    remedy="Start a test call: its quality shows whether the relay is reached",
)
NO_RELAYS: Final = Code(
    "calls.no_relays", "The profile names no media relays, STUN servers or reflector", (Status.SKIP,)
)
UDP: Final = Code("calls.udp", "UDP passes, so voice and video can take the direct way", (Status.PASS,))
UDP_BLOCKED: Final = Code(
    "calls.udp_blocked",
    "UDP does not pass while other connections do: calls are slower, or do not come about",
    _LIMITED,
    _OF_THE_LINE,
    "Use another network or a phone hotspot for calls; whoever looks after this network lets UDP port 3478 out",
)
UDP_UNPROVED: Final = Code(
    "calls.udp_unproved",
    "What answered does not prove whether UDP passes to call servers",
    (Status.UNKNOWN,),
    remedy="Start a test call; show this to IT support where the profile may name wrong servers, or too few",
)
STREAM: Final = Code(
    "calls.stream", "A stream like a voice call passes within the limits of the profile", (Status.PASS,)
)
STREAM_UNMEASURED: Final = Code(
    "calls.stream_unmeasured",
    "UDP passes, but no stream came about, so delay and loss are not known",
    (Status.UNKNOWN,),
    remedy="Start a test call to see how it sounds",
)
VIDEO_LIMITED: Final = Code(
    "calls.video_limited",
    "Voice passes, and the kind of video that is wanted does not pass well",
    (Status.WARN,),
    _ON_THE_WAY,
    "Turn your camera off on calls, or pause downloads, plug in a network cable, and check again",
)
RTT_HIGH: Final = Code(
    "calls.rtt_high",
    "Packets of a call take longer there and back than the limit",
    _LIMITED,
    _ON_THE_WAY,
    _UNSTEADY,
)
JITTER_HIGH: Final = Code(
    "calls.jitter_high",
    "Packets of a call arrive more unevenly than the limit, so voices break up",
    _LIMITED,
    _ON_THE_WAY,
    _UNSTEADY,
)
LOSS_HIGH: Final = Code(
    "calls.loss_high",
    "More packets of a call are lost than the limit, so words are missing",
    _LIMITED,
    _ON_THE_WAY,
    _UNSTEADY,
)
CALL_PATH: Final = (
    NO_RELAYS,
    UDP,
    UDP_BLOCKED,
    UDP_UNPROVED,
    NO_CONTROL,
    RELAY_UNPROVED,
    STREAM,
    STREAM_UNMEASURED,
    RTT_HIGH,
    JITTER_HIGH,
    LOSS_HIGH,
    VIDEO_LIMITED,
)
