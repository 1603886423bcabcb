"""What opening an inquiry costs, by commodity or group of commodities."""

from decimal import Decimal

from sqlalchemy import select

from hub.catalogue import queries as catalogue
from hub.catalogue.models import Commodity
from hub.core import audit, settings
from hub.core.actor import Actor, StaffRole
from hub.core.db.base import db
from hub.core.errors import Invalid, NotFound
from hub.core.i18n import _
from hub.core.money import Money, minor_digits
from hub.core.use_case import use_case
from hub.negotiation.models import InquiryPrice


@use_case
def set_price(actor: Actor, commodity_code: str, price: Decimal) -> InquiryPrice:
    """Set the price for a commodity, or for all of a group that have none of their own.

    ``price`` is in main units of the hub's currency of fees; zero makes inquiries free. Those
    that are delivered already keep theirs.

    Raises:
        NotAllowed: not an administrator.
        Invalid: no such commodity, below zero, or finer than the currency's minor unit.
    """
    actor.require(StaffRole.ADMINISTRATOR)
    commodity = catalogue.commodity_by_code(commodity_code)
    if commodity is None:
        sentence = _("Choose a commodity or a group.")
        raise Invalid(sentence, {"commodity": [sentence]})
    amount = _amount(price)
    found = db.session.scalar(
        select(InquiryPrice).where(
            InquiryPrice.commodity_id == commodity.id, InquiryPrice.currency == amount.currency
        )
    )
    before = None if found is None else str(found.amount)
    if found is None:
        found = InquiryPrice(
            commodity=commodity, currency=amount.currency, amount_minor=amount.minor
        )
        db.session.add(found)
    found.amount_minor = amount.minor
    audit.record(actor, found, "inquiry_price_set", before=before, after=str(amount))
    return found


def _amount(price: Decimal) -> Money:
    currency = settings.current().fee_currency
    try:
        amount = Money.from_decimal(price, currency)
    except ValueError:
        amount = Money(-1, currency)
    if amount.minor < 0:
        sentence = _(
            "Give an amount in %(currency)s, with %(digits)d decimal places at most.",
            currency=currency,
            digits=minor_digits(currency),
        )
        raise Invalid(sentence, {"amount": [sentence]})
    return amount


@use_case
def remove_price(actor: Actor, commodity_code: str, currency: str) -> None:
    """Take a price away: that of the group above, or the general one, holds again.

    Raises:
        NotAllowed: not an administrator.
        NotFound: there is none.
    """
    actor.require(StaffRole.ADMINISTRATOR)
    found = db.session.scalar(
        select(InquiryPrice)
        .join(InquiryPrice.commodity)
        .where(
            Commodity.code == commodity_code,
            InquiryPrice.currency == currency,
        )
    )
    if found is None:
        raise NotFound(_("There is no such price."))
    audit.record(actor, found, "inquiry_price_removed", before=str(found.amount))
    db.session.delete(found)
