"""Forms of memberships: shape and type only; the services judge what was typed."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from wtforms import (
    BooleanField,
    DateField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional

from hub.core.i18n import _l
from hub.core.money import Money, minor_digits
from hub.core.numbers import RATE_PLACES
from hub.core.web.forms import DecimalField, PageForm, VersionField, WholeNumberField
from hub.membership.entitlements.table import ENTITLEMENTS, Entitlement, Kind
from hub.membership.models.plans import BillingInterval, PlanVersion
from hub.membership.services import CouponDraft, PlanDraft, PriceDraft
from hub.membership.words import INTERVALS, sorted_prices

_needed = InputRequired(_l("This is needed."))
_whole = InputRequired(_l("Give a whole number."))
_ENTITLEMENT = "entitlement_"
_PRICE = "price_"


def _at_most(length: int) -> Length:
    return Length(max=length, message=_l("This is too long."))


class Payment:
    """How a member pays."""

    TRANSFER = "transfer"
    ACCOUNT = "account"


class PaymentForm(PageForm):
    """How what is due now is paid."""

    payment = RadioField(
        _l("How do you pay?"),
        [_needed],
        choices=[SelectChoice(Payment.TRANSFER, ""), SelectChoice(Payment.ACCOUNT, "")],
        default=Payment.TRANSFER,
    )

    @property
    def from_account(self) -> bool:
        """Whether it is paid from the company's account at the hub, at once."""
        return bool(self.payment.data == Payment.ACCOUNT)


class SubscribeForm(PaymentForm):
    """What a company decides when it chooses a plan."""

    coupon = StringField(_l("Coupon"), [Optional(), _at_most(30)])
    trial = BooleanField(_l("Begin with the free trial"))
    renew_from_account = BooleanField(_l("Pay renewals from the account when they fall due"))


class CancelForm(PageForm):
    """Why a company leaves, if it wants to say so."""

    reason = TextAreaField(_l("Why do you leave?"), [Optional(), _at_most(300)])


class VersionForm(PageForm):
    """A step that needs nothing but the state it was seen in."""

    version = VersionField()


class RetireForm(VersionForm):
    """Why a rule ends."""

    reason = TextAreaField(_l("Reason"), [_needed, _at_most(300)])


class PlanForm(VersionForm):
    """A plan; prices and entitlements are added by :func:`plan_form`."""

    code = StringField(
        _l("Code"),
        [_needed, _at_most(30)],
        description=_l("Small letters, digits and hyphens; it stays."),
    )
    name = StringField(_l("Name"), [_needed, _at_most(60)])
    name_zh = StringField(_l("Name in Chinese"), [Optional(), _at_most(60)])
    description = TextAreaField(
        _l("Description"), [Optional(), _at_most(2000)], description=_l("For whom it is.")
    )
    badge = StringField(
        _l("Word on the badge"),
        [Optional(), _at_most(30)],
        description=_l("Pages show it beside the company's alias. Empty: no badge."),
    )
    rank = WholeNumberField(
        _l("Rank"),
        [_whole],
        description=_l("A change to a plan with a higher rank is an upgrade."),
    )
    trial_days = WholeNumberField(
        _l("Free trial"), [_whole], default=0, description=_l("0: no trial. Once a company.")
    )

    def price_fields(self) -> list[Any]:
        """The prices, by currency and interval."""
        return [each for each in self if each.name.startswith(_PRICE)]

    def entitlement_fields(self) -> list[Any]:
        """What the plan allows, in the order of the table."""
        return [each for each in self if each.name.startswith(_ENTITLEMENT)]

    def draft(self) -> PlanDraft:
        """What was typed, as the services take it."""
        prices = []
        for each in self.price_fields():
            currency, interval = each.name.removeprefix(_PRICE).split("_")
            if each.data is not None:
                prices.append(PriceDraft(BillingInterval(interval), currency, each.data))
        return PlanDraft(
            name=self.name.data or "",
            rank=self.rank.data or 0,
            names={"zh_Hans": self.name_zh.data} if self.name_zh.data else {},
            description=self.description.data or "",
            trial_days=self.trial_days.data or 0,
            badge=self.badge.data or "",
            prices=prices,
            entitlements=self._entitlements(),
        )

    def _entitlements(self) -> dict[str, Decimal | None]:
        found: dict[str, Decimal | None] = {}
        for each in self.entitlement_fields():
            code = each.name.removeprefix(_ENTITLEMENT)
            value, kind = each.data, ENTITLEMENTS[code].kind
            if kind is Kind.NUMBER:
                found[code] = value
            elif value is not None:
                found[code] = value.scaleb(-2) if kind is Kind.RATE else value
        return found


_HINTS = {
    Kind.NUMBER: _l("Empty: without limit."),
    Kind.RATE: _l("Empty: by the hub's rules."),
    Kind.LEVEL: _l("Empty: the usual one. Higher numbers come first among equals."),
}


def _entitlement_field(entitlement: Entitlement) -> DecimalField:
    places = RATE_PLACES - 2 if entitlement.kind is Kind.RATE else 0
    return DecimalField(
        entitlement.label,
        [Optional()],
        places,
        positive=False,
        description=_HINTS[entitlement.kind],
    )


