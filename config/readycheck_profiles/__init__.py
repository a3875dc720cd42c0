"""Shipped profiles (office.toml, demo.toml) and dated vendor data (vendors/*.toml). Data only; readycheck.profile judges it."""

from importlib.resources import files
from importlib.resources.abc import Traversable


def folder() -> Traversable:
    """The folder of the shipped files, also where they lie in a zip."""
    return files(__name__)
