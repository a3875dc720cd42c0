"""The contact card as paragraphs: how to reach a human, readable also with no network at all."""

from datetime import datetime

from readycheck.model import ContactCard
from readycheck.ticket.card import card_lines
from readycheck.tui.cells import Paragraph


def contact_card(card: ContactCard, now: datetime) -> list[Paragraph]:
    head, *routes = card_lines(card, now)
    return [Paragraph(text=head, role="strong"), *(Paragraph(text=route, lead="  ") for route in routes)]
