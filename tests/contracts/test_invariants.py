"""What is checked of contracts: each check tells what breaks its rule, and nothing else."""

from collections.abc import Iterator
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import Executable, Insert, Update, delete, insert, select, update

from hub.contracts import services
from hub.contracts.invariants import CHECKS
from hub.contracts.models import Contract, ContractCounter, ContractState, Signature
from hub.core import clock, files, settings
from hub.core.actor import SYSTEM, StaffRole
from hub.core.audit import AuditEntry
from hub.core.db.base import db
from hub.core.files import StoredFile
from hub.core.money import Money
from hub.matching.models import Proposal
from hub.payments.ledger import chart
from hub.payments.ledger.models import LedgerBalance, LedgerEntry, LedgerLine
from hub.posting.models import Listing, Side
from tests.broken_books import broken, told, unchecked, unlocked
from tests.contracts.agreements import agree, drawn, pay, performing, sign, signed
from tests.factories import Factories
from tests.payments.money_factories import Entry, FinanceDesk
from tests.transactions import rolled_back

CHECKED = [check for _number, _rule, check in CHECKS]
HELD = chart.HELD_FOR_CONTRACT
#: What the purchaser pays for 40 DTN at 2,600 and a freight of 123.60, in minor units.
TOTAL = 10_400_000 + 494_400

Contracts = dict[str, Contract]


@pytest.fixture(scope="module")
def contracts(schema_app: Flask) -> Iterator[Contracts]:
    """A contract in every state, and another order that money is held for."""
    with rolled_back(schema_app):
        made = _contracts(Factories())
        assert broken(CHECKED) == {}
        yield {
            name: db.session.get_one(Contract, contract.id, populate_existing=True)
            for name, contract in made.items()
        }


def _contracts(make: Factories) -> Contracts:
    broker, finance = make.staff(StaffRole.BROKER), FinanceDesk(make)
    finance.bank_sends(Entry("10.00", structured=finance.invoice("10.00").reference))
    agreement = agree(make)
    made = {"issued": drawn(make), "partly signed": drawn(make, agreement)}
    sign(agreement.supplier, made["partly signed"])
    made |= {name: signed(make)[1] for name in ("signed", "effective", "returned")}
    pay(made["signed"], Money(400_000, "INR"))
    pay(made["effective"])
    pay(made["returned"])
    services.terminate(broker, made["returned"].public_id, "the supplier went silent")
    made |= {name: performing(make)[1] for name in ("settled", "ended")}
    services.settle(SYSTEM, made["settled"].id, Decimal(30))
    services.terminate(broker, made["ended"].public_id, "the goods are rotten")
    return made


def changed(contract: Contract, **values: object) -> Update:
    return update(Contract).where(Contract.id == contract.id).values(**values)


def in_state(contract: Contract, state: str) -> Update:
    over = state in ("voided", "terminated", "defaulted")
    return changed(contract, state=ContractState(state), ended_at=clock.now() if over else None)


def reworded(contract: Contract, **values: object) -> Update:
    """The frozen terms are changed, and nothing beside them."""
    return changed(contract, terms=contract.terms | values)


def held(contract: Contract, minor: int, account: int = HELD) -> Insert:
    """The ledger says that so much is held for a contract for which nothing ever was."""
    values = {"account": account, "currency": "INR", "holder": f"contract:{contract.id}"}
    return insert(LedgerBalance).values(balance_minor=-minor, **values)


def balance(contract: Contract, **values: object) -> Update:
    found = update(LedgerBalance).where(LedgerBalance.holder == f"contract:{contract.id}")
    return found.where(LedgerBalance.account == HELD).values(**values)


def posted(
    contract: Contract, kind: str, account: int, minor: int, subject: str = Contract.THING
) -> list[Executable]:
    """An entry of one line, made by hand."""
    entry = insert(LedgerEntry).values(
        key="by hand",
        kind=kind,
        booked_on=settings.today(),
        posted_at=clock.now(),
        subject_kind=subject,
        subject_id=contract.id,
    )
    made = select(LedgerEntry.id).where(LedgerEntry.key == "by hand").scalar_subquery()
    values = {"account": account, "currency": "INR", "holder": "", "amount_minor": minor}
    return [entry, insert(LedgerLine).values(entry_id=made, **values)]


