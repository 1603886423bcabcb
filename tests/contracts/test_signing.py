"""Two people sign the same bytes; the hub seals them, or nothing happens at all."""

import subprocess
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import func, select

from hub.contracts import invariants, services
from hub.contracts.models import Contract, ContractState, Signature
from hub.contracts.seal.provider import current_seal
from hub.contracts.seal.sealing import verify_seal
from hub.core import clock
from hub.core.actor import SYSTEM, Actor, CompanyRole, StaffRole
from hub.core.audit import AuditEntry
from hub.core.db.base import db
from hub.core.errors import Conflict, Invalid, InvalidTransition, NotAllowed, NotFound
from hub.messaging.models import Notice
from hub.payments.invoices.models import Invoice
from hub.payments.ledger.models import DesignatedAccount
from hub.posting.models import Listing, ListingState
from tests.contracts.agreements import PASSWORD, agree, drawn, sign, signed, with_password
from tests.factories import Factories


def counters(*listings: Listing) -> list[tuple[Decimal, Decimal]]:
    for listing in listings:
        db.session.refresh(listing)
    return [(listing.reserved, listing.filled) for listing in listings]


def test_the_first_signature_waits_for_the_second(make: Factories) -> None:
    agreement = agree(make)
    contract = drawn(make, agreement)
    sign(agreement.purchaser, contract)
    assert contract.state is ContractState.PARTLY_SIGNED
    signature = db.session.scalars(select(Signature)).one()
    assert signature.side.value == "demand"
    assert signature.user_id == agreement.purchaser.user_id
    assert signature.user_role == "owner"
    assert signature.sha256 == contract.issued_file.sha256
    assert contract.sealed_file is None
    assert db.session.scalar(select(func.count(Invoice.id))) == 0
    assert counters(agreement.supply, agreement.demand) == [(Decimal(40), Decimal(0))] * 2
    told = db.session.scalars(
        select(Notice.user_id).where(Notice.message.contains("Your partner signed"))
    ).all()
    assert told == [agreement.supplier.user_id]


def test_the_second_signature_seals_fills_and_asks_for_the_money(
    make: Factories, tmp_path: Path
) -> None:
    agreement, contract = signed(make, listed="40")
    assert contract.state is ContractState.SIGNED
    assert contract.signed_at is not None
    assert contract.sealed_file is not None
    sealed = contract.sealed_file.read()
    assert sealed.startswith(contract.issued_file.read())
    report = verify_seal(sealed, current_seal().certificate)
    assert (report.valid, report.covers_whole_document) == (True, True)
    assert counters(agreement.supply, agreement.demand) == [(Decimal(0), Decimal(40))] * 2
    assert agreement.supply.state is agreement.demand.state is ListingState.FILLED
    invoice = db.session.scalars(select(Invoice)).one()
    assert invoice.number == f"INV-{contract.number}"
    assert invoice.reference == contract.terms["payment_reference"]
    assert invoice.payer_id == contract.purchaser_id
    assert [(line.kind, line.amount_minor) for line in invoice.lines] == [
        ("goods", 10_400_000),
        ("freight", 494_400),
    ]
    today = clock.today("Asia/Kolkata")
    assert invoice.due_on == today + timedelta(days=7)
    assert invoice.lapses_on == today + timedelta(days=10)
    path = tmp_path / "sealed.pdf"
    path.write_bytes(sealed)
    said = subprocess.run(
        ["pdfsig", "-nocert", str(path)], capture_output=True, check=True, text=True
    ).stdout
    assert "Signature is Valid" in said
    assert "Total document signed" in said
    assert all(not check() for _number, _rule, check in invariants.CHECKS)


def test_without_freight_the_invoice_is_for_the_goods_alone(make: Factories) -> None:
    signed(make, freight_per_unit="0")
    (invoice,) = db.session.scalars(select(Invoice))
    assert [(line.kind, line.amount_minor) for line in invoice.lines] == [("goods", 10_400_000)]


