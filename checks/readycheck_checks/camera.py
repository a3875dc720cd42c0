"""Is there a camera? Asks the system for its list; opens no camera, so no light comes on and no consent is asked for."""

from readycheck_checks.attached import attached

check = attached(
    "camera",
    lambda system: system.cameras(),
    summary="Whether there is a camera (it is not switched on)",
    without="Nobody will see you",
    remedy="Plug in a camera, or join video calls from a phone",
)