def of_listing(listing_id: int, filled: str) -> Update:
    return update(Listing).where(Listing.id == listing_id).values(filled=filled)


@pytest.mark.parametrize("state", [ContractState.EFFECTIVE, ContractState.PERFORMING])
def test_all_the_money_is_held_from_the_payment_on(
    contracts: Contracts, state: ContractState
) -> None:
    contract = contracts["effective"]
    for minor in (TOTAL - 1, TOTAL + 1):
        damage = balance(contract, balance_minor=-minor)
        assert told(CHECKED, changed(contract, state=state), damage) == {
            "money_is_held_while_it_is_needed": [
                f"{contract.number} holds {minor}, not its {TOTAL}."
            ]
        }
    assert told(CHECKED, balance(contract, account=chart.HELD_IN_DISPUTE)) == {}


@pytest.mark.parametrize(
    ("name", "state"),
    [
        ("issued", "issued"),
        ("partly signed", "partly_signed"),
        ("issued", "voided"),
        ("settled", "performing"),
        ("returned", "terminated"),
        ("returned", "defaulted"),
    ],
)
def test_nothing_is_held_before_the_signatures_or_after_the_end(
    contracts: Contracts, name: str, state: str
) -> None:
    contract = contracts[name]
    had = name in ("settled", "returned")
    damage = balance(contract, balance_minor=-1) if had else held(contract, 1)
    assert told(CHECKED, damage, in_state(contract, state)) == {
        "money_is_held_while_it_is_needed": [f"{contract.number} is {state} and still holds 1."]
    }
    assert told(CHECKED, held(contract, 1, chart.SELLER_PAYABLE)) == {}


def test_released_and_refunded_are_what_was_and_was_not_accepted(contracts: Contracts) -> None:
    name = "released_is_what_was_accepted"
    settled, effective = contracts["settled"], contracts["effective"]
    released, refunded = 7_800_000 + 370_800, TOTAL - 7_800_000 - 370_800
    assert told(CHECKED, *posted(settled, "refund", HELD, 1)) == {
        name: [f"{settled.number} refunded {refunded + 1}."]
    }
    assert told(CHECKED, *posted(settled, "release", HELD, 1)) == {
        name: [f"{settled.number} released {released + 1}, accepted is {released}."]
    }
    assert told(CHECKED, *posted(effective, "release", HELD, 1)) == {
        name: [f"{effective.number} released 1, accepted is 0."]
    }
    for kind in ("release", "refund"):
        assert told(CHECKED, *posted(settled, kind, HELD, 1, "order")) == {}
        assert told(CHECKED, *posted(settled, kind, chart.SELLER_PAYABLE, 1)) == {}


def test_never_more_is_released_than_was_paid(contracts: Contracts) -> None:
    settled = contracts["settled"]
    more = changed(settled, accepted_quantity="40.001")
    goods, freight = 10_400_260, 494_412
    assert told(CHECKED, *unchecked("contract", "accepted_quantity"), more) == {
        "released_is_what_was_accepted": [
            f"{settled.number} refunded 2723600.",
            f"{settled.number} released 8170800, accepted is {goods + freight}.",
            f"{settled.number} released more than was paid.",
        ],
        "commission_is_the_frozen_rate": [f"{settled.number} took 78000, not 104003."],
    }


