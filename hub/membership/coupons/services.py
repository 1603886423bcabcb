"""Coupons: made and retired by administrators, taken once by a company for its first charge."""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import delete, select, update

from hub.core import audit, clock, settings
from hub.core.actor import Actor, StaffRole
from hub.core.db.base import db
from hub.core.db.statements import changed_one
from hub.core.errors import Conflict, Invalid, NotFound
from hub.core.i18n import _
from hub.core.money import Money, share
from hub.core.numbers import RATE_PLACES, round_half_even
from hub.core.use_case import use_case
from hub.membership.models.plans import Plan, PlanVersion
from hub.membership.models.subscriptions import Charge, Coupon, CouponUse
from hub.payments.services import payment_account

_CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{2,29}")


@dataclass(frozen=True)
class CouponDraft:
    """A coupon as an administrator writes it: a ``share`` (0.2 is 20%) or an ``amount``."""

    code: str
    share: Decimal | None = None
    amount: Decimal | None = None
    currency: str = ""
    plan_public_id: str = ""
    valid_from: date | None = None
    valid_until: date | None = None
    most_uses: int | None = None


@use_case
def create_coupon(actor: Actor, draft: CouponDraft) -> Coupon:
    """Give out a coupon; its code is kept in capitals. Valid from today unless said.

    Raises:
        NotAllowed: not an administrator.
        Invalid: by field: ``code``, ``share``, ``amount``, ``currency``, ``plan_public_id``,
            ``valid_from``, ``valid_until``, ``most_uses``.
    """
    actor.require(StaffRole.ADMINISTRATOR)
    fields: dict[str, list[str]] = {}
    code = written_code(draft.code)
    valid_from = draft.valid_from or settings.today()
    plan = _plan(draft.plan_public_id, fields)
    _check_code(code, fields)
    amount = _check_discount(draft, fields)
    if draft.valid_until is not None and draft.valid_until < valid_from:
        fields["valid_until"] = [_("The last day can't be before the first.")]
    if draft.most_uses is not None and not 1 <= draft.most_uses <= 1_000_000:
        fields["most_uses"] = [_("Give a number from 1 to 1,000,000, or nothing.")]
    if fields:
        raise Invalid(_("The coupon can't be made like this."), fields)
    coupon = Coupon(
        code=code,
        share=draft.share,
        amount_minor=None if amount is None else amount.minor,
        currency=None if amount is None else amount.currency,
        plan_id=plan.id if plan else None,
        valid_from=valid_from,
        valid_until=draft.valid_until,
        most_uses=draft.most_uses,
        created_at=clock.now(),
        created_by=actor.user_id,
    )
    db.session.add(coupon)
    audit.record(actor, coupon, "created", code=code)
    return coupon


def written_code(text: str) -> str:
    """A code as it is kept: without blanks, in capitals."""
    return "".join(text.split()).upper()


def _plan(public_id: str, fields: dict[str, list[str]]) -> Plan | None:
    if not public_id:
        return None
    plan = db.session.scalar(select(Plan).where(Plan.public_id == public_id))
    if plan is None or plan.retired_at is not None:
        fields["plan_public_id"] = [_("This plan isn't offered.")]
    return plan


def _check_code(code: str, fields: dict[str, list[str]]) -> None:
    if not _CODE.fullmatch(code):
        fields["code"] = [_("A code has 3 to 30 letters from A to Z, digits or hyphens.")]
    elif db.session.scalar(select(Coupon.id).where(Coupon.code == code)) is not None:
        fields["code"] = [_("There is a coupon of this code already.")]


def _check_discount(draft: CouponDraft, fields: dict[str, list[str]]) -> Money | None:
    if (draft.share is None) == (draft.amount is None):
        fields["share"] = [_("Give either a share or an amount.")]
        return None
    if draft.share is not None:
        exact = draft.share == round_half_even(draft.share, RATE_PLACES)
        if not (exact and 0 < draft.share <= 1):
            fields["share"] = [_("A share is above 0% and at most 100%.")]
        return None
    try:
        payment_account(draft.currency)
        amount = Money.from_decimal(draft.amount or Decimal(0), draft.currency)
    except Invalid as error:
        fields["currency"] = [error.message]
        return None
    except ValueError:
        fields["amount"] = [_("This is finer than the currency's smallest unit.")]
        return None
    if not 0 < amount.decimal < 10**12:
        fields["amount"] = [_("Give an amount above zero.")]
    return amount


