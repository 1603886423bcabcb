"""The words of a proposal's pages: its history, whose turn it is, and why it is fair."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from hub.core import audit
from hub.core.actor import Actor
from hub.core.formats import money, percent, quantity, unit_price
from hub.core.formats import number as written_number
from hub.core.i18n import _, _l
from hub.matching.models import Origin, Proposal, ProposalState
from hub.membership.commission import words as commission_words
from hub.posting.models import Side

_ACTIONS = {
    "propose": _l("Proposed by hand"),
    "ask_consent": _l("Both companies asked to consent"),
    "ask_consent_anew": _l("Both companies asked anew"),
    "change": _l("Terms changed"),
    "recompute": _l("Terms computed anew"),
    "consent": _l("Consented"),
    "decline": _l("Declined"),
    "dismiss": _l("Dismissed"),
    "lapse": _l("Lapsed"),
    "remind": _l("Reminded to answer"),
    "supersede": _l("Superseded"),
}

ORIGINS = {
    Origin.COMPUTED: _l("computed"),
    Origin.BROKER: _l("broker's own"),
    Origin.TRADER: _l("trader's wish"),
}


@dataclass(frozen=True)
class Event:
    """A line of the history of a proposal."""

    who: str
    what: str
    when: datetime
    reason: str
    before: str = ""
    after: str = ""


def history(proposal: Proposal, reader: Actor) -> list[Event]:
    """What happened, newest first. Who acted is named to the own company and to the hub's staff;
    of the partner only the side is told, and what the broker did before asking not at all."""
    events = []
    for entry in audit.history([(proposal.THING, proposal.id)]):
        early = proposal.asked_at is None or entry.at < proposal.asked_at
        mine = entry.company_id is not None and entry.company_id == reader.company_id
        if not reader.is_staff and early and not mine:
            continue
        before, after = _terms_in(entry.details, proposal)
        who = entry.actor_name
        if not reader.is_staff and not mine:
            who = _("Your partner") if entry.company_id is not None else _("The hub")
        words = str(_ACTIONS.get(entry.action, entry.action))
        events.append(
            Event(who, words, entry.at, _(entry.reason) if entry.reason else "", before, after)
        )
    if reader.is_staff and proposal.run_id is not None:
        events.append(Event(_("Hub"), _("Found by a match run"), proposal.created_at, ""))
    return events


def _terms_in(details: dict[str, Any], proposal: Proposal) -> tuple[str, str]:
    if "quantity_before" not in details:
        return "", ""
    unit = proposal.supply.commodity.unit.code

    def written(suffix: str) -> str:
        return _(
            "%(quantity)s at %(price)s",
            quantity=quantity(Decimal(details[f"quantity{suffix}"]), unit),
            price=unit_price(Decimal(details[f"unit_price{suffix}"]), proposal.currency, unit),
        )

    return written("_before"), written("")


def unit_of(proposal: Proposal) -> str:
    """The code of the unit that the goods are counted in."""
    return proposal.supply.commodity.unit.code


def _price(proposal: Proposal, value: Decimal) -> str:
    return unit_price(value, proposal.currency, unit_of(proposal))


def _number(proposal: Proposal, name: str) -> Decimal | None:
    text = proposal.reasons.get(name)
    return None if text is None else Decimal(text)


def why(proposal: Proposal) -> str:
    """The explanation in one or two sentences, as a broker can repeat it."""
    ask, bid = proposal.supply.unit_price, proposal.demand.unit_price
    return _(
        "Asks %(ask)s, freight %(freight)s over %(kilometres)s km, bids %(bid)s. At %(price)s the "
        "supplier gains %(supplier)s and the purchaser saves %(purchaser)s a unit.",
        ask=unit_price(ask),
        freight=unit_price(proposal.freight_per_unit),
        kilometres=written_number(proposal.kilometres, 0),
        bid=unit_price(bid),
        price=_price(proposal, proposal.unit_price),
        supplier=unit_price(proposal.unit_price - ask),
        purchaser=unit_price(bid - proposal.freight_per_unit - proposal.unit_price),
    )


def sum_rows(proposal: Proposal) -> list[tuple[str, ...]]:
    """How the surplus of one unit comes about."""
    ask, bid = proposal.supply.unit_price, proposal.demand.unit_price
    rate = _(
        "Freight: %(kilometres)s km at %(rate)s a km",
        kilometres=written_number(proposal.kilometres),
        rate=written_number(proposal.freight_rate, 6),
    )
    return [
        (_("Bid, delivered"), _price(proposal, bid)),
        (rate, f"− {_price(proposal, proposal.freight_per_unit)}"),
        (_("Ask, ex region"), f"− {_price(proposal, ask)}"),
        (
            _("Surplus of a unit"),
            _price(proposal, bid - proposal.freight_per_unit - ask),
            "total",
        ),
        (_("Price of the goods, ex region"), _price(proposal, proposal.unit_price)),
        (
            _("Delivered to the purchaser"),
            _price(proposal, proposal.unit_price + proposal.freight_per_unit),
            "muted",
        ),
    ]


def fairness(proposal: Proposal) -> str:
    """Why this price: from the range in which this pair has no reason to look elsewhere."""
    low, high = _number(proposal, "price_low"), _number(proposal, "price_high")
    if low is None or high is None:
        return _(
            "The terms were chosen by hand, within the limits of both sides: between %(low)s and "
            "%(high)s.",
            low=_price(proposal, proposal.supply.unit_price),
            high=_price(proposal, proposal.demand.unit_price - proposal.freight_per_unit),
        )
    if proposal.origin is Origin.BROKER:
        return _(
            "A broker changed the terms. The computation had found prices between %(low)s and "
            "%(high)s to be in balance.",
            low=_price(proposal, low),
            high=_price(proposal, high),
        )
    if low == high:
        return _(
            "Only this price keeps both sides here: below it the supplier, above it the purchaser "
            "could do better with another partner. %(scarcity)s",
            scarcity=_scarcity(proposal),
        )
    return _(
        "Below %(low)s the supplier, above %(high)s the purchaser could do better elsewhere or "
        "would give up the trade. The price lies half way between. %(scarcity)s",
        low=_price(proposal, low),
        high=_price(proposal, high),
        scarcity=_scarcity(proposal),
    )


def _scarcity(proposal: Proposal) -> str:
    surplus = _number(proposal, "surplus_per_unit")
    if surplus and _number(proposal, "supply_gain") == surplus:
        return _("Offers are short at the moment, so the supplier gets the price of the last one.")
    if surplus and _number(proposal, "demand_gain") == surplus:
        return _("Demand is short at the moment, so the purchaser pays the price of the last one.")
    return ""


def remaining(proposal: Proposal) -> list[tuple[str, str]]:
    """What is left of both listings after the whole run."""
    rows = []
    for name, label in (
        ("supply_remaining", _("Left of the supply")),
        ("demand_remaining", _("Left of the demand")),
    ):
        value = _number(proposal, name)
        if value is not None:
            rows.append((label, quantity(value, unit_of(proposal))))
    return rows


def money_rows(proposal: Proposal, side: Side | None) -> list[tuple[str, ...]]:
    """The exact money as one side sees it; the broker (no side) sees both."""
    goods = _(
        "Goods: %(quantity)s at %(price)s",
        quantity=quantity(proposal.quantity, unit_of(proposal)),
        price=_price(proposal, proposal.unit_price),
    )
    rows: list[tuple[str, ...]] = [(goods, money(proposal.goods))]
    if side is not Side.SUPPLY:
        freight = _("Freight: %(price)s", price=_price(proposal, proposal.freight_per_unit))
        rows += [
            (freight, money(proposal.freight)),
            (_("The purchaser pays in all"), money(proposal.purchaser_pays), "total"),
        ]
    if side is not Side.DEMAND:
        commission = _(
            "Commission of the hub, %(rate)s of the goods", rate=percent(proposal.commission_rate)
        )
        rows += [
            (commission, f"− {money(proposal.commission)}"),
            (_("The supplier receives"), money(proposal.supplier_receives), "total"),
        ]
    return rows


def commission_rows(proposal: Proposal) -> list[tuple[str, ...]]:
    """The rules that held for the supplier's commission, and the rate they gave; none where the
    proposal is older than the rules."""
    reason = proposal.reasons.get("commission")
    return commission_words.rate_rows(reason) if reason else []


def commission_sentence(proposal: Proposal) -> str:
    """Why the supplier bears this rate (only where :func:`commission_rows` has rows)."""
    return commission_words.sentence(proposal.reasons["commission"])


def turn(proposal: Proposal, reader: Actor) -> tuple[str, str]:
    """Whose turn it is, in words and with a tone."""
    own = proposal.side_of(reader.company_id)
    if proposal.state is ProposalState.PROPOSED:
        if own is None:
            return _("Waiting for you to ask both companies, change the terms or dismiss it."), (
                "waiting"
            )
        return _("Waiting for the hub's broker to look at it and ask both companies."), "quiet"
    if proposal.state in (ProposalState.ASKED, ProposalState.CONSENTED):
        return _waiting_for(proposal, own)
    if proposal.state is ProposalState.ACCEPTED:
        return _("Both sides consented. The trade goes on with its contract."), "good"
    return _("It has ended: %(reason)s", reason=_(proposal.ended_reason)), "quiet"


def _waiting_for(proposal: Proposal, own: Side | None) -> tuple[str, str]:
    open_sides = [side for side in Side if proposal.consented_at(side) is None]
    if own in open_sides:
        return _("Your company is asked to consent or to decline."), "warning"
    if own is not None:
        return _("Your company has consented. Your partner has not answered yet."), "waiting"
    names = [proposal.listing_of(side).company.legal_name for side in open_sides]
    return _("Waiting for the consent of %(companies)s.", companies=" + ".join(names)), "waiting"
