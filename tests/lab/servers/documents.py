"""What lies on the company's shares: the same two files wherever they are served from."""

import os
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from tests.lab.hosts import USER_ID
from tests.lab.servers import sites

SAMPLE: Final = "sample.bin"
SAMPLE_BYTES: Final = 20_000_000
HANDBOOK: Final = "handbook.txt"
WELCOME: Final = "Welcome to Corp. This handbook says how things are done here, and whom to ask.\n"
# A small disk with the same files and no room for another one, in the mounts of the server alone.
FULL_DISK: Final = """
mkdir -p full && mount -t tmpfs -o size=256k,mode=755,uid={uid},gid={uid} tmpfs full
cp -a --sparse=always {folder}/. full/ && cat /dev/zero >full/archive.bin 2>/dev/null
mount --bind full {folder}
"""


def fill(folder: Path, without: Iterable[str] = (), closed: Iterable[str] = ()) -> None:
    """A folder of the person's with a file to read and one to measure with; ``without``: these are missing; ``closed``: these
    nobody may read."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / HANDBOOK).write_text(WELCOME, encoding="utf-8")
    sites.sparse(folder / SAMPLE, SAMPLE_BYTES)
    for name in without:
        (folder / name).unlink()
    for path in (folder, *folder.iterdir()):
        os.chown(path, USER_ID, USER_ID)
    for name in closed:
        (folder / name).chmod(0)


def full_disk(folder: str) -> str:
    """Lines of sh, run in the server's folder, after which nothing more can be saved in this subfolder."""
    return FULL_DISK.format(folder=folder, uid=USER_ID)