def people_who_may_not_sign(make: Factories, contract: Contract) -> dict[str, Actor]:
    supplier = contract.supplier
    return {
        "finance": make.trader(supplier, role=CompanyRole.FINANCE),
        "viewer": make.trader(supplier, role=CompanyRole.VIEWER),
        "broker": make.staff(StaffRole.BROKER),
    }


@pytest.mark.parametrize("who", ["finance", "viewer", "broker"])
def test_only_owners_and_traders_of_the_two_companies_sign(make: Factories, who: str) -> None:
    contract = drawn(make)
    actor = with_password(people_who_may_not_sign(make, contract)[who])
    with pytest.raises(NotAllowed):
        sign(actor, contract)
    assert contract.state is ContractState.ISSUED


@pytest.mark.parametrize("who", ["another company", "verifier", "operator", "nobody"])
def test_for_others_there_is_no_such_contract(make: Factories, who: str) -> None:
    contract = drawn(make)
    actor = {
        "another company": lambda: make.trader(),
        "verifier": lambda: make.staff(StaffRole.VERIFIER),
        "operator": lambda: make.staff(StaffRole.DEPOT),
        "nobody": lambda: Actor(),
    }[who]()
    with pytest.raises(NotFound):
        sign(actor, contract)
    with pytest.raises(NotFound):
        services.void(actor, contract.public_id, "no")
    with pytest.raises(NotFound):
        services.terminate(actor, contract.public_id, "no")
    assert contract.state is ContractState.ISSUED


def test_a_company_that_is_not_verified_does_not_sign(make: Factories) -> None:
    contract = drawn(make)
    actor = Actor(
        user_id=1,
        company_id=contract.supplier_id,
        company_role=CompanyRole.OWNER,
        company_verified=False,
    )
    with pytest.raises(NotAllowed, match="verified"):
        sign(actor, contract)


def test_other_bytes_than_those_issued_are_not_signed(make: Factories) -> None:
    agreement = agree(make)
    contract = drawn(make, agreement)
    with pytest.raises(Conflict, match="text changed"):
        sign(agreement.supplier, contract, sha256="0" * 64)
    assert contract.state is ContractState.ISSUED


def test_a_wrong_password_signs_nothing(make: Factories) -> None:
    agreement = agree(make)
    contract = drawn(make, agreement)
    with pytest.raises(Invalid) as refusal:
        sign(agreement.supplier, contract, password=PASSWORD + "!")
    assert list(refusal.value.fields) == ["password"]
    assert contract.state is ContractState.ISSUED
    assert db.session.scalar(select(func.count(Signature.id))) == 0


def test_a_side_signs_once_whoever_of_it(make: Factories) -> None:
    agreement = agree(make)
    contract = drawn(make, agreement)
    colleague = with_password(make.trader(contract.supplier, role=CompanyRole.TRADER))
    sign(agreement.supplier, contract)
    for actor in (agreement.supplier, colleague):
        with pytest.raises(Conflict, match="signed this contract already"):
            sign(actor, contract)
    assert contract.state is ContractState.PARTLY_SIGNED


def test_is_not_signed_after_the_deadline_or_twice_over(make: Factories) -> None:
    agreement, contract = signed(make)
    with pytest.raises(Conflict, match="already"):
        sign(agreement.supplier, contract)
    other = agree(make)
    late = drawn(make, other)
    clock.set_to(late.sign_until + timedelta(seconds=1))
    with pytest.raises(Conflict, match="time to sign"):
        sign(other.supplier, late)
    assert late.state is ContractState.ISSUED


def test_is_not_signed_when_the_money_would_go_to_another_account(make: Factories) -> None:
    agreement = agree(make)
    contract = drawn(make, agreement)
    account = db.session.scalars(select(DesignatedAccount)).one()
    account.account_number = "00000099"
    db.session.commit()
    with pytest.raises(Conflict, match="designated account changed"):
        sign(agreement.supplier, contract)
    account.retired_at = clock.now()
    db.session.commit()
    with pytest.raises(Invalid, match="no designated bank account"):
        sign(agreement.supplier, contract)


