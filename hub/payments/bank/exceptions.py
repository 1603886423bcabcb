"""What clerks decide about statement lines that match nothing by themselves. Each gives a reason.

Two clerks at once: the line carries a version, so the second one meets a Conflict.
"""

from sqlalchemy import select

from hub.accounts.models import Company
from hub.core import audit, settings
from hub.core.actor import Actor, StaffRole
from hub.core.db.base import db
from hub.core.errors import Conflict, Invalid, NotFound
from hub.core.i18n import _
from hub.core.money import Money
from hub.core.reasons import required_reason
from hub.core.use_case import use_case
from hub.messaging import services as messaging
from hub.payments.bank import matching, settlement
from hub.payments.bank.models import LineState, StatementLine
from hub.payments.invoices.models import Invoice
from hub.payments.ledger import chart
from hub.payments.ledger import entries as ledger
from hub.payments.ledger.chart import EntryKind
from hub.payments.ledger.entries import credit, debit
from hub.payments.payouts.models import Payout
from hub.payments.payouts.services import pay_out_credit


def _line(actor: Actor, public_id: str, expected_version: int | None) -> StatementLine:
    actor.require(StaffRole.FINANCE)
    line = db.session.scalar(select(StatementLine).where(StatementLine.public_id == public_id))
    if line is None:
        raise NotFound(_("There is no such line."))
    if expected_version is not None and line.version != expected_version:
        raise Conflict(
            _("Somebody else has worked on this line meanwhile. Nothing of yours was changed.")
        )
    return line


def _open_credit(actor: Actor, public_id: str, expected_version: int | None) -> StatementLine:
    line = _line(actor, public_id, expected_version)
    if not line.is_credit:
        raise Conflict(_("Money left with this line; it can't pay anything."))
    if line.state is not LineState.UNRECONCILED:
        raise Conflict(_("This line has been explained already. Nothing was changed."))
    return line


def _amount(line: StatementLine, amount: Money | None) -> Money:
    """``amount``, or all that is left of the line."""
    chosen = line.unallocated if amount is None else amount
    if chosen.currency != line.currency or not 0 < chosen.minor <= line.unallocated.minor:
        message = _(
            "The amount must be above zero and at most %(left)s.", left=str(line.unallocated)
        )
        raise Invalid(message, {"amount": [message]})
    return chosen


def _invoice(public_id: str) -> Invoice:
    invoice = db.session.scalar(select(Invoice).where(Invoice.public_id == public_id))
    if invoice is None:
        raise NotFound(_("There is no such invoice."))
    return invoice


@use_case
def allocate(
    actor: Actor,
    line_id: str,
    invoice_id: str,
    reason: str,
    amount: Money | None = None,
    expected_version: int | None = None,
) -> StatementLine:
    """Use a credit, or part of it, for an invoice (both by public id).

    What the invoice doesn't need becomes its payer's credit.

    Raises:
        NotAllowed: not a finance clerk.
        NotFound: no such line or invoice.
        Invalid: no reason, more than is left, or another currency than the invoice's.
        Conflict: the line was changed or explained meanwhile.
    """
    line = _open_credit(actor, line_id, expected_version)
    invoice = _invoice(invoice_id)
    if invoice.currency != line.currency:
        message = _("The line and the invoice are of different currencies.")
        raise Invalid(message, {"invoice": [message]})
    settlement.pay_invoice(
        actor, line, invoice, _amount(line, amount), "hand", required_reason(reason, _("Say why."))
    )
    _close_tasks(actor, line)
    return line


@use_case
def put_to_credit(
    actor: Actor,
    line_id: str,
    company_id: int,
    reason: str,
    amount: Money | None = None,
    expected_version: int | None = None,
) -> StatementLine:
    """Use a credit, or part of it, as credit of a company. Raises as :func:`allocate`."""
    line = _open_credit(actor, line_id, expected_version)
    _check_company(company_id)
    settlement.give_credit(
        actor,
        line,
        company_id,
        _amount(line, amount),
        "hand",
        required_reason(reason, _("Say why.")),
    )
    _close_tasks(actor, line)
    return line


