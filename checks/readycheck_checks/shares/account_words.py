"""What a server says of the person who signs in, in words: password, key, account, clock. A pure table."""

from typing import Final

from readycheck.api import Blame, Confidence, Owner
from readycheck_checks.shares.codes import (
    ACCOUNT_BLOCKED,
    CLOCK_DIFFERS,
    ELSEWHERE,
    EXPIRED,
    HOURS,
    SIGN_IN_REFUSED,
)
from readycheck_checks.shares.outcome import What
from readycheck_checks.shares.wording import COMPANY, SURELY_COMPANY, Words

MAY_SIGN_IN: Final = "Ask IT support whether your account may sign in to {host}"
OF_ACCOUNTS: Final = {
    What.PASSWORD: Words(
        code=SIGN_IN_REFUSED,
        says="{label} will not open: the server does not accept this user name and password",
        remedy="Type your password again where it is saved. If you changed it lately, use the new one.",
        blame=Blame(Owner.DEVICE, confidence=Confidence.MEDIUM),
    ),
    What.GUEST: Words(
        code=SIGN_IN_REFUSED,
        says="{label} will not open: the server does not know this user name and password, and lets you in as a guest only",
        remedy="Type your user name and password again where they are saved, or ask IT support whether {host} knows you.",
        blame=Blame(either=(Owner.DEVICE, Owner.COMPANY), confidence=Confidence.MEDIUM),
    ),
    What.EXPIRED: Words(
        code=EXPIRED,
        says="{label} will not open: your password has run out",
        remedy=EXPIRED.remedy,
        blame=Blame(Owner.DEVICE, confidence=Confidence.HIGH),
    ),
    What.KEY: Words(
        code=SIGN_IN_REFUSED,
        says="{label} will not open: the server does not let this user name in with this key",
        remedy="Ask IT support whether your key is registered for {host}.",
        blame=Blame(either=(Owner.COMPANY, Owner.DEVICE), confidence=Confidence.MEDIUM),
    ),
    What.LOCKED: Words(
        code=ACCOUNT_BLOCKED,
        says="{label} will not open: your account is locked, often after too many wrong passwords",
        remedy="Ask IT support to unlock your account. Remove old passwords that are saved elsewhere, such as on your phone.",
        blame=SURELY_COMPANY,
    ),
    What.DISABLED: Words(
        code=ACCOUNT_BLOCKED,
        says="{label} will not open: your account is switched off, or has run out",
        remedy="Ask IT support to switch your account on again.",
        blame=SURELY_COMPANY,
    ),
    What.HOURS: Words(
        code=HOURS,
        says="{label} will not open: your account may not sign in at this hour",
        remedy=HOURS.remedy,
        blame=SURELY_COMPANY,
    ),
    What.WORKSTATION: Words(
        code=ELSEWHERE,
        says="{label} will not open: your account may not sign in from this computer",
        remedy=ELSEWHERE.remedy,
        blame=SURELY_COMPANY,
    ),
    What.BLOCKED: Words(
        code=ACCOUNT_BLOCKED,
        says="{label} will not open: the server does not let this account sign in now",
        remedy=MAY_SIGN_IN,
        blame=COMPANY,
    ),
    What.CLOCK: Words(
        code=CLOCK_DIFFERS,
        says="{label} will not open: the clocks of this computer and of the company differ by more than five minutes",
        remedy="Set the date and time of this computer to automatic, then check again. If they are right, tell IT support.",
        blame=Blame(either=(Owner.DEVICE, Owner.COMPANY), confidence=Confidence.MEDIUM),
    ),
}
