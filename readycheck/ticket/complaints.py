"""What a provider is told of a cause, and asked: our own sentences, by its code. Pure.

Each says what the code means and no more. A code that nobody looked at here gets the last one, which claims nothing.
"""

from fnmatch import fnmatchcase
from typing import Final, NamedTuple


class Complaint(NamedTuple):
    """What is wrong, of causes whose code is one of these, and what the provider is asked."""

    codes: tuple[str, ...]
    seen: str
    asked: str


CHECK_THE_LINE: Final = "Please check the line, and tell me what you find and when it will be mended."
LOADED: Final = "Please check the line and its load at these times."
FILTERED: Final = "Please tell me whether you hold this back or change it, and why."
NAMES: Final = "Please check the name servers that this line is given."
ROUTES: Final = "Please check the routes out of your network; I can name the destination."


def _talks(*ends: str) -> tuple[str, ...]:
    """The codes of all conversations that end so: those of apps, of checks that a profile declares, and of support pages."""
    return tuple(f"{part}.*_{end}" for end in ends for part in ("apps", "declared", "help"))


_OF_THE_LINE: Final = (
    Complaint(
        ("connection.no_internet",), "Nothing on the internet can be reached over this line.", CHECK_THE_LINE
    ),
    Complaint(("connection.internet_refused",), "Connections to the internet are refused.", FILTERED),
    Complaint(
        ("connection.secure_held_back",),
        "Secure connections (TCP port 443) do not come through, while plain web pages do.",
        FILTERED,
    ),
    Complaint(
        ("connection.web_faked",),
        "Plain web pages are answered by something on the way, and secure ones do not come through.",
        FILTERED,
    ),
    Complaint(
        ("connection.web_intercepted",), "Plain web pages are answered by something on the way.", FILTERED
    ),
    Complaint(
        ("connection.portal_doubtful",), "A plain web page comes back changed over this line.", FILTERED
    ),
    Complaint(
        ("connection.quic_held_back",), "QUIC (UDP port 443) does not come through, while TCP does.", FILTERED
    ),
    Complaint(
        ("connection.ipv4_broken", "connection.ipv6_broken"),
        "One of IPv4 and IPv6 is set up on this line and leads nowhere.",
        ROUTES,
    ),
    Complaint(
        ("connection.mtu_small",), "Only packets of less than 1280 bytes pass over this line.", CHECK_THE_LINE
    ),
    Complaint(
        ("connection.mtu_black_hole", "connection.big_packets_lost", "vpn.large_packets_lost"),
        "Large packets are lost on the way, while small ones come through.",
        CHECK_THE_LINE,
    ),
    Complaint(("calls.download_too_slow",), "The download is slower than what I need.", LOADED),
    Complaint(("calls.upload_too_slow",), "The upload is slower than what I need.", LOADED),
    Complaint(("calls.loss_high", "connection.loss", "declared.ping_loss"), "Packets are lost.", LOADED),
    Complaint(("calls.jitter_high",), "Packets arrive unevenly.", LOADED),
    Complaint(("calls.rtt_high",), "Packets take too long there and back.", LOADED),
    Complaint(("calls.delay_under_load",), "Packets wait too long while the line is busy.", LOADED),
    Complaint(
        ("calls.video_limited",), "Video does not pass well enough for calls, while voice does.", LOADED
    ),
    Complaint(("calls.udp_blocked",), "UDP does not come through, while other connections do.", FILTERED),
)
_OF_NAMES: Final = (
    Complaint(
        ("connection.dns_encrypted_blocked",),
        "None of the name servers that I asked is reached by encrypted lookups.",
        FILTERED,
    ),
    Complaint(
        ("connection.dns_encrypted_silent",),
        "The name servers that I asked take connections for encrypted lookups in, and say nothing.",
        FILTERED,
    ),
    Complaint(
        ("connection.dns_encrypted_opened",),
        "The name servers that I asked by encrypted lookups do not prove who they are.",
        FILTERED,
    ),
    Complaint(
        tuple(f"connection.dns_{how}" for how in ("blocked", "broken", "hijack", "slow", "wrong")),
        "Names are not looked up as they should be over this line.",
        NAMES,
    ),
    Complaint(
        ("connection.dns_forged", "connection.tls_led_elsewhere"),
        "A name leads to an address over this line that other name servers do not know, and what answers there is not its owner.",
        NAMES,
    ),
    Complaint(
        ("vpn.gateway_name_hidden", "connection.dns_encrypted_hidden"),
        "A name that others know is not found over this line.",
        NAMES,
    ),
    Complaint(
        (
            *_talks("name"),
            *("files.cloud_name", "files.cloud_tenant", "files.drive_name", "files.name_unknown"),
            "vpn.gateway_name",
        ),
        "A name that I need is not found over this line.",
        NAMES,
    ),
    Complaint(
        ("declared.name_differs", "declared.name_empty", "declared.name_unknown"),
        "A name is answered over this line, and not as I expect.",
        NAMES,
    ),
    Complaint(("declared.name_refused",), "A name server refuses to answer, or says that it fails.", NAMES),
    Complaint(("help.mail_domain",), "A mail domain is not found, or takes no mail.", NAMES),
)
_OF_A_DESTINATION: Final = (
    Complaint(
        ("vpn.udp_silent", "apps.phone_udp"), "A destination answers over TCP, and not over UDP.", FILTERED
    ),
    Complaint(("vpn.port_silent",), "A destination answers on one port, and not on another.", FILTERED),
    Complaint(
        ("declared.ping_silent",),
        "Echo requests (ping) to a destination are not answered, while other packets are.",
        FILTERED,
    ),
    Complaint(
        ("calls.service_partly",),
        "Some hosts of a service do not answer over this line, while others of it do.",
        ROUTES,
    ),
    Complaint(("vpn.far",), "Packets to a destination take longer than what I need.", ROUTES),
    Complaint(
        ("vpn.slow",), "Through a VPN, less of the speed of this line is left than what I need.", LOADED
    ),
    Complaint(
        ("declared.ping_slow", "declared.web_slow"),
        "A destination answers more slowly over this line than what I need.",
        LOADED,
    ),
    Complaint(
        (*_talks("blocked"), "vpn.port_blocked"),
        "Packets to certain ports do not come through, while others do.",
        FILTERED,
    ),
    Complaint(
        (
            *_talks("certificate"),
            *("calls.service_certificate", "files.certificate", "files.cloud_certificate"),
            "vpn.gateway_certificate",
        ),
        "The certificate that comes back from a destination does not prove whose it is.",
        FILTERED,
    ),
    Complaint(
        (*_talks("no_tls", "no_starttls"), "connection.tls_broken_off"),
        "Something answers for a destination, and no secure connection comes about.",
        FILTERED,
    ),
    Complaint(
        (*_talks("garbled", "unexpected"), "files.not_a_share", "files.host_key"),
        "What answers in the place of a destination looks like something else.",
        FILTERED,
    ),
    Complaint(
        (
            *_talks("refused", "closed"),
            *("files.cloud_refused", "files.cloud_cut", "files.drive_refused", "files.port_refused"),
            *("files.server_closes", "vpn.gateway_refused", "vpn.inside_refused"),
        ),
        "Connections to a destination are refused or cut.",
        FILTERED,
    ),
    Complaint(
        ("files.drive_server_else",),
        "A destination ends the conversation, or answers something else than it should.",
        FILTERED,
    ),
    Complaint(
        _talks("says_no", "not_now", "out_of_order"),
        "A destination answers, and says that it does not serve me now.",
        FILTERED,
    ),
    Complaint(("apps.phone_alg",), "Telephone messages (SIP) are changed on the way.", FILTERED),
    Complaint(_talks("down"), "Connections to a destination do not come about, or are cut.", FILTERED),
    Complaint(
        (
            *_talks("hangs"),
            *("files.cloud_hangs", "files.drive_server_hangs", "files.server_silent", "files.transfer_hangs"),
        ),
        "A destination takes connections, and then nothing or next to nothing comes back.",
        ROUTES,
    ),
    Complaint(
        (
            *_talks("silent"),
            *("files.cloud_silent", "files.drive_silent", "files.port_silent"),
            *("calls.service_unreachable", "connection.company_silent", "vpn.gateway_silent"),
            "vpn.inside_silent",
        ),
        "A destination does not answer over this line, while others do at the same moment.",
        ROUTES,
    ),
    Complaint(
        ("vpn.client_connecting",), "A VPN keeps on connecting over this line and does not get there.", ROUTES
    ),
    Complaint(_talks("unproved"), "Whether a destination works over this line could not be told.", ROUTES),
    Complaint(
        (
            *(f"declared.certificate_{what}" for what in ("expires", "issuer", "version")),
            *(f"declared.web_{what}" for what in ("body", "expires", "header", "redirect", "sign_in")),
            *("declared.web_status", "declared.port_greeting"),
        ),
        "A destination answers, and not as I expect.",
        FILTERED,
    ),
    Complaint(
        ("declared.command_critical", "declared.command_warning"),
        "A program that I have for it says that something is wrong.",
        CHECK_THE_LINE,
    ),
)
ANYTHING_ELSE: Final = Complaint(
    ("*",), "Something does not work as it should over this line.", CHECK_THE_LINE
)
COMPLAINTS: Final = (*_OF_THE_LINE, *_OF_NAMES, *_OF_A_DESTINATION, ANYTHING_ELSE)  # the first that fits


def complaint_about(code: str) -> Complaint:
    return next(each for each in COMPLAINTS if any(fnmatchcase(code, like) for like in each.codes))
