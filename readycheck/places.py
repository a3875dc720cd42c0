"""Where readycheck keeps things for this user: one function a folder. Creates nothing."""

from pathlib import Path


def state_folder() -> Path:
    """Settings of the app and crash notes."""
    import platformdirs

    return platformdirs.user_state_path("readycheck", appauthor=False)


def data_folder() -> Path:
    """Tickets and reports that must not be lost."""
    import platformdirs

    return platformdirs.user_data_path("readycheck", appauthor=False)
