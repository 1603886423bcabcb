"""Who is told what about a contract: each is one line for the person and one mail."""

from hub.contracts.models import Contract, ContractState
from hub.core import paths
from hub.core.actor import CompanyRole
from hub.core.formats import written
from hub.core.i18n import N_
from hub.core.numbers import plain
from hub.messaging.services import notify_company
from hub.posting.models import Side

TRADERS = (CompanyRole.OWNER, CompanyRole.TRADER)
EVERYBODY = (CompanyRole.OWNER, CompanyRole.TRADER, CompanyRole.FINANCE)


def tell_issued(contract: Contract) -> None:
    """Both sides: there is a contract to sign."""
    for side in Side:
        _tell_traders(
            contract, side, N_("Contract %(number)s over %(total)s is ready for your signature.")
        )


def tell_revised(contract: Contract) -> None:
    """Both sides: the text to sign is another one."""
    for side in Side:
        _tell_traders(
            contract, side, N_("The text of contract %(number)s was changed; read it and sign it.")
        )


def tell_signed_by(contract: Contract, side: Side) -> None:
    """The side that has not signed: the other one has."""
    _tell_traders(
        contract,
        side.other,
        N_("Your partner signed contract %(number)s over %(total)s. It waits for your signature."),
    )


def remind_to_sign(contract: Contract) -> None:
    """Whoever has not signed: the time runs out."""
    for side in Side:
        if contract.signature_of(side) is None:
            _tell_traders(
                contract,
                side,
                N_("Contract %(number)s lapses unless it is signed soon; it waits for you."),
            )


def tell_signed(contract: Contract) -> None:
    """Both sides: it binds. Payments tell the purchaser how to pay."""
    _tell_both(contract, N_("Contract %(number)s is signed by both sides and sealed by the hub."))


def tell_effective(contract: Contract) -> None:
    """The supplier: get the goods ready. Payments tell the purchaser that the money came."""
    notify_company(
        contract.supplier_id,
        EVERYBODY,
        N_(
            "The money for contract %(number)s is here. Get %(quantity)s %(unit)s of %(commodity)s "
            "ready; the hub names the depot."
        ),
        _values(contract),
        paths.trade(contract.public_id),
    )


def tell_completed(contract: Contract) -> None:
    """Both sides: nothing is left to do."""
    _tell_both(
        contract, N_("Contract %(number)s is completed: goods and money are where they belong.")
    )


_ENDED = {
    ContractState.VOIDED: N_("Contract %(number)s was voided before both had signed: %(reason)s"),
    ContractState.DEFAULTED: N_("Contract %(number)s ended: it was not paid in time."),
    ContractState.TERMINATED: N_("The hub ended contract %(number)s: %(reason)s"),
}


def tell_ended(contract: Contract) -> None:
    """Both sides: it ended early, and why."""
    _tell_both(contract, _ENDED[contract.state], reason=contract.ended_reason)


def _tell_both(contract: Contract, message: str, **parameters: str) -> None:
    values = _values(contract) | parameters
    for side in Side:
        notify_company(
            contract.company_of(side), EVERYBODY, message, values, paths.trade(contract.public_id)
        )


def _tell_traders(contract: Contract, side: Side, message: str) -> None:
    notify_company(
        contract.company_of(side),
        TRADERS,
        message,
        _values(contract),
        paths.contract_signing(contract.public_id),
    )


def _values(contract: Contract) -> dict[str, str]:
    return {
        "number": contract.number,
        "total": written(contract.total),
        "quantity": plain(contract.quantity),
        "unit": contract.unit_code,
        "commodity": str(contract.terms["commodity_name"]["en"]),
    }
