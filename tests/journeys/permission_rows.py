"""The words of the table of permissions: the roles in groups, the outcomes, the kinds of rows."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from tests.journeys.trades_in_every_state import Role

ANONYMOUS = Role.ANONYMOUS
SUPPLIER, SUPPLIER_FINANCE = Role.SUPPLIER, Role.SUPPLIER_FINANCE
SUPPLIER_VIEWER, PURCHASER = Role.SUPPLIER_VIEWER, Role.PURCHASER
STRANGER, UNVERIFIED = Role.STRANGER, Role.UNVERIFIED
BROKER, FINANCE, DEPOT = Role.BROKER, Role.FINANCE, Role.DEPOT
OTHER_DEPOT, VERIFIER, ADMINISTRATOR = Role.OTHER_DEPOT, Role.VERIFIER, Role.ADMINISTRATOR
ADVERTISING = Role.ADVERTISING

EVERYBODY = frozenset(Role)
SUPPLIER_PEOPLE = frozenset({SUPPLIER, SUPPLIER_FINANCE, SUPPLIER_VIEWER})
PARTIES = SUPPLIER_PEOPLE | {PURCHASER}
COMPANY_PEOPLE = PARTIES | {STRANGER, UNVERIFIED}
OWNERS = COMPANY_PEOPLE - {SUPPLIER_FINANCE, SUPPLIER_VIEWER}
STAFF = EVERYBODY - COMPANY_PEOPLE - {ANONYMOUS}
OFFICE = frozenset({BROKER, FINANCE, ADMINISTRATOR})
BROKERS = frozenset({BROKER, ADMINISTRATOR})
KEEPERS = frozenset({DEPOT, BROKER, ADMINISTRATOR})
READERS = frozenset({FINANCE, ADMINISTRATOR})
CHECKERS = frozenset({VERIFIER, ADMINISTRATOR})
AD_STAFF = frozenset({ADVERTISING, ADMINISTRATOR})
TRADERS = frozenset({SUPPLIER, PURCHASER, STRANGER})
#: Who decides about the money of a company.
PAYERS = COMPANY_PEOPLE - {SUPPLIER_VIEWER}
#: Who belongs to the supplier but may not trade for it, and who sees its listings all the same.
NO_TRADERS = frozenset({SUPPLIER_FINANCE, SUPPLIER_VIEWER})


class Outcome(StrEnum):
    """What an address answers."""

    LET_IN = "let in"
    SIGN_IN = "sent to sign in"
    FORBIDDEN = "forbidden (403)"
    HIDDEN = "not found (404)"


@dataclass(frozen=True)
class Row:
    """An address, what is sent to it, and the outcome for each role.

    ``records`` are the tables that a look by some of them adds to: what was advertised and clicked
    is recorded, by design, and nothing else is written by looking.
    """

    endpoint: str
    method: str
    path: str
    outcomes: Mapping[Role, Outcome]
    form: Mapping[str, str] = field(default_factory=dict)
    upload: str = ""
    records: frozenset[str] = frozenset()

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def _row(
    endpoint: str,
    method: str,
    path: str,
    let_in: Collection[Role],
    rest: Outcome,
    *,
    forbidden: Collection[Role] = (),
    hidden: Collection[Role] = (),
    upload: str = "",
    form: Mapping[str, str] | None = None,
    records: Collection[str] = (),
) -> Row:
    outcomes = dict.fromkeys(Role, rest)
    outcomes[ANONYMOUS] = Outcome.SIGN_IN
    outcomes |= dict.fromkeys(forbidden, Outcome.FORBIDDEN)
    outcomes |= dict.fromkeys(hidden, Outcome.HIDDEN)
    outcomes |= dict.fromkeys(let_in, Outcome.LET_IN)
    return Row(endpoint, method, path, outcomes, form or {}, upload, frozenset(records))


def public(
    endpoint: str,
    method: str,
    path: str,
    form: Mapping[str, str] | None = None,
    records: Collection[str] = (),
) -> Row:
    """Open to everybody."""
    return _row(endpoint, method, path, EVERYBODY, Outcome.LET_IN, form=form, records=records)


def signed_in(endpoint: str, method: str, path: str, form: Mapping[str, str] | None = None) -> Row:
    """For everybody who has signed in."""
    return _row(endpoint, method, path, EVERYBODY - {ANONYMOUS}, Outcome.LET_IN, form=form)


def nobody(endpoint: str, method: str, path: str) -> Row:
    """There only in a demonstration."""
    return _row(endpoint, method, path, (), Outcome.HIDDEN, hidden=EVERYBODY)


def work(
    endpoint: str,
    method: str,
    path: str,
    let_in: Collection[Role],
    hidden: Collection[Role] = (),
    form: Mapping[str, str] | None = None,
) -> Row:
    """Pages of a kind of work: whoever hasn't that role is told so."""
    return _row(endpoint, method, path, let_in, Outcome.FORBIDDEN, hidden=hidden, form=form)


def own(
    endpoint: str,
    method: str,
    path: str,
    let_in: Collection[Role],
    forbidden: Collection[Role] = (),
    hidden: Collection[Role] = (),
    upload: str = "",
    form: Mapping[str, str] | None = None,
    records: Collection[str] = (),
) -> Row:
    """Things that belong to somebody: to others they don't exist."""
    return _row(
        endpoint,
        method,
        path,
        let_in,
        Outcome.HIDDEN,
        forbidden=forbidden,
        hidden=hidden,
        upload=upload,
        form=form,
        records=records,
    )
