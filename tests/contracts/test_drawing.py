"""From an accepted proposal to the bytes that two companies sign."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select

from hub.accounts.models import CompanyBankAccount
from hub.catalogue.models import AttributeKind, CommodityAttribute
from hub.contracts import services
from hub.contracts.drawing.documents import render_contract
from hub.contracts.models import Contract, ContractCounter, ContractState
from hub.contracts.terms import ContractTerms
from hub.core import audit, clock, settings
from hub.core.actor import SYSTEM, StaffRole
from hub.core.audit import AuditEntry
from hub.core.db.base import db
from hub.core.errors import Conflict, Invalid, NotAllowed, NotFound
from hub.core.use_case import use_case
from hub.matching.models import ProposalState
from hub.messaging.models import Notice, StaffTask
from hub.payments import reference
from hub.payments.ledger.models import DesignatedAccount
from tests.contracts.agreements import agree, drawn, sign
from tests.factories import Factories

NOON = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)


@use_case
def set_up_hub(**values: object) -> None:
    settings.change(SYSTEM, **values)


def test_freezes_what_was_agreed(make: Factories) -> None:
    clock.set_to(NOON)
    set_up_hub(legal_name="Deccan Hub", address="4th floor\nHyderabad", law="Indian law applies.")
    onion = make.commodity(names={"zh_Hans": "洋葱"})
    onion.attributes.append(
        CommodityAttribute(
            code="size", name="Bulb size", names={"zh_Hans": "大小"}, kind=AttributeKind.TEXT
        )
    )
    db.session.commit()
    agreement = agree(
        make,
        supply={"attributes": {"size": "45-65 mm"}, "packaging": "mesh bags"},
        demand={"ready_from": make.someday(5), "ready_until": make.someday(10)},
    )
    contract = drawn(make, agreement)
    assert contract.number == "2026-000001"
    assert contract.state is ContractState.ISSUED
    assert contract.sign_until == NOON + timedelta(days=5)
    assert (contract.goods_minor, contract.freight_minor) == (10_400_000, 494_400)
    assert contract.commission_minor == 104_000
    assert contract.supplier_account_id == agreement.supply.company.bank_accounts[0].id
    terms = ContractTerms.from_json(contract.terms)
    assert terms.hub.legal_name == "Deccan Hub"
    assert terms.hub.address == ("4th floor", "Hyderabad")
    assert terms.law.en == "Indian law applies."
    assert terms.supplier.legal_name == agreement.supply.company.legal_name
    assert terms.purchaser.country == "India"
    assert (terms.commodity_name.en, terms.commodity_name.zh) == ("Onion", "洋葱")
    assert terms.hs_code == "070310"
    assert terms.attributes == (("Bulb size", "大小", "45-65 mm"),)
    assert terms.packaging == "mesh bags"
    assert (terms.delivery_from, terms.delivery_until) == (make.someday(5), make.someday(10))
    assert terms.payment_account.account_number == "00000042"
    assert terms.payment_reference == reference.create("2026000001")
    assert (terms.payment_days, terms.acceptance_days) == (7, 3)
    assert terms.verification_url.endswith("/verify/2026-000001")
    assert terms.total_minor == 10_894_400


def test_the_stored_terms_give_the_issued_bytes_again(make: Factories) -> None:
    contract = drawn(make)
    before = contract.issued_file.read()
    make.commodity().name = "Renamed"
    db.session.commit()
    assert render_contract(ContractTerms.from_json(contract.terms)) == before


def test_numbers_follow_each_other_in_each_year(make: Factories) -> None:
    clock.set_to(NOON)
    assert [drawn(make).number for _ in range(2)] == ["2026-000001", "2026-000002"]
    # In the hub's zone, Asia/Kolkata, the new year has begun.
    clock.set_to(datetime(2026, 12, 31, 20, 0, tzinfo=UTC))
    assert drawn(make).number == "2027-000001"
    counters = db.session.execute(select(ContractCounter.year, ContractCounter.last)).all()
    assert sorted(map(tuple, counters)) == [(2026, 2), (2027, 1)]


def test_a_drawing_that_fails_gives_its_number_back(make: Factories) -> None:
    clock.set_to(NOON)
    make.designated_account()
    agreement = agree(make)

    @use_case
    def draw_and_fail() -> None:
        services.draw(SYSTEM, agreement.proposal.id)
        raise RuntimeError("after the drawing")

    with pytest.raises(RuntimeError):
        draw_and_fail()
    assert db.session.scalar(select(func.count(Contract.id))) == 0
    assert drawn(make, agreement).number == "2026-000001"


def test_both_sides_are_told(make: Factories) -> None:
    agreement = agree(make)
    contract = drawn(make, agreement)
    told = db.session.execute(select(Notice.user_id, Notice.path)).all()
    path = f"/contracts/{contract.public_id}/sign"
    assert sorted(map(tuple, told)) == [
        (agreement.supplier.user_id, path),
        (agreement.purchaser.user_id, path),
    ]


def test_what_stands_against_it_becomes_a_task_and_is_told_once(make: Factories) -> None:
    make.designated_account()
    agreement = agree(make)
    account = db.session.scalars(
        select(CompanyBankAccount).where(
            CompanyBankAccount.company_id == agreement.supply.company_id
        )
    ).one()
    account.verified_at = None
    db.session.commit()
    assert services.draw(SYSTEM, agreement.proposal.id) is None
    assert services.draw_waiting(SYSTEM) == 0
    task = db.session.scalars(select(StaffTask)).one()
    assert (task.role, task.kind) == (StaffRole.BROKER, "draw_contract")
    assert task.parameters == {
        "company": agreement.supply.company.legal_name,
        "currency": "INR",
    }
    assert task.path == f"/contracts/draw/{agreement.proposal.public_id}"
    told = db.session.scalars(select(Notice.user_id)).all()
    assert told == [agreement.supplier.user_id]
    assert db.session.scalar(select(func.count(Contract.id))) == 0

    account.verified_at = clock.now()
    db.session.commit()
    assert services.draw_waiting(SYSTEM) == 1
    assert task.closed_at is not None
    assert db.session.scalars(select(Contract.proposal_id)).one() == agreement.proposal.id


def test_without_a_designated_account_a_broker_is_asked_and_draws_later(make: Factories) -> None:
    agreement = agree(make)
    assert services.draw(SYSTEM, agreement.proposal.id) is None
    assert "no designated account in INR" in (services.hindrance_of(agreement.proposal) or "")
    make.designated_account()
    broker = make.staff(StaffRole.BROKER)
    contract = services.draw_again(broker, agreement.proposal.public_id)
    assert contract is not None
    with pytest.raises(NotFound):
        services.draw_again(broker, agreement.proposal.public_id)


@pytest.mark.parametrize(
    ("terms", "demand"),
    [({"quantity": "0.001", "unit_price": "0.0001"}, {}), ({}, {"ready_from": 30, "until": 40})],
    ids=["worthless", "no common window"],
)
def test_what_no_contract_can_say_becomes_a_task(
    make: Factories, terms: dict[str, Any], demand: dict[str, int]
) -> None:
    make.designated_account()
    window = {}
    if demand:
        window = {
            "ready_from": make.someday(demand["ready_from"]),
            "ready_until": make.someday(demand["until"]),
        }
    agreement = agree(make, demand=window, **terms)
    assert services.draw(SYSTEM, agreement.proposal.id) is None
    assert db.session.scalar(select(func.count(StaffTask.id))) == 1


def test_is_drawn_once_and_only_when_both_have_accepted(make: Factories) -> None:
    agreement = agree(make)
    drawn(make, agreement)
    with pytest.raises(Conflict, match="drawn already"):
        services.draw(SYSTEM, agreement.proposal.id)
    other = agree(make)
    other.proposal.state = ProposalState.CONSENTED
    db.session.commit()
    with pytest.raises(Conflict, match="both sides"):
        services.draw(SYSTEM, other.proposal.id)
    with pytest.raises(NotAllowed):
        services.draw(other.supplier, other.proposal.id)
    with pytest.raises(NotFound):
        services.draw(SYSTEM, 999_999)
    assert db.session.scalar(select(func.count(Contract.id))) == 1


def revise(make: Factories, contract: Contract, **changes: object) -> Contract:
    values: dict[str, Any] = {
        "expected_version": contract.version,
        "delivery_from": contract.delivery_from,
        "delivery_until": contract.delivery_until,
        "incoterm": contract.terms["incoterm"],
        "packaging": contract.terms["packaging"],
        "notes": contract.terms["notes"],
        "reason": "agreed by telephone",
    } | changes
    broker = make.staff(StaffRole.BROKER)
    return services.revise(broker, contract.public_id, **values)


def test_a_broker_changes_the_text_and_the_old_one_stays_in_the_history(make: Factories) -> None:
    contract = drawn(make)
    before = contract.issued_file
    revised = revise(
        make,
        contract,
        delivery_from=make.someday(6),
        delivery_until=make.someday(9),
        notes="Weighed on the supplier's scales.",
    )
    assert revised.issued_file.sha256 != before.sha256
    assert (revised.delivery_from, revised.delivery_until) == (make.someday(6), make.someday(9))
    terms = ContractTerms.from_json(revised.terms)
    assert render_contract(terms) == revised.issued_file.read()
    assert terms.notes == "Weighed on the supplier's scales."
    entry = audit.history([(Contract.THING, contract.id)])[0]
    assert (entry.action, entry.reason) == ("revise", "agreed by telephone")
    assert entry.details["replaced_sha256"] == before.sha256
    assert set(entry.details["changed"]) == {"delivery_from", "delivery_until", "notes"}
    assert before.read().startswith(b"%PDF")


def test_the_first_signature_ends_editing(make: Factories) -> None:
    agreement = agree(make)
    contract = drawn(make, agreement)
    sha256, version = contract.issued_file.sha256, contract.version
    sign(agreement.supplier, contract)
    for expected in (version, contract.version):
        with pytest.raises(Conflict, match="signed or changed"):
            revise(make, contract, notes="more", expected_version=expected)
    assert contract.issued_file.sha256 == sha256


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"reason": " "}, "reason"),
        ({"incoterm": ""}, "incoterm"),
        ({"delivery_from": 9, "delivery_until": 6}, "delivery_until"),
        ({"delivery_from": -9, "delivery_until": -6}, "delivery_until"),
        ({}, ""),
    ],
)
def test_refuses_a_revision_that_makes_no_sense(
    make: Factories, changes: dict[str, object], field: str
) -> None:
    contract = drawn(make)
    before = contract.issued_file.sha256
    dated = {
        name: make.someday(value) if isinstance(value, int) else value
        for name, value in changes.items()
    }
    with pytest.raises(Invalid) as refusal:
        revise(make, contract, **dated)
    assert list(refusal.value.fields) == ([field] if field else [])
    assert contract.issued_file.sha256 == before
    assert (
        db.session.scalar(select(func.count(AuditEntry.id)).where(AuditEntry.action == "revise"))
        == 0
    )


def test_only_brokers_revise_and_strangers_find_nothing(make: Factories) -> None:
    agreement = agree(make)
    contract = drawn(make, agreement)
    values: dict[str, Any] = {
        "expected_version": contract.version,
        "delivery_from": contract.delivery_from,
        "delivery_until": contract.delivery_until,
        "incoterm": "FCA elsewhere",
        "packaging": "",
        "notes": "",
        "reason": "because",
    }
    with pytest.raises(NotAllowed):
        services.revise(agreement.supplier, contract.public_id, **values)
    with pytest.raises(NotFound):
        services.revise(make.trader(), contract.public_id, **values)
    assert contract.terms["incoterm"] == "FCA Maharashtra, Incoterms 2020"


def test_a_revision_names_the_accounts_of_today(make: Factories) -> None:
    contract = drawn(make)
    old = db.session.scalars(select(DesignatedAccount)).one()
    old.retired_at = clock.now()
    db.session.flush()
    fresh = DesignatedAccount(
        use=old.use,
        currency="INR",
        holder="Hub",
        bank_name="New Bank",
        country="DE",
        iban="DE89370400440532013000",
        created_at=clock.now(),
    )
    db.session.add(fresh)
    db.session.commit()
    revised = revise(make, contract)
    assert ContractTerms.from_json(revised.terms).payment_account.iban == fresh.iban
    assert revised.quantity == Decimal(40)