def test_what_fails_at_the_end_undoes_the_signature(make: Factories) -> None:
    agreement = agree(make)
    contract = drawn(make, agreement)
    sign(agreement.supplier, contract)
    agreement.supply.reserved = Decimal(0)
    db.session.commit()
    with pytest.raises(Conflict):
        sign(agreement.purchaser, contract)
    db.session.refresh(contract)
    assert contract.state is ContractState.PARTLY_SIGNED
    assert contract.sealed_file_id is None
    assert db.session.scalar(select(func.count(Signature.id))) == 1
    assert db.session.scalar(select(func.count(Invoice.id))) == 0


@pytest.mark.parametrize("who", ["supplier", "purchaser", "broker"])
@pytest.mark.parametrize("after_a_signature", [False, True])
def test_either_side_or_a_broker_voids_until_the_second_signature(
    make: Factories, who: str, after_a_signature: bool
) -> None:
    agreement = agree(make)
    contract = drawn(make, agreement)
    if after_a_signature:
        sign(agreement.supplier, contract)
    actor = make.staff(StaffRole.BROKER) if who == "broker" else getattr(agreement, who)
    services.void(actor, contract.public_id, "  the crop failed ")
    assert contract.state is ContractState.VOIDED
    assert contract.ended_reason == "the crop failed"
    assert contract.ended_at is not None
    assert counters(agreement.supply, agreement.demand) == [(Decimal(0), Decimal(0))] * 2
    entry = db.session.scalars(
        select(AuditEntry).where(AuditEntry.action == "void").order_by(AuditEntry.id.desc())
    ).first()
    assert entry is not None
    assert (entry.user_id, entry.reason) == (actor.user_id, "the crop failed")
    with pytest.raises(Conflict):
        sign(agreement.purchaser, contract)
    with pytest.raises(InvalidTransition):
        services.void(actor, contract.public_id, "again")
    assert counters(agreement.supply, agreement.demand) == [(Decimal(0), Decimal(0))] * 2


def test_a_signed_contract_is_not_voided(make: Factories) -> None:
    agreement, contract = signed(make)
    with pytest.raises(InvalidTransition):
        services.void(agreement.supplier, contract.public_id, "too late")
    assert contract.state is ContractState.SIGNED
    assert counters(agreement.supply, agreement.demand) == [(Decimal(0), Decimal(40))] * 2


def test_voiding_needs_a_reason_and_a_role(make: Factories) -> None:
    agreement = agree(make)
    contract = drawn(make, agreement)
    viewer = make.trader(contract.supplier, role=CompanyRole.VIEWER)
    with pytest.raises(Invalid):
        services.void(agreement.supplier, contract.public_id, "  ")
    with pytest.raises(NotAllowed):
        services.void(viewer, contract.public_id, "no")
    with pytest.raises(NotAllowed):
        services.void(make.staff(StaffRole.FINANCE), contract.public_id, "no")
    assert contract.state is ContractState.ISSUED


def test_who_has_not_signed_is_reminded_once_and_then_it_lapses(make: Factories) -> None:
    agreement = agree(make)
    contract = drawn(make, agreement)
    sign(agreement.supplier, contract)
    clock.set_to(contract.sign_until - timedelta(hours=25))
    assert services.remind_signers(SYSTEM) == 0
    clock.set_to(contract.sign_until - timedelta(hours=23))
    assert services.remind_signers(SYSTEM) == 1
    assert services.remind_signers(SYSTEM) == 0
    told = db.session.scalars(
        select(Notice.user_id).where(Notice.message.contains("lapses unless"))
    ).all()
    assert told == [agreement.purchaser.user_id]
    assert services.void_unsigned(SYSTEM) == 0
    clock.set_to(contract.sign_until + timedelta(seconds=1))
    assert services.void_unsigned(SYSTEM) == 1
    assert services.void_unsigned(SYSTEM) == 0
    assert contract.state is ContractState.VOIDED
    assert contract.ended_reason == "The time to sign passed."
    assert counters(agreement.supply, agreement.demand) == [(Decimal(0), Decimal(0))] * 2