def plan_form(currencies: Sequence[str], present: PlanVersion | None = None) -> PlanForm:
    """The form of a plan with prices in these currencies, filled with a version of it."""
    fields: dict[str, Any] = {
        f"{_PRICE}{currency}_{interval.value}": DecimalField(
            f"{currency} {INTERVALS[interval]}",
            [Optional()],
            minor_digits(currency),
            positive=False,
        )
        for currency in currencies
        for interval in reversed(BillingInterval)
    }
    for each in ENTITLEMENTS.values():
        fields[f"{_ENTITLEMENT}{each.code}"] = _entitlement_field(each)
    form: PlanForm = type("PlanForm", (PlanForm,), fields)(data=_values(present))
    if present is not None:
        del form.code
    return form


def _values(present: PlanVersion | None) -> dict[str, Any]:
    if present is None:
        return {}
    values: dict[str, Any] = {
        "version": present.plan.version,
        "name": present.name,
        "name_zh": present.names.get("zh_Hans", ""),
        "description": present.description,
        "badge": present.badge,
        "rank": present.plan.rank,
        "trial_days": present.trial_days,
    }
    for price in present.prices:
        name = f"{_PRICE}{price.currency}_{price.interval.value}"
        values[name] = Money(price.amount_minor, price.currency).decimal
    for each in present.entitlements:
        is_rate = ENTITLEMENTS[each.code].kind is Kind.RATE
        value = each.value.scaleb(2) if each.value is not None and is_rate else each.value
        values[f"{_ENTITLEMENT}{each.code}"] = value
    return values


class CouponForm(PageForm):
    """A discount on the first charge."""

    code = StringField(
        _l("Code"), [_needed, _at_most(30)], description=_l("What members type; in capitals.")
    )
    share = DecimalField(
        _l("Share of the price"),
        [Optional()],
        RATE_PLACES - 2,
        description=_l("Either a share or an amount."),
    )
    amount = DecimalField(_l("Amount"), [Optional()], 4)
    currency = SelectField(_l("Currency of the amount"))
    plan_public_id = SelectField(_l("Only for the plan"), description=_l("–: for every plan."))
    valid_from = DateField(_l("First day"), [Optional()], description=_l("Empty: today."))
    valid_until = DateField(_l("Last day"), [Optional()], description=_l("Empty: no end."))
    most_uses = WholeNumberField(
        _l("At most so many companies"), [Optional()], description=_l("Empty: any number.")
    )

    def draft(self) -> CouponDraft:
        """What was typed, as the services take it."""
        return CouponDraft(
            code=self.code.data or "",
            share=None if self.share.data is None else self.share.data.scaleb(-2),
            amount=self.amount.data,
            currency=self.currency.data if self.amount.data is not None else "",
            plan_public_id=self.plan_public_id.data,
            valid_from=self.valid_from.data,
            valid_until=self.valid_until.data,
            most_uses=self.most_uses.data,
        )


class GrantForm(PageForm):
    """A plan without payment."""

    company = StringField(
        _l("Company"),
        [_needed, _at_most(200)],
        description=_l("Its alias, its registration number or its whole name."),
    )
    plan = SelectField(_l("Plan"))
    ends_on = DateField(_l("It ends before"), [_needed], description=_l("The first day after."))
    reason = TextAreaField(
        _l("Reason"), [_needed, _at_most(300)], description=_l("The company reads it.")
    )


class RuleForm(PageForm):
    """A rate of commission and what it holds for."""

    rate = DecimalField(_l("Rate"), [_needed], RATE_PLACES - 2, positive=False)
    commodity = SelectField(
        _l("Commodity or group"), description=_l("–: all. A group counts for all below it.")
    )
    plan = SelectField(_l("Plan"), description=_l("–: with any plan."))
    volume = DecimalField(
        _l("Sold in 365 days, at least"), [Optional()], 4, description=_l("Empty: any volume.")
    )
    currency = SelectField(_l("Currency of the volume"))
    valid_from = DateField(_l("First day"), [_needed])
    valid_until = DateField(_l("Last day"), [Optional()], description=_l("Empty: no end."))
    note = StringField(_l("Note"), [Optional(), _at_most(200)])


class QuoteForm(PageForm):
    """For whom and what a rate is looked up."""

    company = StringField(_l("Company"), [_needed], description=_l("Alias, number or name."))
    commodity = SelectField(_l("Commodity"))
    currency = SelectField(_l("Currency"))


def what_if_form(versions: Sequence[PlanVersion], typed: Any) -> PageForm:
    """A price for every plan, interval and currency on offer; what is empty stays as it is."""
    fields: dict[str, Any] = {}
    for each in versions:
        for price in sorted_prices(each):
            name = what_if_name(each.plan.public_id, price.interval, price.currency)
            fields[name] = DecimalField(
                f"{price.currency} {INTERVALS[price.interval]}",
                [Optional()],
                minor_digits(price.currency),
                positive=False,
            )
    form: PageForm = type("WhatIfForm", (PageForm,), fields)(formdata=typed)
    return form


def what_if_name(plan_public_id: str, interval: BillingInterval, currency: str) -> str:
    """The name of the field for a price."""
    return f"{plan_public_id}_{interval.value}_{currency}"


def errors_by_field(fields: Mapping[str, Sequence[str]], form: PlanForm) -> dict[str, list[str]]:
    """The errors of a plan by the names that its form gives to prices and entitlements."""
    prices = form.price_fields()
    renamed = {"names": "name_zh", "prices": prices[0].name if prices else "name"}
    return {
        renamed.get(name, name.replace("entitlements.", _ENTITLEMENT)): list(sentences)
        for name, sentences in fields.items()
    }
