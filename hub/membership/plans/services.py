"""Plans: made, changed by a new version, retired, and which one holds for everybody else."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from sqlalchemy import select, update

from hub.core import audit, bus, clock, settings
from hub.core.actor import Actor, StaffRole
from hub.core.db.base import db
from hub.core.errors import Conflict, Invalid
from hub.core.i18n import _
from hub.core.money import Money
from hub.core.numbers import RATE_PLACES, plain, round_half_even
from hub.core.use_case import use_case
from hub.membership import queries
from hub.membership.entitlements.table import ENTITLEMENTS, Kind
from hub.membership.events import EntitlementsChanged
from hub.membership.models.plans import (
    BillingInterval,
    Plan,
    PlanEntitlement,
    PlanPrice,
    PlanVersion,
)
from hub.payments.services import payment_account

_CODE = re.compile(r"[a-z][a-z0-9-]{1,29}")
_HIGHEST_NUMBER = 1_000_000_000
_HIGHEST_LEVEL = 100

Fields = dict[str, list[str]]


@dataclass(frozen=True)
class PriceDraft:
    """What a plan is to cost for an interval, in main units of a currency."""

    interval: BillingInterval
    currency: str
    amount: Decimal


@dataclass(frozen=True)
class PlanDraft:
    """A plan as an administrator writes it.

    ``entitlements`` has a value by code (None: without limit; for a rate: none of its own);
    codes that are left out say nothing. A rate is a fraction: 0.01 is one per cent.
    """

    name: str
    rank: int
    names: Mapping[str, str] = field(default_factory=dict)
    description: str = ""
    trial_days: int = 0
    badge: str = ""
    prices: Sequence[PriceDraft] = ()
    entitlements: Mapping[str, Decimal | None] = field(default_factory=dict)


@use_case
def create_plan(actor: Actor, code: str, draft: PlanDraft) -> Plan:
    """Offer a new plan from now on.

    Raises:
        NotAllowed: not an administrator.
        Invalid: by field: ``code``, ``name``, ``names``, ``rank``, ``description``,
            ``trial_days``, ``badge``, ``prices``, ``entitlements.<code>``.
    """
    actor.require(StaffRole.ADMINISTRATOR)
    code = code.strip()
    fields = _problems(draft)
    if not _CODE.fullmatch(code):
        fields["code"] = [
            _("A code has 2 to 30 small letters, digits or hyphens, and begins with a letter.")
        ]
    elif db.session.scalar(select(Plan.id).where(Plan.code == code)) is not None:
        fields["code"] = [_("There is a plan of this code already.")]
    _refuse(fields)
    plan = Plan(code=code, rank=draft.rank, created_at=clock.now())
    db.session.add(plan)
    audit.record(actor, plan, "created", code=code)
    _add_version(actor, plan, draft)
    return plan


@use_case
def change_plan(actor: Actor, public_id: str, draft: PlanDraft, expected_version: int) -> Plan:
    """Offer a plan in a new form from now on; who has it keeps the old one.

    Raises:
        NotAllowed: not an administrator.
        NotFound: no such plan.
        Conflict: changed meanwhile, or retired.
        Invalid: as :func:`create_plan`.
    """
    plan = _editable(actor, public_id, expected_version)
    _refuse(_problems(draft))
    plan.rank = draft.rank
    plan.version += 1  # a new form is a change, even where the rank stays
    _add_version(actor, plan, draft)
    if plan.is_default:
        bus.publish(EntitlementsChanged(None))
    return plan


@use_case
def retire_plan(actor: Actor, public_id: str, expected_version: int) -> Plan:
    """Offer a plan to nobody any more; who has it keeps it.

    Raises:
        Conflict: changed meanwhile, retired already, or it is the default plan.
    """
    plan = _editable(actor, public_id, expected_version)
    if plan.is_default:
        raise Conflict(_("This is the default plan; make another one the default first."))
    plan.retired_at = clock.now()
    audit.record(actor, plan, "retired")
    return plan


@use_case
def make_default(actor: Actor, public_id: str, expected_version: int) -> Plan:
    """Let a plan hold for every company without a subscription (Conflict if it is retired)."""
    plan = _editable(actor, public_id, expected_version)
    if plan.is_default:
        return plan
    before = db.session.scalar(select(Plan.code).where(Plan.is_default.is_(True)))
    db.session.execute(update(Plan).where(Plan.is_default.is_(True)).values(is_default=False))
    plan.is_default = True
    audit.record(actor, plan, "made_default", before=before)
    bus.publish(EntitlementsChanged(None))
    return plan


def _editable(actor: Actor, public_id: str, expected_version: int) -> Plan:
    actor.require(StaffRole.ADMINISTRATOR)
    plan = queries.plan(actor, public_id)
    if plan.version != expected_version:
        raise Conflict(
            _("The plan has changed since you opened this page. Look at it again first.")
        )
    if plan.retired_at is not None:
        raise Conflict(_("This plan is retired. Nothing was changed."))
    return plan


def _add_version(actor: Actor, plan: Plan, draft: PlanDraft) -> None:
    version = PlanVersion(
        plan=plan,
        number=len(plan.versions) + 1,
        name=draft.name.strip(),
        names={language: name.strip() for language, name in draft.names.items() if name.strip()},
        description=draft.description.strip().replace("\r\n", "\n"),
        trial_days=draft.trial_days,
        badge=draft.badge.strip(),
        created_at=clock.now(),
        created_by=actor.user_id,
        prices=[
            PlanPrice(
                interval=price.interval,
                currency=price.currency,
                amount_minor=Money.from_decimal(price.amount, price.currency).minor,
            )
            for price in draft.prices
        ],
        entitlements=[
            PlanEntitlement(code=code, value=value) for code, value in draft.entitlements.items()
        ],
    )
    db.session.add(version)
    db.session.flush()
    audit.record(
        actor,
        plan,
        "version_offered",
        number=version.number,
        rank=plan.rank,
        trial_days=version.trial_days,
        prices=[f"{each.interval.value} {each.amount} {each.currency}" for each in draft.prices],
        entitlements={
            code: None if value is None else plain(value)
            for code, value in draft.entitlements.items()
        },
    )


def _refuse(fields: Fields) -> None:
    if fields:
        raise Invalid(_("The plan can't be offered like this."), fields)


def _problems(draft: PlanDraft) -> Fields:
    """What is wrong with a draft, by field."""
    fields: Fields = {}
    _check_text(fields, "name", draft.name, 60, required=True)
    _check_text(fields, "badge", draft.badge, 30)
    _check_text(fields, "description", draft.description.replace("\r\n", " "), 2000)
    for language, name in draft.names.items():
        if language not in settings.current().languages:
            fields["names"] = [_("The hub doesn't speak “%(language)s”.", language=language[:20])]
        else:
            _check_text(fields, "names", name, 60)
    if not 0 <= draft.rank <= 1000:
        fields["rank"] = [_("Give a number from 0 to 1000.")]
    if not 0 <= draft.trial_days <= 365:
        fields["trial_days"] = [_("A trial has at most 365 days.")]
    _check_prices(fields, draft.prices)
    for code, value in draft.entitlements.items():
        _check_entitlement(fields, code, value)
    return fields


def _check_text(
    fields: Fields, name: str, text: str, longest: int, *, required: bool = False
) -> None:
    text = text.strip()
    if required and not text:
        fields[name] = [_("This is missing.")]
    elif len(text) > longest:
        fields[name] = [_("This is longer than %(longest)d characters.", longest=longest)]
    elif not text.replace("\n", "").isprintable():
        fields[name] = [_("This holds characters that can't be printed.")]


def _check_prices(fields: Fields, prices: Sequence[PriceDraft]) -> None:
    seen = set()
    for price in prices:
        try:
            payment_account(price.currency)
            amount = Money.from_decimal(price.amount, price.currency)
        except Invalid as error:
            fields["prices"] = [error.message]
            continue
        except ValueError:
            fields["prices"] = [_("A price is finer than the currency's smallest unit.")]
            continue
        if not 0 <= amount.decimal < 10**12:
            fields["prices"] = [_("A price can't be below zero or that large.")]
        if (price.interval, price.currency) in seen:
            fields["prices"] = [_("There are two prices for the same interval and currency.")]
        seen.add((price.interval, price.currency))


def _check_entitlement(fields: Fields, code: str, value: Decimal | None) -> None:
    name = f"entitlements.{code}"
    entitlement = ENTITLEMENTS.get(code)
    if entitlement is None:
        fields[name] = [_("There is no such entitlement.")]
        return
    if entitlement.kind is Kind.RATE:
        if value is not None and not (
            0 <= value < 1 and value == round_half_even(value, RATE_PLACES)
        ):
            fields[name] = [_("A rate is at least 0% and below 100%.")]
        return
    if value is None:
        if entitlement.kind is Kind.LEVEL:
            fields[name] = [_("This is missing.")]
        return
    highest = _HIGHEST_LEVEL if entitlement.kind is Kind.LEVEL else _HIGHEST_NUMBER
    if value != value.to_integral_value() or not 0 <= value <= highest:
        fields[name] = [_("Give a whole number from 0 to %(highest)d.", highest=highest)]
