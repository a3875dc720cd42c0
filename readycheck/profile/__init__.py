"""The profile: what is checked, how it counts, whom to ask. Strict TOML in layers; a mistake names file, line, key and remedy."""

from readycheck.profile.document import CapabilityPolicy
from readycheck.profile.editor_schema import schema
from readycheck.profile.instances import Instance
from readycheck.profile.layers import Layer
from readycheck.profile.load import load
from readycheck.profile.profile import Profile, RunLimits, check_names
from readycheck.profile.sources import default_files, organisation_profile
from readycheck.profile.toml_text import show

__all__ = [
    "CapabilityPolicy",
    "Instance",
    "Layer",
    "Profile",
    "RunLimits",
    "check_names",
    "default_files",
    "load",
    "organisation_profile",
    "schema",
    "show",
]