@use_case
def retire_coupon(actor: Actor, public_id: str) -> Coupon:
    """Take a coupon no more.

    Raises:
        NotAllowed: not an administrator.
        NotFound: no such coupon.
        Conflict: it was retired before.
    """
    actor.require(StaffRole.ADMINISTRATOR)
    coupon = db.session.scalar(select(Coupon).where(Coupon.public_id == public_id))
    if coupon is None:
        raise NotFound(_("There is no such coupon."))
    if coupon.retired_at is not None:
        raise Conflict(_("This coupon was retired before."))
    coupon.retired_at = clock.now()
    audit.record(actor, coupon, "retired")
    return coupon


def _refused(sentence: str) -> Invalid:
    return Invalid(sentence, {"coupon": [sentence]})


def fitting(code: str, company_id: int, version: PlanVersion, currency: str) -> Coupon:
    """The coupon of a code, if the company may use it today for a version of a plan.

    Raises:
        Invalid: field ``coupon``: unknown, retired, outside its days, used up, used by the
            company before, or for another plan or currency.
    """
    coupon = db.session.scalar(select(Coupon).where(Coupon.code == written_code(code)))
    today = settings.today()
    if coupon is None or coupon.retired_at is not None or today < coupon.valid_from:
        raise _refused(_("There is no such coupon."))
    if coupon.valid_until is not None and coupon.valid_until < today:
        raise _refused(
            _("This coupon was valid until %(date)s.", date=coupon.valid_until.isoformat())
        )
    if not fits(coupon, version, currency):
        raise _refused(_("This coupon is for another plan or currency."))
    used = select(CouponUse.id).where(
        CouponUse.coupon_id == coupon.id, CouponUse.company_id == company_id
    )
    if db.session.scalar(used) is not None:
        raise _refused(_("Your company has used this coupon before."))
    return coupon


def fits(coupon: Coupon, version: PlanVersion, currency: str) -> bool:
    """Whether a coupon is for this plan and currency."""
    return coupon.plan_id in (None, version.plan_id) and coupon.currency in (None, currency)


def discount_of(coupon: Coupon, price: Money) -> Money:
    """What a coupon takes off a price: never more than the price."""
    if coupon.share is not None:
        return share(price, coupon.share)
    return Money(min(coupon.amount_minor or 0, price.minor), price.currency)


def take(actor: Actor, coupon: Coupon, charge: Charge) -> None:
    """Note that a charge uses a coupon, if it isn't used up.

    Raises:
        Invalid: field ``coupon``: it has been used as often as it may be.
    """
    taken = changed_one(
        update(Coupon)
        .where(
            Coupon.id == coupon.id,
            Coupon.most_uses.is_(None) | (Coupon.used < Coupon.most_uses),
        )
        .values(used=Coupon.used + 1)
    )
    if not taken:
        raise _refused(_("This coupon has been used as often as it may be."))
    db.session.add(
        CouponUse(
            coupon_id=coupon.id,
            company_id=charge.subscription.company_id,
            charge_id=charge.id,
            used_at=clock.now(),
        )
    )
    db.session.flush()
    db.session.expire(coupon, ["used"])
    audit.record(actor, coupon, "used", charge=charge.id)


def coupon_of(charge: Charge) -> Coupon | None:
    """The coupon that a charge uses."""
    return db.session.scalar(
        select(Coupon)
        .join(CouponUse, CouponUse.coupon_id == Coupon.id)
        .where(CouponUse.charge_id == charge.id)
    )


def give_back(actor: Actor, charge: Charge) -> None:
    """A charge that never ran used no coupon: it may be used again."""
    coupon = coupon_of(charge)
    if coupon is None:
        return
    db.session.execute(delete(CouponUse).where(CouponUse.charge_id == charge.id))
    db.session.execute(
        update(Coupon)
        .where(Coupon.id == coupon.id)
        .values(used=Coupon.used - 1)
        .execution_options(synchronize_session=False)
    )
    db.session.expire(coupon, ["used"])
    audit.record(actor, coupon, "given_back", charge=charge.id)
