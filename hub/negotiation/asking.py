"""Asking about a listing, and asking others what one company left unanswered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from hub.accounts import queries as accounts
from hub.accounts.models import AccountState, Company
from hub.catalogue import queries as catalogue
from hub.catalogue.models import Unit
from hub.core import audit, clock, settings
from hub.core.actor import Actor
from hub.core.db.base import db
from hub.core.errors import Conflict, Invalid, NotAllowed
from hub.core.i18n import _
from hub.core.use_case import use_case
from hub.membership.entitlements import services as entitlements
from hub.negotiation import notices, queries
from hub.negotiation.contacts import names_contacts
from hub.negotiation.models import FreeReason, Inquiry, InquiryState, Party, Terms
from hub.posting.models import Listing

LONGEST = 2000
MOST_A_DAY = 30


@dataclass(frozen=True)
class Question:
    """What is asked: a text and, if they are known, how much is meant and when it is needed.

    ``unit`` is a code of UN/ECE Recommendation 20, of the same dimension as the commodity's.
    """

    text: str
    quantity: Decimal | None = None
    unit: str = ""
    needed_on: date | None = None


def checked_text(text: str) -> str:
    """A message without the blanks around it (Invalid beside ``text`` if it is empty or long)."""
    found = text.replace("\r\n", "\n").strip()
    if not found:
        sentence = _("Write something first.")
        raise Invalid(sentence, {"text": [sentence]})
    if len(found) > LONGEST:
        sentence = _(
            "This is %(length)d characters long; %(most)d are the most.",
            length=len(found),
            most=LONGEST,
        )
        raise Invalid(sentence, {"text": [sentence]})
    return found


def may_ask(actor: Actor) -> bool:
    """Whether the actor may ask for a company, verified or not."""
    return actor.trades_for(actor.company_id)


@use_case
def ask(actor: Actor, listing_public_id: str, question: Question) -> Inquiry:
    """Ask the company of an open listing something about it.

    It is opened at once where the receiver has nothing to pay: where it doesn't count, where the
    receiver's plan includes it, or where it has no price. Else it is delivered unread.

    Raises:
        NotFound: the listing isn't on the market.
        NotAllowed: neither an owner nor a trader of an active company, or the own listing.
        Conflict: an inquiry about the listing is under way, or too many were sent today.
        Invalid: no text, a quantity without a fitting unit, or a day in the past.
    """
    return _ask(actor, queries.open_listing(listing_public_id), question)


@use_case
def ask_others(actor: Actor, public_id: str, listing_ids: Sequence[str]) -> list[Inquiry]:
    """Ask what was left unanswered about other listings, of those that the page offers.

    Raises:
        NotFound: not an inquiry of the actor's company.
        Conflict: the company received it, it still waits for an answer, or none of the listings
            is offered any more.
        Invalid, NotAllowed: as for :func:`ask`.
    """
    asked, party = queries.own(actor, public_id, lock=True)
    _require_asking(actor)
    if party is not Party.ASKER or not asked.ended_unanswered:
        raise Conflict(_("Others can be asked when this inquiry has ended without an answer."))
    chosen = [each for each in queries.alternatives(asked) if each.public_id in listing_ids]
    if not chosen:
        raise Conflict(_("Tick at least one of the listings that are still open."))
    still_ahead = asked.needed_on is not None and asked.needed_on >= settings.today()
    question = Question(
        asked.question,
        asked.quantity,
        asked.unit.code if asked.unit else "",
        asked.needed_on if still_ahead else None,
    )
    return [_ask(actor, listing, question, repeats=asked) for listing in chosen]


def _ask(
    actor: Actor, listing: Listing, question: Question, repeats: Inquiry | None = None
) -> Inquiry:
    asker = _asking_company(actor)
    if listing.company_id == asker.id:
        raise NotAllowed(_("This is your own listing."))
    _refuse_too_much(listing, asker)
    text = checked_text(question.text)
    unit = _unit(question, listing)
    if question.needed_on is not None and question.needed_on < settings.today():
        sentence = _("This day is in the past.")
        raise Invalid(sentence, {"needed_on": [sentence]})
    price = queries.price_for(listing.commodity_id)
    reason = _why_free(asker, listing, price.minor)
    inquiry = Inquiry(
        listing=listing,
        commodity_id=listing.commodity_id,
        asker=asker,
        receiver=listing.company,
        asked_by=actor.user_id,
        repeats_id=repeats.id if repeats else None,
        question=text,
        quantity=question.quantity,
        unit=unit,
        needed_on=question.needed_on,
        currency=price.currency,
        price_minor=price.minor,
        charged_minor=0,
        asked_at=clock.now(),
        answer_until=settings.today() + timedelta(days=settings.current().inquiry_answer_days),
        names_contacts=names_contacts(text),
        **_delivery(listing.company_id, reason),
    )
    db.session.add(inquiry)
    audit.record(
        actor,
        inquiry,
        "inquiry_sent",
        state_to=inquiry.state.value,
        listing=listing.reference,
        terms=inquiry.terms.value if inquiry.terms else None,
        price=str(price),
    )
    notices.tell_received(inquiry)
    return inquiry


def _delivery(receiver_id: int, reason: FreeReason | None) -> dict[str, Any]:
    """How it reaches the receiver: opened, where that has nothing to pay for it."""
    if reason is not None:
        terms = Terms.FREE
    elif is_included(receiver_id):
        terms = Terms.INCLUDED
    else:
        return {"state": InquiryState.DELIVERED}
    return {
        "state": InquiryState.OPENED,
        "opened_at": clock.now(),
        "terms": terms,
        "free_reason": reason,
        "contest_until": contest_until(),
    }


def is_included(company_id: int) -> bool:
    """Whether the company's plan includes one more this month; then it is kept for the caller."""
    return entitlements.claim_up_to(company_id, queries.INCLUDED, 1) == 1


