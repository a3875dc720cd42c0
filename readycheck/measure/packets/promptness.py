"""Asking the scheduler to wake the calling thread promptly, in exchange for shorter turns. Needs no privilege, never fails.

Linux since 6.12 gives whoever asks for a short slice its turn earlier (sched_attr.sched_runtime of an ordinary thread): on a busy
machine a sender that sleeps most of the time then waits for its turn half as long. Elsewhere this does nothing.
"""

import ctypes
import os
import platform
import struct
import sys
from typing import Final

_SLICE_NS: Final = 100_000  # the least the kernel takes
_SCHED_ATTR: Final = struct.Struct(
    "=IIQiIQQQ"
)  # size, policy, flags, nice, priority, runtime, deadline, period
_SCHED_SETATTR: Final = {
    "x86_64": 314,
    "aarch64": 274,
    "riscv64": 274,
}  # system call numbers; libc has no name for it


def prefer_short_turns() -> None:
    """For the calling thread, which keeps its niceness; one with a policy that somebody chose is left as it is."""
    number = _SCHED_SETATTR.get(platform.machine())
    if sys.platform != "linux" or number is None or sys.maxsize < 2**32:
        return
    if os.sched_getscheduler(0) != os.SCHED_OTHER:
        return
    nice = os.getpriority(os.PRIO_PROCESS, 0)
    wish = _SCHED_ATTR.pack(_SCHED_ATTR.size, os.SCHED_OTHER, 0, nice, 0, _SLICE_NS, 0, 0)
    ctypes.CDLL(None).syscall(number, 0, wish, 0)
