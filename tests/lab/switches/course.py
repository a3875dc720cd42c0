"""The verb for what happens in the middle of a run."""

import threading
from collections.abc import Sequence

from tests.lab.lab import Lab
from tests.lab.switches.base import Step, Undo, parsed, switched, verb


@verb
def later(lab: Lab, steps: Sequence[Step], *, after_s: float, for_s: float = 0) -> Undo:
    """These steps are applied ``after_s`` seconds from now and taken back ``for_s`` seconds after that (0: with all else)."""
    for step in steps:
        parsed(step)
    course = _Course(lab, steps, after_s, for_s)
    course.start()
    return course.end


class _Course(threading.Thread):
    """Waits, applies, waits, takes back. What went wrong in it is raised at the end."""

    def __init__(self, lab: Lab, steps: Sequence[Step], after_s: float, for_s: float) -> None:
        super().__init__(name="later", daemon=True)
        self._switched = switched(lab, steps)
        self._after_s = after_s
        self._for_s = for_s
        self._over = threading.Event()
        self._trouble: Exception | None = None

    def run(self) -> None:
        try:
            if not self._over.wait(self._after_s):
                with self._switched:
                    self._over.wait(self._for_s or None)
        except Exception as error:
            self._trouble = error

    def end(self) -> None:
        self._over.set()
        self.join()
        if self._trouble:
            raise self._trouble