def contest_until() -> date:
    """The last day on which an inquiry that is opened today may be contested."""
    return settings.today() + timedelta(days=settings.current().inquiry_contest_days)


def _require_asking(actor: Actor) -> int:
    """The id of the company that the actor may ask for (NotAllowed if there is none)."""
    if actor.company_id is None or not may_ask(actor):
        raise NotAllowed(_("Only an owner or trader of a company may ask."))
    return actor.company_id


def _asking_company(actor: Actor) -> Company:
    """The actor's company, locked: what it sends at the same moment is counted one by one."""
    company = queries.locked_company(_require_asking(actor))
    refuse_inactive(company)
    return company


def refuse_inactive(company: Company) -> None:
    """Raise NotAllowed for what a suspended company would write to others."""
    if company.account_state is not AccountState.ACTIVE:
        raise NotAllowed(_("Your company's account is not active, so it can't write to others."))


def _refuse_too_much(listing: Listing, asker: Company) -> None:
    if queries.living(listing.id, asker.id) is not None:
        raise Conflict(
            _("Your company has asked about this listing already; go on in that inquiry.")
        )
    midnight = settings.midnight(settings.today())
    sent = db.session.scalar(
        select(func.count())
        .select_from(Inquiry)
        .where(Inquiry.asker_id == asker.id, Inquiry.asked_at >= midnight)
    )
    if (sent or 0) >= MOST_A_DAY:
        raise Conflict(
            _(
                "Your company has sent %(most)d inquiries today, and more are not possible. "
                "Nothing was sent; go on tomorrow.",
                most=MOST_A_DAY,
            )
        )


def _unit(question: Question, listing: Listing) -> Unit | None:
    if question.quantity is None:
        return None
    try:
        unit = catalogue.unit(question.unit)
    except Invalid as error:
        raise Invalid(error.message, {"unit": [error.message]}) from error
    own = listing.commodity.unit
    if unit.dimension != own.dimension:
        sentence = _(
            "These goods are not measured in %(unit)s; choose %(own)s, for example.",
            unit=unit.code,
            own=own.code,
        )
        raise Invalid(sentence, {"unit": [sentence]})
    if question.quantity <= 0:
        sentence = _("The quantity must be above zero.")
        raise Invalid(sentence, {"quantity": [sentence]})
    return unit


def _why_free(asker: Company, listing: Listing, price_minor: int) -> FreeReason | None:
    """Why the inquiry doesn't count; None if it does."""
    if not asker.can_trade:
        return FreeReason.UNVERIFIED
    if frozenset((asker.id, listing.company_id)) in accounts.blocked_pairs():
        return FreeReason.BLOCKED
    if queries.asked_before(asker.id, listing.company_id, listing.commodity_id):
        return FreeReason.REPEATED
    return FreeReason.NO_PRICE if price_minor == 0 else None
