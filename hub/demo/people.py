"""The demo's hub, companies and staff."""

from decimal import Decimal

from sqlalchemy import select

from hub.accounts.aliases import new_alias
from hub.accounts.models import (
    AccountState,
    Company,
    CompanyBankAccount,
    User,
    Verification,
)
from hub.accounts.passwords import hash_password
from hub.accounts.queries import actor_of, user_by_email
from hub.accounts.staff import create_staff
from hub.catalogue import administration as catalogue_services
from hub.catalogue import queries as catalogue
from hub.catalogue.models import AttributeKind, Commodity, CommodityAttribute, Region
from hub.core import audit, clock, settings
from hub.core.actor import SYSTEM, Actor, CompanyRole, StaffRole
from hub.core.db.base import db
from hub.core.use_case import use_case
from hub.demo import data
from hub.depots.models import Depot
from hub.depots.services import DepotSpec, ensure_depot
from hub.payments.ledger.models import AccountUse, DesignatedAccount
from hub.rehearsal.cast import Staff


@use_case
def found_hub() -> None:
    """The hub itself: its identity, accounts, regions, commodities, freight and depots."""
    settings.change(SYSTEM, **data.HUB)
    catalogue_services.ensure_units(SYSTEM)
    for place in data.REGIONS:
        known = Region(
            name=place.name,
            names={"zh_Hans": place.name_zh},
            country="IN",
            latitude=Decimal(place.latitude),
            longitude=Decimal(place.longitude),
        )
        db.session.add(known)
    db.session.flush()
    _found_commodities()
    catalogue_services.set_freight_rate(SYSTEM, data.CURRENCY, "DTN", data.FREIGHT_RATE)
    for depot in data.DEPOTS:
        region = catalogue.region_named(depot.region)
        assert region is not None
        point = Decimal(depot.latitude), Decimal(depot.longitude)
        spec = DepotSpec(depot.name, region, *point, Decimal(depot.capacity))
        ensure_depot(SYSTEM, depot.code, spec)
    db.session.add_all(_designated_accounts())


def _found_commodities() -> None:
    unit = catalogue.unit("DTN")
    groups = {}
    for code, (name, name_zh) in data.GROUPS.items():
        groups[code] = Commodity(code=code, name=name, names={"zh_Hans": name_zh}, unit=unit)
    db.session.add_all(groups.values())
    for goods in data.COMMODITIES:
        commodity = Commodity(
            code=goods.code,
            name=goods.name,
            names={"zh_Hans": goods.name_zh},
            parent=groups[goods.group],
            hs_code=goods.hs_code,
            unit=unit,
            picture=goods.code,
        )
        commodity.attributes.append(
            CommodityAttribute(
                code="moisture",
                name="Moisture",
                names={"zh_Hans": "水分"},
                kind=AttributeKind.TEXT,
                position=1,
            )
        )
        db.session.add(commodity)
        db.session.flush()
        audit.record(SYSTEM, commodity, "commodity_created")


def _designated_accounts() -> list[DesignatedAccount]:
    shared = {
        "currency": data.CURRENCY,
        "bank_name": "Union Bank of the Demo",
        "country": "IN",
        "clearing_code": "UBDM0000001",
        "created_at": clock.now(),
    }
    holder = data.HUB["legal_name"]
    return [
        DesignatedAccount(
            use=AccountUse.CLIENT,
            holder=f"{holder} – client money",
            account_number="000417000012",
            **shared,
        ),
        DesignatedAccount(
            use=AccountUse.OWN, holder=holder, account_number="000417000020", **shared
        ),
    ]


@use_case
def found_companies() -> None:
    """The companies, verified, each with its owner; one more waits for the verifier."""
    labels = {0: data.SUPPLIER_LABEL, 1: data.PURCHASER_LABEL}
    shared_hash = hash_password(data.PASSWORD)
    for number, described in enumerate((*data.COMPANIES, data.WAITING_COMPANY)):
        waiting = described is data.WAITING_COMPANY
        company = _company(described, number, waiting=waiting)
        db.session.add(company)
        db.session.flush()
        audit.record(SYSTEM, company, "registered")
        db.session.add(
            User(
                email=described.email,
                name=described.person,
                password_hash=shared_hash,
                zone="Asia/Kolkata",
                company=company,
                company_role=CompanyRole.OWNER,
                email_confirmed_at=clock.now(),
                created_at=clock.now(),
                demo_label=labels.get(number),
            )
        )


def _company(described: data.DemoCompany, number: int, *, waiting: bool) -> Company:
    region = catalogue.region_named(described.region)
    assert region is not None
    company = Company(
        legal_name=described.name,
        alias=new_alias(),
        country="IN",
        registration_number=f"U01{100 + number}MH20{10 + number}PTC{204400 + number * 137}",
        street=described.street,
        postcode=described.postcode,
        city=described.city,
        region_id=region.id,
        region=region,
        state=Verification.SUBMITTED if waiting else Verification.VERIFIED,
        account_state=AccountState.ACTIVE,
        created_at=clock.now(),
        verified_at=None if waiting else clock.now(),
    )
    company.bank_accounts.append(
        CompanyBankAccount(
            currency=data.CURRENCY,
            holder=described.name,
            bank_name="State Bank of the Demo",
            country="IN",
            clearing_code="SBDM0000117",
            account_number=f"3100{number:02d}7745{number:02d}",
            created_at=clock.now(),
            verified_at=None if waiting else clock.now(),
        )
    )
    return company


@use_case
def hire_staff() -> None:
    """The people of the hub; the depot operator works at every depot."""
    depots = db.session.scalars(select(Depot.id).order_by(Depot.id)).all()
    for person in data.STAFF:
        roles = [StaffRole(role) for role in person.roles]
        wanted = [(role, None) for role in roles if role is not StaffRole.DEPOT]
        at_depots = [(StaffRole.DEPOT, depot) for depot in depots if StaffRole.DEPOT in roles]
        user = create_staff(
            SYSTEM,
            name=person.name,
            email=person.email,
            assignments=[*wanted, *at_depots],
            password=data.PASSWORD,
        )
        user.demo_label = person.label
        user.zone = "Asia/Kolkata"


def _actor(email: str) -> Actor:
    user = user_by_email(email)
    if user is None:
        raise RuntimeError(f"The demo has lost {email}: run `make demo-reset`.")
    return actor_of(user)


def staff() -> Staff:
    """The staff as the player needs them."""
    by_label = {person.label: person.email for person in data.STAFF}
    return Staff(
        broker=_actor(by_label["Broker"]),
        first_clerk=_actor(by_label["Finance clerk"]),
        second_clerk=_actor(by_label["Second finance clerk"]),
        operator=_actor(by_label["Depot operator"]),
    )


def member_of_staff(label: str) -> Actor:
    """The person of the hub whose button on the sign-in page has this label."""
    return _actor(next(person.email for person in data.STAFF if person.label == label))


def owner_of(company_id: int) -> Actor:
    """The owner of a demo company."""
    user = db.session.scalars(
        select(User)
        .where(User.company_id == company_id, User.company_role == CompanyRole.OWNER)
        .order_by(User.id)
    ).first()
    if user is None:
        raise RuntimeError(f"Company {company_id} has no owner.")
    return actor_of(user)
