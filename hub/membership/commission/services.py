"""The rate of commission a supplier bears, found by rules, and the rules an administrator keeps.

Several rules can hold for a sale. The one that names the most conditions (a commodity or group, a
plan, a volume sold, an end) wins, and among those that name as many the lowest rate. The rate of
the supplier's plan counts as a rule that names the plan, the hub's setting as one without
conditions. The rate is frozen by whoever asks for consent; a later change of rules or plans
doesn't touch it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import aliased, selectinload

from hub.catalogue.models import Commodity
from hub.core import audit, clock, settings
from hub.core.actor import Actor, StaffRole
from hub.core.db.base import db
from hub.core.errors import Conflict, Invalid, NotFound
from hub.core.i18n import _
from hub.core.money import Money
from hub.core.numbers import RATE_PLACES, plain, round_half_even
from hub.core.reasons import required_reason
from hub.core.use_case import use_case
from hub.membership.entitlements.services import Rights, rights_by_company, rights_of
from hub.membership.models.commission import CommissionRule
from hub.membership.models.plans import Plan
from hub.payments.ledger import chart
from hub.payments.ledger.models import LedgerEntry, LedgerLine
from hub.payments.ledger.queries import company_holder

VOLUME_DAYS = 365
#: So many of the rules that hold are kept with a proposal to explain its rate.
_EXPLAINED = 4


@dataclass(frozen=True, slots=True)
class Candidate:
    """A rule that holds for a sale. ``conditions`` is what it names, as JSON values."""

    rate: Decimal
    conditions: Mapping[str, Any]
    rule_public_id: str | None = None

    @property
    def order(self) -> tuple[int, Decimal, str]:
        """Smallest first: the most conditions, then the lowest rate."""
        return -len(self.conditions), self.rate, self.rule_public_id or ""


@dataclass(frozen=True, slots=True)
class Quote:
    """The rate for a sale, and the rules that held for it, the one that decided first."""

    candidates: tuple[Candidate, ...]

    @property
    def rate(self) -> Decimal:
        """A fraction of the goods' price (0.01 is one per cent)."""
        return self.candidates[0].rate

    @property
    def rule_public_id(self) -> str | None:
        """The rule that decided; None: the plan or the hub's setting did."""
        return self.candidates[0].rule_public_id

    def reason(self) -> list[dict[str, Any]]:
        """The explanation as JSON, for :mod:`hub.membership.commission.words`."""
        return [
            {
                "rate": plain(each.rate),
                "rule": each.rule_public_id,
                "conditions": dict(each.conditions),
            }
            for each in self.candidates[:_EXPLAINED]
        ]


@dataclass
class CommissionTable:
    """Everything that decides rates on one day, in memory, for many quotes."""

    standard: Decimal
    rules: list[CommissionRule]
    parents: dict[int, int | None]
    rights: Mapping[int, Rights]
    default: Rights
    volumes: Mapping[tuple[int, str], int]
    _made: dict[tuple[int, int, str], Quote] = field(default_factory=dict)

    @classmethod
    def load(cls, on: date, company_id: int | None = None) -> "CommissionTable":
        """Read what holds on ``on``, for all suppliers (or only one), with a few queries."""
        rules = list(db.session.scalars(_rules_on(on)))
        if company_id is None:
            rights, default = rights_by_company()
        else:
            default = rights_of(company_id)
            rights = {}
        by_volume = any(rule.volume_minor is not None for rule in rules)
        by_commodity = any(rule.commodity_id is not None for rule in rules)
        return cls(
            settings.current().commission_rate,
            rules,
            _parents() if by_commodity else {},
            rights,
            default,
            _volumes(on, company_id) if by_volume else {},
        )

    def quote(self, company_id: int, commodity_id: int, currency: str) -> Quote:
        """The rate that a supplier bears for a commodity sold in a currency."""
        key = (company_id, commodity_id, currency)
        if key not in self._made:
            found = sorted(self._candidates(*key), key=lambda each: each.order)
            self._made[key] = Quote(tuple(found))
        return self._made[key]

    def _candidates(self, company_id: int, commodity_id: int, currency: str) -> Iterator[Candidate]:
        yield Candidate(self.standard, {})
        rights = self.rights.get(company_id, self.default)
        own_rate = rights.limit("commission_rate")
        if rights.version is not None and own_rate is not None:
            yield Candidate(own_rate, {"plan": _named(rights.version)})
        plan_id = rights.version.plan_id if rights.version is not None else None
        lineage = set(self._lineage(commodity_id))
        sold = self.volumes.get((company_id, currency), 0)
        for rule in self.rules:
            if (
                (rule.commodity_id is None or rule.commodity_id in lineage)
                and (rule.plan_id is None or rule.plan_id == plan_id)
                and (
                    rule.volume_minor is None
                    or (rule.currency == currency and sold >= rule.volume_minor)
                )
            ):
                yield Candidate(rule.rate, conditions_of(rule), rule.public_id)

    def _lineage(self, commodity_id: int) -> Iterator[int]:
        """The commodity and the groups it belongs to."""
        present: int | None = commodity_id
        while present is not None:
            yield present
            present = self.parents.get(present)


