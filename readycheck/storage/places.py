"""Where readycheck keeps things for this user: one function a folder. Creates nothing."""

from pathlib import Path


def state_folder() -> Path:
    """Settings of the app and crash notes."""
    import platformdirs

    return platformdirs.user_state_path("readycheck", appauthor=False)


def handing_folder() -> Path:
    """What a person hands on (attaches, brings along): "readycheck" among their documents, or in their home folder where that
    has no such place."""
    import platformdirs

    documents = platformdirs.user_documents_path()
    return (documents if documents.is_dir() else Path.home()) / "readycheck"


def data_folder() -> Path:
    """Tickets and reports that must not be lost."""
    import platformdirs

    return platformdirs.user_data_path("readycheck", appauthor=False)
