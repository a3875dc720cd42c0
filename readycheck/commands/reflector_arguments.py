"""The options of ``readycheck reflector``: a public interface (docs/reflector.md)."""

import argparse
from typing import Any


def add_reflector(commands: "argparse._SubParsersAction[Any]") -> None:
    part = commands.add_parser(
        "reflector",
        help="for IT departments: the server to measure against, beside your VPN gateway",
        description="Answers HTTP downloads and uploads, UDP echo and STUN, so that what your people measure is the path that "
        "their work takes. It runs until SIGTERM; SIGHUP reads certificate and token again. "
        "Log: JSON lines on standard error.",
        epilog="exit codes:\n  0  told to stop    2  usage error, or cannot listen\n  1  broke         130  told to stop twice",
    )
    part.add_argument(
        "--listen",
        metavar="ADDRESS",
        action="append",
        default=[],
        help="repeatable (default: 127.0.0.1 and ::1, so that nothing is exposed by accident)",
    )
    part.add_argument("--port", metavar="N", default="8443", help="TCP (default: 8443)")
    part.add_argument("--udp-port", metavar="N", help="UDP echo and STUN (default: as --port)")
    _reflector_files(part)
    part.add_argument(
        "--metrics",
        metavar="ADDRESS:PORT",
        help="Prometheus metrics on a listener of their own (default: off)",
    )
    part.add_argument(
        "--log-addresses",
        action="store_true",
        help="whole client addresses in the log (default: /24 and /48)",
    )
    _reflector_limits(part)


def _reflector_files(part: argparse.ArgumentParser) -> None:
    for option, help_ in (
        ("--certificate", "PEM, with its chain (without one: plain HTTP, nothing is secret)"),
        ("--key", "PEM without password (default: in the file of the certificate)"),
        ("--token-file", "serve only who knows the secret in it; its mode must be 0600 or 0640"),
    ):
        part.add_argument(option, metavar="FILE", help=help_)


def _reflector_limits(part: argparse.ArgumentParser) -> None:
    limits = part.add_argument_group("limits", "A client is an address; all of an IPv6 /64 are one client.")
    for option, default, help_ in (
        ("--max-clients", "400", "clients at once"),
        ("--max-per-client", "32", "connections and UDP sessions of one client at once"),
        ("--max-mb-per-request", "100", "one download or upload, MB"),
        ("--max-mb-per-minute", "1000", "all of one client, MB"),
        ("--max-total-mb-per-minute", "20000", "all clients together, MB"),
        ("--max-rate", "1000", "UDP packets a second in one session"),
    ):
        limits.add_argument(option, metavar="N", default=default, help=f"{help_} (default: {default})")
