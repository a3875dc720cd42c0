"""readycheck without a command: the app, or plain text where there is no terminal or somebody asked for it."""

import argparse
import sys

from readycheck.commands.options import amount, help_without_profile, with_answers_from
from readycheck.commands.which_face import has_person, wants_app, wants_lines
from readycheck.errors import ProfileError
from readycheck.exit_codes import exit_code
from readycheck.keeping import keep_reports
from readycheck.run.session import Session
from readycheck.wiring import Ask, assign


def main(arguments: argparse.Namespace) -> int:
    try:
        return _face(arguments)
    except ProfileError as error:
        return help_without_profile(error)


def _face(arguments: argparse.Namespace) -> int:
    if wants_app(arguments, sys.stdin, sys.stdout):
        return _app(arguments)
    from readycheck import headless

    ask = Ask(source=arguments.profile, selection=amount(arguments), may_prompt=sys.stdin.isatty())
    assignment = assign(ask)
    if has_person(sys.stdin, sys.stdout):
        from readycheck import plain

        return plain.run(Session(assignment))
    delivery = headless.Delivery(ascii_only=True, lines=wants_lines(arguments))
    return headless.run(Session(with_answers_from(assignment, None)), delivery)


def _app(arguments: argparse.Namespace) -> int:
    from readycheck.profile import organisation_profile
    from readycheck.storage.settings import chosen_profile
    from readycheck.wiring import switching_session

    source = arguments.profile or organisation_profile() or chosen_profile()
    session = switching_session(source, amount(arguments))
    return run_face(session, arguments, first_start=source is None)


def run_face(session: Session, arguments: argparse.Namespace, *, first_start: bool = False) -> int:
    """The app over a session. The run begins before the app's libraries are loaded, unless the person picks a profile first."""
    from readycheck.storage.settings import remember

    if not first_start:
        session.start()
    from readycheck.tui.app import run_app

    try:
        report = run_app(
            session,
            first_start=first_start,
            ascii=arguments.ascii,
            theme=arguments.theme,
            keep=lambda: keep_reports(session),
        )
    finally:
        session.close()
    if first_start and report is not None:
        remember(profile=session.profile_name)
    return 0 if report is None else int(exit_code(report, strict=False))
