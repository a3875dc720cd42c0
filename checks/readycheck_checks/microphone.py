"""Is there a microphone? Asks the system for its list; listens to nothing, so no consent is asked for."""

from readycheck_checks.attached import attached

check = attached(
    "microphone",
    lambda system: system.microphones(),
    summary="Whether there is a microphone (nothing is recorded)",
    without="Nobody will hear you",
    remedy="Plug in a headset, or join calls by phone",
)
