"""The person of the lab. A password of the lab only: nothing outside a private world ever hears it."""

from typing import Final

USER_PASSWORD: Final = "lab-secret"
EMAIL: Final = "anna@corp.test"