def test_the_commission_is_taken_at_the_rate_that_was_agreed(contracts: Contracts) -> None:
    name = "commission_is_the_frozen_rate"
    settled, issued = contracts["settled"], contracts["issued"]
    other_rate = {name: [f"{issued.number} has another rate than was agreed."]}
    agreed = update(Proposal).where(Proposal.id == issued.proposal_id)
    assert told(CHECKED, agreed.values(commission_rate="0.010001")) == other_rate
    assert told(CHECKED, reworded(issued, commission_rate="0.010001")) == other_rate
    assert told(CHECKED, changed(issued, commission_rate="0.010001")) == other_rate | {
        "text_and_amounts_agree": [
            f"{issued.number}: the text has other amounts than the contract."
        ]
    }
    income = chart.COMMISSION_INCOME
    assert told(CHECKED, *posted(settled, "release", income, -1)) == {
        name: [f"{settled.number} took 78001, not 78000."]
    }
    assert told(CHECKED, *posted(issued, "release", income, -1)) == {
        name: [f"{issued.number} took 1, not 0."]
    }


@pytest.mark.parametrize("part", ["goods", "freight", "commission"])
def test_the_amounts_are_those_of_the_text_and_of_the_price(
    contracts: Contracts, part: str
) -> None:
    issued, column = contracts["issued"], f"{part}_minor"
    more = {column: getattr(issued, column) + 1}
    total = {} if part == "commission" else {"total_minor": TOTAL + 1}
    text, kept = reworded(issued, **more, **total), changed(issued, **more)
    for damage in ([text], [kept], [text, kept]):
        assert told(CHECKED, *damage) == {
            "text_and_amounts_agree": [
                f"{issued.number}: the text has other amounts than the contract."
            ]
        }


def test_a_text_that_contradicts_itself_is_told(contracts: Contracts) -> None:
    issued = contracts["issued"]
    assert told(CHECKED, reworded(issued, total_minor=TOTAL + 1)) == {
        "text_and_amounts_agree": [
            f"{issued.number}: total_minor must be goods_minor plus freight_minor."
        ]
    }


@pytest.mark.parametrize(
    "values", [{"quantity": "40.001"}, {"unit_price": "2600.0001"}], ids=["quantity", "price"]
)
def test_quantity_and_price_are_those_of_the_text(
    contracts: Contracts, values: dict[str, str]
) -> None:
    issued = contracts["issued"]
    assert told(CHECKED, reworded(issued, **values)) == {
        "text_and_amounts_agree": [f"{issued.number}: the text has another quantity or price."]
    }


def sha256_of(file_id: int | None) -> str:
    return db.session.get_one(StoredFile, file_id).sha256


@pytest.mark.parametrize("which", ["issued", "sealed"])
def test_a_file_that_is_lost_or_damaged_is_told(contracts: Contracts, which: str) -> None:
    contract = contracts["effective"]
    sha256 = sha256_of(getattr(contract, f"{which}_file_id"))
    path = files.path_of(sha256)
    whole = path.read_bytes()
    assert broken(CHECKED) == {}
    try:
        path.write_bytes(whole[:-1])
        cut = broken(CHECKED)
        path.unlink()
        lost = broken(CHECKED)
    finally:
        path.write_bytes(whole)
    assert cut == {"files_are_intact": [f"{contract.number}: The stored file {sha256} is damaged."]}
    assert lost == {
        "files_are_intact": [f"{contract.number}: [Errno 2] No such file or directory: '{path}'"]
    }


def test_the_sealed_file_begins_with_the_issued_one(contracts: Contracts) -> None:
    contract, other = contracts["effective"], contracts["settled"]
    assert told(CHECKED, changed(contract, sealed_file_id=other.sealed_file_id)) == {
        "files_are_intact": [f"{contract.number}: the sealed file holds another text."]
    }


def signature(contract: Contract, side: Side) -> Insert:
    """One more signature, by whoever signed first."""
    first = db.session.scalars(select(Signature).order_by(Signature.id).limit(1)).one()
    names = ("company_id", "user_id", "company_name", "user_name", "user_role", "signed_at")
    return insert(Signature).values(
        contract_id=contract.id,
        side=side,
        sha256=sha256_of(contract.issued_file_id),
        **{name: getattr(first, name) for name in names},
    )


