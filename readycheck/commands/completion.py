"""readycheck completion: the shell's completion script, made from the parser."""

import argparse

from readycheck.arguments import parser


def main(arguments: argparse.Namespace) -> int:
    import shtab

    print(shtab.complete(parser(), arguments.shell))
    return 0
