"""Pictures of every screen as SVG files: ``python -m tests.tui.pictures FOLDER [WxH ...]``. Judged by eye, asserted by nobody."""

import asyncio
import sys
from pathlib import Path
from typing import NamedTuple

from msgspec.structs import replace
from textual.pilot import Pilot

from readycheck.show.glyphs import ASCII, BASIC, MODERN, Glyphs
from tests.tui.app_world import SIZES, app_of
from tests.tui.reports import CONTACT, REPORTS, with_faults
from tests.tui.world import SMALL_BYTES, FakeSession, finished, in_the_middle, metered, questioned

ALWAYS = replace(CONTACT, routes=(replace(CONTACT.routes[0], hours="24/7"), *CONTACT.routes[1:]))
SIMULATED = (
    "Demonstration: speed server, VPN gateway, file share and support desk are played by this computer.",
)


class Picture(NamedTuple):
    name: str
    session: FakeSession
    keys: tuple[str, ...] = ()
    theme: str = "dark"
    glyphs: Glyphs = MODERN
    first_start: bool = False


def pictures() -> list[Picture]:
    running = FakeSession(past=in_the_middle(with_faults()))
    demo = FakeSession(past=in_the_middle(with_faults()), simulated=SIMULATED)
    return [
        Picture("running", running),
        Picture("running-demo", demo),
        *(Picture(name, finished(name)) for name in REPORTS),
        Picture("light", finished("with-faults"), theme="light"),
        Picture("contrast", finished("with-faults"), theme="contrast"),
        Picture("terminal", finished("with-faults"), theme="terminal"),
        Picture("no-colours", finished("with-faults"), theme="none"),
        Picture("basic", finished("with-faults"), glyphs=BASIC),
        Picture("ascii", finished("with-faults"), glyphs=ASCII),
        Picture("details", finished("with-faults"), ("down", "d")),
        Picture("one-area", finished("with-faults"), ("3",)),
        Picture("detail", finished("with-faults"), ("enter", "d")),
        Picture("ticket", finished("with-faults"), ("t",)),
        Picture("note", finished("with-faults"), ("t", "e", *"My drive is gone since this morning.")),
        Picture("view", finished("with-faults"), ("t", "v")),
        Picture("send", finished("with-faults"), ("t", "enter")),
        Picture("nothing-hidden", finished("with-faults"), ("t", "space", "end", "enter")),
        Picture("help", finished("with-faults"), ("f1",)),
        Picture("menu", finished("with-faults"), ("m",)),
        Picture("quit", FakeSession(past=in_the_middle(with_faults())), ("q",)),
        Picture("questioned", questioned()),
        Picture("questions", questioned("with-faults", "yes", "no sound"), ("u",)),
        Picture("answer-to-look-at", questioned("with-faults", "yes", "no sound"), ("u", "up")),
        Picture("question", questioned(), ("u", "enter")),
        Picture("questions-ascii", questioned("with-faults", "yes", "no sound"), ("u",), glyphs=ASCII),
        Picture("contact", finished("with-faults"), ("h",)),
        Picture("contact-no-internet", finished("no-internet"), ("h",)),
        Picture("contact-open", finished("with-faults", contact=ALWAYS), ("h",)),
        Picture("contact-ascii", finished("no-internet"), ("h",), glyphs=ASCII),
        Picture("contact-light", finished("no-internet"), ("h",), theme="light"),
        Picture("start", FakeSession(), first_start=True),
        Picture("start-metered", metered(), first_start=True),
        Picture("running-metered", metered(past=in_the_middle(with_faults(), max_bytes=SMALL_BYTES))),
        Picture("not-begun", FakeSession()),
    ]


async def take(picture: Picture, size: tuple[int, int], folder: Path) -> None:
    app = app_of(
        picture.session,
        folder=folder,
        glyphs=picture.glyphs,
        theme=picture.theme,
        first_start=picture.first_start,
    )
    async with app.run_test(size=size) as pilot:
        await _press(pilot, picture.keys)
        name = f"{picture.name}-{size[0]}x{size[1]}.svg"
        (folder / name).write_text(app.export_screenshot(), encoding="utf-8")


async def _press(pilot: Pilot[None], keys: tuple[str, ...]) -> None:
    await pilot.pause(0.1)
    for key in keys:
        await pilot.press(key)
    await pilot.pause(0.15)


def main(folder: Path, sizes: list[str], names: list[str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    wanted = [(int(w), int(h)) for w, _, h in (size.partition("x") for size in sizes)] or SIZES
    for size in wanted:
        for picture in pictures():
            if not names or picture.name in names:
                asyncio.run(take(picture, size, folder))


if __name__ == "__main__":
    given = sys.argv[2:]
    asked_sizes = [word for word in given if word[0].isdigit()]
    main(Path(sys.argv[1]), asked_sizes, [word for word in given if word not in asked_sizes])