def rate_for(company_id: int, commodity_id: int, currency: str, on: date) -> Quote:
    """The rate that a supplier bears for a commodity sold in a currency on a day."""
    return CommissionTable.load(on, company_id).quote(company_id, commodity_id, currency)


def _named(thing: Any) -> dict[str, Any]:
    return {"name": thing.name, "names": dict(thing.names or {})}


def conditions_of(rule: CommissionRule) -> dict[str, Any]:
    """What a rule names, as JSON values."""
    found: dict[str, Any] = {}
    if rule.commodity is not None:
        found["commodity"] = _named(rule.commodity)
    if rule.plan is not None:
        found["plan"] = _named(rule.plan.current)
    if rule.volume_minor is not None:
        found["volume"] = {"minor": rule.volume_minor, "currency": rule.currency}
    if rule.valid_until is not None:
        found["until"] = rule.valid_until.isoformat()
    return found


def _rules_on(on: date) -> Any:
    return (
        select(CommissionRule)
        .where(
            CommissionRule.retired_at.is_(None),
            CommissionRule.valid_from <= on,
            CommissionRule.valid_until.is_(None) | (CommissionRule.valid_until >= on),
        )
        .options(selectinload(CommissionRule.plan).selectinload(Plan.versions))
        .order_by(CommissionRule.id)
    )


def _parents() -> dict[int, int | None]:
    return {
        row.id: row.parent_id
        for row in db.session.execute(select(Commodity.id, Commodity.parent_id))
    }


def _volumes(on: date, company_id: int | None) -> dict[tuple[int, str], int]:
    """What was released for each supplier's goods in the days before ``on``, by currency.

    The ledger's releases credit the supplier (2200) with the goods less commission (4100), so
    both together are the goods; a reversal counts against them.
    """
    paid, commission = aliased(LedgerLine), aliased(LedgerLine)
    goods = func.sum(-paid.amount_minor - func.coalesce(commission.amount_minor, 0))
    wanted = (
        select(paid.holder, paid.currency, goods.label("goods"))
        .join(LedgerEntry, LedgerEntry.id == paid.entry_id)
        .outerjoin(
            commission,
            (commission.entry_id == paid.entry_id)
            & (commission.account == chart.COMMISSION_INCOME),
        )
        .where(
            paid.account == chart.SELLER_PAYABLE,
            LedgerEntry.kind == chart.EntryKind.RELEASE,
            LedgerEntry.booked_on > on - timedelta(days=VOLUME_DAYS),
            LedgerEntry.booked_on <= on,
        )
        .group_by(paid.holder, paid.currency)
    )
    if company_id is not None:
        wanted = wanted.where(paid.holder == company_holder(company_id))
    return {
        (int(row.holder.partition(":")[2]), row.currency): int(row.goods)
        for row in db.session.execute(wanted)
    }


