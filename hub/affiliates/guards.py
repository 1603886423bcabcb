"""What affiliates answers to packages below before they act."""

from hub.accounts.events import PartnerCodeGiven
from hub.affiliates import services


def on_partner_code_given(question: PartnerCodeGiven) -> None:
    """A code that stands for no partner is answered at the form (Invalid)."""
    services.require_good_code(question.code)
