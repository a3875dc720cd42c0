"""readycheck completion: the shell's completion script, made from the parser."""

import argparse

from readycheck.commands.arguments import parser
from readycheck.headless import write_out


def main(arguments: argparse.Namespace) -> int:
    import shtab

    write_out(f"{shtab.complete(parser(), arguments.shell)}\n".encode(), None)
    return 0