def test_there_are_as_many_signatures_as_the_state_says(contracts: Contracts) -> None:
    def told_of(contract: Contract, count: int, state: str = "") -> dict[str, list[str]]:
        sentence = f"{contract.number} is {state or contract.state} with {count} signatures."
        return {"signatures_fit_the_state": [sentence]}

    issued, partly = contracts["issued"], contracts["partly signed"]
    assert told(CHECKED, signature(issued, Side.SUPPLY)) == told_of(issued, 1)
    assert told(CHECKED, signature(partly, Side.DEMAND)) == told_of(partly, 2)
    for called_off in (issued, partly):
        assert told(CHECKED, in_state(called_off, "voided")) == {}
    damage = [in_state(partly, "voided"), signature(partly, Side.DEMAND)]
    assert told(CHECKED, *damage) == told_of(partly, 2, "voided")
    for name in ("partly signed", "signed", "effective", "settled", "ended"):
        contract = contracts[name]
        lost = delete(Signature).where(
            Signature.contract_id == contract.id, Signature.side == Side.SUPPLY
        )
        left = 0 if name == "partly signed" else 1
        assert told(CHECKED, *unlocked("signature"), lost) == told_of(contract, left)


def test_every_signature_is_under_the_issued_bytes(contracts: Contracts) -> None:
    contract = contracts["signed"]
    other = update(Signature).where(
        Signature.contract_id == contract.id, Signature.side == Side.DEMAND
    )
    assert told(CHECKED, *unlocked("signature"), other.values(sha256="0" * 64)) == {
        "signatures_fit_the_state": [f"{contract.number} bears a signature under other bytes."]
    }


def test_the_numbers_of_a_year_have_no_gaps(contracts: Contracts) -> None:
    year, last = db.session.execute(select(ContractCounter.year, ContractCounter.last)).one()
    assert last == len(contracts)

    def gaps(year: int) -> dict[str, list[str]]:
        return {"numbers_have_no_gaps": [f"The contract numbers of {year} have gaps."]}

    for wrong in (last - 1, last + 1):
        assert told(CHECKED, update(ContractCounter).values(last=wrong)) == gaps(year)
    assert told(CHECKED, delete(ContractCounter)) == gaps(year)
    unused = insert(ContractCounter).values(year=year + 1, last=1)
    assert told(CHECKED, unused) == gaps(year + 1)
    beyond = changed(contracts["issued"], number=f"{year}-{last + 1:06d}")
    assert told(CHECKED, beyond) == gaps(year)


@pytest.mark.parametrize("name", ["signed", "effective", "settled", "ended"])
def test_what_a_contract_binds_of_its_listings_is_filled(contracts: Contracts, name: str) -> None:
    supply, demand = contracts[name].supply_id, contracts[name].demand_id
    for listing, filled, told_of in ((supply, "39.999", "39.999"), (demand, "0", "0")):
        assert told(CHECKED, of_listing(listing, filled)) == {
            "filled_is_what_was_signed": [
                f"Listing {listing}: filled is {told_of}, contracts bind 40.000."
            ]
        }


@pytest.mark.parametrize("name", ["issued", "partly signed", "returned"])
def test_what_no_contract_binds_is_not_filled(contracts: Contracts, name: str) -> None:
    listing = contracts[name].supply_id
    assert told(CHECKED, of_listing(listing, "0.001")) == {
        "filled_is_what_was_signed": [f"Listing {listing}: filled is 0.001, contracts bind 0."]
    }


def test_a_completed_contract_goes_on_to_bind(contracts: Contracts) -> None:
    completed = {"state": ContractState.COMPLETED, "completed_at": clock.now()}
    assert told(CHECKED, changed(contracts["settled"], **completed)) == {}


def test_the_end_of_something_else_with_its_number_binds_nothing(contracts: Contracts) -> None:
    ended = {"state_from": "performing", "state_to": "terminated"}
    other = insert(AuditEntry).values(
        at=clock.now(),
        actor_name="",
        is_staff=False,
        thing_kind="order",
        thing_id=contracts["returned"].id,
        action="terminate",
        **ended,
    )
    assert told(CHECKED, other) == {}
