"""Whatever is earned, given back and paid, in whatever order: the books of partners stay right."""

from contextlib import suppress
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import Phase, example, given
from hypothesis import settings as how
from hypothesis import strategies as st

from hub.accounts.models import Company
from hub.affiliates import queries, services
from hub.core import clock
from hub.core.db.base import db
from hub.core.errors import Conflict
from hub.core.money import Money, share
from hub.payments.payouts.models import Payout
from tests.affiliates.partner_factories import PartnerOffice, broken, shares
from tests.examples import examples
from tests.transactions import undone

MEMBERS, SUBJECTS = 2, 2

#: (what is done, which member, for which subject, how much or how many days are waited first)
WHO = (st.integers(0, MEMBERS - 1), st.integers(1, SUBJECTS))
NOBODY = (st.just(0), st.just(0))
EARN = st.tuples(st.just("earn"), *WHO, st.integers(1, 300))
GIVE_BACK = st.tuples(st.just("back"), *WHO, st.sampled_from([5, 50, 200, 900]))
PAY = st.tuples(st.just("pay"), *NOBODY, st.sampled_from([0, 30, 30]))
AGAIN = st.tuples(st.just("again"), *NOBODY, st.just(0))
STEPS = st.lists(st.one_of(EARN, EARN, PAY, GIVE_BACK, EARN, PAY, AGAIN), min_size=6, max_size=14)

#: What was paid goes back while other shares are unpaid, and what made it good goes back, too.
PAID_TOO_MUCH = [
    ("earn", 0, 1, 200),
    ("pay", 0, 0, 30),
    ("earn", 0, 2, 120),
    ("earn", 1, 1, 150),
    ("back", 0, 1, 200),
    ("again", 0, 0, 0),
    ("back", 0, 2, 50),
    ("earn", 1, 2, 300),
    ("pay", 0, 0, 30),
    ("back", 1, 2, 300),
    ("earn", 0, 1, 90),
    ("pay", 0, 0, 30),
]


class Book:
    """What was done, and what of each income is left by the hub's own count."""

    def __init__(self, office: PartnerOffice, members: list[int]) -> None:
        self.office = office
        self.members = [db.session.get_one(Company, member) for member in members]
        self.left: dict[str, int] = {}
        self.last: tuple[str, int, int, int, str] | None = None
        self.numbers = 0

    def earn(self, member: int, subject: int, minor: int) -> None:
        key = f"income:{member}:{subject}:{self._next()}"
        self.left[key] = minor
        self._do("earn", member, subject, minor, key)

    def back(self, member: int, subject: int, minor: int) -> None:
        """Give back at most what is left of the subject's income, the latest first."""
        keys = [key for key in self.left if key.startswith(f"income:{member}:{subject}:")]
        minor = min(minor, sum(self.left[key] for key in keys))
        if not minor:
            return
        rest = minor
        for key in reversed(keys):
            # Income of which no share came, being too small, has nothing to give back to.
            part = min(rest, self.left[key]) if self._has_share(key) else 0
            self.left[key] -= part
            rest -= part
        self._do("give_back", member, subject, minor, f"back:{self._next()}")

    def again(self) -> None:
        """What was done last is announced once more."""
        if self.last is not None:
            self._do(*self.last)

    def _next(self) -> int:
        self.numbers += 1
        return self.numbers

    def _has_share(self, key: str) -> bool:
        return any(row.income_key == key for row in shares())

    def _do(self, verb: str, member: int, subject: int, minor: int, key: str) -> None:
        self.last = (verb, member, subject, minor, key)
        amount = str(Decimal(minor).scaleb(-2))
        getattr(self.office, verb)(self.members[member], amount, key, subject=subject)


@pytest.fixture
def members(office: PartnerOffice) -> list[int]:
    """The ids of two members; the hub has earned something from a stranger, too."""
    office.earn(office.stranger(), "1000.00", "base")
    return [office.member().id for _number in range(MEMBERS)]


@how(
    max_examples=examples(10),
    phases=(Phase.explicit, Phase.generate),
    database=None,
)
@given(steps=STEPS)
@example(steps=PAID_TOO_MUCH)
def test_any_sequence_reconciles(
    office: PartnerOffice, members: list[int], steps: list[tuple[str, int, int, int]]
) -> None:
    with undone(), clock.standing_at(clock.now()):
        book = Book(office, members)
        for verb, member, subject, number in steps:
            if verb == "earn":
                book.earn(member, subject, number)
            elif verb == "back":
                book.back(member, subject, number)
            elif verb == "pay":
                clock.advance(timedelta(days=number))
                with suppress(Conflict):
                    services.pay_out(office.owner, "INR")
            else:
                book.again()
            _reconcile(office, book)
        assert broken() == []


def _reconcile(office: PartnerOffice, book: Book) -> None:
    """The ledger, the shares and an own count of the income agree."""
    rate = Decimal("0.10")
    entitled = sum(share(Money(left, "INR"), rate).minor for left in book.left.values())
    paid = sum(payout.amount_minor for payout in db.session.query(Payout))
    owed = -office.books()[2800]
    debt = queries.debt_of(office.partner_id, "INR")
    assert owed >= 0
    assert office.books()[5300] == owed + paid
    assert owed + paid - debt == entitled
    assert debt == 0 or owed == 0
    assert [row.amount_minor - row.taken_back_minor for row in shares()] == [
        share(Money(book.left[row.income_key], "INR"), row.rate).minor for row in shares()
    ]