@use_case
def return_to_payer(
    actor: Actor,
    line_id: str,
    company_id: int,
    reason: str,
    expected_version: int | None = None,
) -> Payout:
    """Send what is left of a credit back to the company that it came from.

    It becomes the company's credit, and a payout of all its credit that is due.
    Raises as :func:`allocate`.
    """
    line = _open_credit(actor, line_id, expected_version)
    _check_company(company_id)
    why = required_reason(reason, _("Say why."))
    settlement.give_credit(actor, line, company_id, line.unallocated, "hand", why, sent_back=True)
    _close_tasks(actor, line)
    return pay_out_credit(actor, company_id, line.currency)


def _check_company(company_id: int) -> None:
    if db.session.get(Company, company_id) is None:
        message = _("There is no such company.")
        raise Invalid(message, {"company": [message]})


@use_case
def explain_charges(
    actor: Actor, line_id: str, reason: str, expected_version: int | None = None
) -> StatementLine:
    """A debit was the bank's charge, which the hub bears: DR 5100 / CR 1020.

    The money is made good from the hub's own account; until it arrives, 1090 keeps the debit.

    Raises:
        NotAllowed: not a finance clerk.
        NotFound: no such line.
        Invalid: no reason.
        Conflict: not a debit, or explained meanwhile.
    """
    line = _open_debit(actor, line_id, expected_version)
    amount = line.unallocated
    line.explain(actor, required_reason(reason, _("Say why.")))
    ledger.post(
        actor,
        ledger.Draft(
            f"charges:{line.id}",
            EntryKind.BANK_CHARGES,
            (StatementLine.THING, line.id),
            settings.today(),
            [debit(chart.BANK_CHARGES, "", amount), credit(chart.OWN_BANK, "", amount)],
            reason.strip(),
        ),
    )
    return line


@use_case
def make_good(
    actor: Actor,
    credit_line_id: str,
    debit_line_id: str,
    reason: str,
    expected_version: int | None = None,
) -> StatementLine:
    """A credit makes an unexplained debit or a bank charge good: DR 2900 / CR 1090.

    The smaller of the two is used; what is left of the other stays. Raises as :func:`allocate`.
    """
    line = _open_credit(actor, credit_line_id, expected_version)
    mended = _line(actor, debit_line_id, None)
    if mended.is_credit or mended.account_id != line.account_id:
        raise Conflict(_("Only a debit of the same account can be made good."))
    if not mended.unallocated:
        raise Conflict(_("That debit is made good or explained already. Nothing was changed."))
    amount = min(line.unallocated.minor, mended.unallocated.minor)
    why = required_reason(reason, _("Say why."))
    settlement.mend_debit(actor, line, mended, Money(amount, line.currency), why)
    return line


@use_case
def settle_by_hand(
    actor: Actor,
    line_id: str,
    payout_id: str,
    reason: str,
    expected_version: int | None = None,
) -> StatementLine:
    """A line is the debit of an exported payout, or the return of a settled one.

    Raises:
        NotAllowed: not a finance clerk.
        NotFound: no such line or payout.
        Invalid: no reason.
        Conflict: explained meanwhile, another amount, or the payout awaits no such line.
    """
    line = _line(actor, line_id, expected_version)
    payout = db.session.scalar(select(Payout).where(Payout.public_id == payout_id))
    if payout is None:
        raise NotFound(_("There is no such payout."))
    if line.state is not LineState.UNRECONCILED:
        raise Conflict(_("This line has been explained already. Nothing was changed."))
    if not matching.may_settle(line, payout):
        raise Conflict(
            _("The line does not fit the payout: its amount, account or state is another one.")
        )
    settle = settlement.take_return if line.is_credit else settlement.settle_payout
    settle(actor, line, payout, "hand", required_reason(reason, _("Say why.")))
    return line


@use_case
def rematch(actor: Actor) -> int:
    """Try all untouched lines again; returns how many were settled (NotAllowed unless finance)."""
    actor.require(StaffRole.FINANCE)
    return matching.rematch(actor)


def _open_debit(actor: Actor, public_id: str, expected_version: int | None) -> StatementLine:
    line = _line(actor, public_id, expected_version)
    if line.is_credit:
        raise Conflict(_("Money arrived with this line; it is no charge."))
    if line.state is not LineState.UNRECONCILED or not line.unallocated:
        raise Conflict(_("This line has been explained already. Nothing was changed."))
    return line


def _close_tasks(actor: Actor, line: StatementLine) -> None:
    audit.record(actor, line, "allocated", left=str(line.unallocated))
    if not line.unallocated:
        messaging.close_tasks(actor, StatementLine.THING, line.id)
