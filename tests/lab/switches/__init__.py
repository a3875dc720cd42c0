"""Impairments: small verbs that switch one thing of the lab and can switch it back. The fault catalogue is written in them.

Importing the package registers every verb; ``python -m tests.lab.switches`` lists them with their parameters.
"""

from tests.lab.switches import (
    attachment,
    block,
    cables,
    course,
    disks,
    impostors,
    middleman,
    names,
    person,
    plugins,
    running,
    stand_ins,
    telephone,
    translation,
    vpn_files,
    vpn_programs,
)

__all__ = [
    "attachment",
    "block",
    "cables",
    "course",
    "disks",
    "impostors",
    "middleman",
    "names",
    "person",
    "plugins",
    "running",
    "stand_ins",
    "telephone",
    "translation",
    "vpn_files",
    "vpn_programs",
]