def _wrong_numbers(rate: Decimal, volume: Money | None, note: str) -> dict[str, list[str]]:
    fields = {}
    if not 0 <= rate < 1 or rate != round_half_even(rate, RATE_PLACES):
        fields["rate"] = [_("Give a rate from 0 to below 100%, with at most 4 decimal places.")]
    if volume is not None and volume.minor <= 0:
        fields["volume"] = [_("The volume must be above zero.")]
    if len(note.strip()) > 200:
        fields["note"] = [_("At most 200 characters.")]
    return fields


def _wrong_days(valid_from: date, valid_until: date | None) -> dict[str, list[str]]:
    fields = {}
    if valid_from < settings.today():
        fields["valid_from"] = [_("The first day has passed; rates don't change backwards.")]
    if valid_until is not None and valid_until < valid_from:
        fields["valid_until"] = [_("The last day is before the first.")]
    return fields


@use_case
def add_rule(
    actor: Actor,
    *,
    rate: Decimal,
    valid_from: date,
    valid_until: date | None = None,
    commodity_code: str = "",
    plan_code: str = "",
    volume: Money | None = None,
    note: str = "",
) -> CommissionRule:
    """Let a rate hold for proposals made on certain days. ``volume``: sold in 365 days.

    Raises:
        NotAllowed: not an administrator.
        Invalid: a rate that is no share of the goods or has more than 6 places, days that have
            passed or are the wrong way round, no such commodity or plan, a volume not above
            zero, field by field.
    """
    actor.require(StaffRole.ADMINISTRATOR)
    commodity = db.session.scalar(select(Commodity).where(Commodity.code == commodity_code))
    plan = db.session.scalar(select(Plan).where(Plan.code == plan_code))
    fields = {
        **_wrong_numbers(rate, volume, note),
        **_wrong_days(valid_from, valid_until),
    }
    if commodity_code and commodity is None:
        fields["commodity"] = [_("The catalogue has no such commodity.")]
    if plan_code and plan is None:
        fields["plan"] = [_("There is no such plan.")]
    if fields:
        raise Invalid(_("The rule needs correcting; nothing was changed."), fields)
    rule = CommissionRule(
        rate=rate,
        commodity=commodity,
        plan=plan,
        volume_minor=volume.minor if volume else None,
        currency=volume.currency if volume else None,
        valid_from=valid_from,
        valid_until=valid_until,
        note=note.strip(),
        created_at=clock.now(),
        created_by=actor.user_id,
    )
    db.session.add(rule)
    audit.record(
        actor,
        rule,
        "commission_rule_added",
        rate=plain(rate),
        valid_from=valid_from.isoformat(),
        conditions=conditions_of(rule),
    )
    return rule


@use_case
def retire_rule(actor: Actor, public_id: str, reason: str, expected_version: int) -> CommissionRule:
    """Let a rule hold for no further proposal; rates that were frozen by it stay.

    Raises:
        NotAllowed: not an administrator. NotFound: no such rule.
        Conflict: it was changed or retired meanwhile. Invalid: no reason is given.
    """
    actor.require(StaffRole.ADMINISTRATOR)
    text = required_reason(reason, _("Say why, in a sentence."))
    rule = db.session.scalar(select(CommissionRule).where(CommissionRule.public_id == public_id))
    if rule is None:
        raise NotFound(_("There is no such rule."))
    if rule.version != expected_version or rule.retired_at is not None:
        raise Conflict(_("Somebody changed this rule meanwhile. Look at the page again."))
    rule.retired_at = clock.now()
    audit.record(actor, rule, "commission_rule_retired", reason=text)
    return rule


def rules(actor: Actor) -> list[CommissionRule]:
    """All rules, those in force first, each group newest first (administrators only)."""
    actor.require(StaffRole.ADMINISTRATOR)
    return list(
        db.session.scalars(
            select(CommissionRule)
            .options(selectinload(CommissionRule.plan).selectinload(Plan.versions))
            .order_by(CommissionRule.retired_at.is_not(None), CommissionRule.id.desc())
        )
    )


def preview(
    actor: Actor, company_id: int, commodity_id: int, currency: str, on: date | None = None
) -> Quote:
    """Which rate a company would bear for a commodity, and by which rules (administrators only)."""
    actor.require(StaffRole.ADMINISTRATOR)
    return rate_for(company_id, commodity_id, currency, on or settings.today())
