"""Reading the ledger: how it names holders, and the designated accounts in use."""

from sqlalchemy import select

from hub.core.db.base import db
from hub.core.errors import Invalid
from hub.core.i18n import _
from hub.payments.ledger.models import AccountUse, DesignatedAccount

Subject = tuple[str, int]


def account_holder(account_id: int) -> str:
    """How the ledger names a designated account."""
    return f"account:{account_id}"


def company_holder(company_id: int) -> str:
    """How the ledger names a company."""
    return f"company:{company_id}"


def subject_holder(subject: Subject) -> str:
    """How the ledger names what money is held for, such as ``contract:17``."""
    return f"{subject[0]}:{subject[1]}"


def payment_account(currency: str) -> DesignatedAccount:
    """The account that purchasers pay ``currency`` into (Invalid if the hub has none)."""
    found = _current_account(currency, AccountUse.CLIENT)
    if found is None:
        raise Invalid(
            _("The hub has no designated bank account in %(currency)s yet.", currency=currency)
        )
    return found


def own_account(currency: str) -> DesignatedAccount:
    """The hub's own account in ``currency`` (Invalid if it has none)."""
    found = _current_account(currency, AccountUse.OWN)
    if found is None:
        raise Invalid(
            _("The hub has no bank account of its own in %(currency)s yet.", currency=currency)
        )
    return found


def _current_account(currency: str, use: AccountUse) -> DesignatedAccount | None:
    return db.session.scalar(
        select(DesignatedAccount).where(
            DesignatedAccount.currency == currency,
            DesignatedAccount.use == use,
            DesignatedAccount.retired_at.is_(None),
        )
    )
