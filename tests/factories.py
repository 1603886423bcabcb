"""Things that tests need, made directly with sensible values and committed."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from hub.accounts.models import (
    AccountState,
    Company,
    CompanyBankAccount,
    StaffAssignment,
    User,
    Verification,
)
from hub.catalogue.models import Commodity, FreightRate, Region, Unit
from hub.core import clock, settings
from hub.core.actor import Actor, CompanyRole, StaffRole
from hub.core.db.base import db
from hub.depots.models import Bin, BinUse, Depot
from hub.payments.ledger.models import AccountUse, DesignatedAccount
from hub.posting.models import Incoterm, Listing, ListingState, Side


class Factories:
    """Each method commits what it makes and returns it.

    On a database in a usual state, ``kept`` holds what is there already: whoever would make one
    takes it instead, once.
    """

    def __init__(self, first: int = 1, kept: Mapping[str, Any] | None = None) -> None:
        self._numbers = count(first)
        self._kept = dict(kept or {})

    def take(self, name: str) -> Any:
        """What the database holds in this state already, or None; the second time None."""
        return self._kept.pop(name, None)

    def number(self) -> int:
        """A number that none of these things has been given."""
        return next(self._numbers)

    def _keep(self, *things: Any) -> Any:
        db.session.add_all(things)
        db.session.commit()
        return things[0]

    def unit(self, code: str = "DTN") -> Unit:
        found = db.session.query(Unit).filter_by(code=code).one_or_none()
        kilograms = {"KGM": 1, "DTN": 100, "TNE": 1000}
        return found or self._keep(
            Unit(
                code=code,
                name={"DTN": "decitonne", "KGM": "kilogram", "TNE": "tonne"}[code],
                symbol=code.lower(),
                dimension="mass",
                numerator=kilograms[code],
            )
        )

    def region(self, name: str = "Maharashtra", **values: Any) -> Region:
        found = db.session.query(Region).filter_by(name=name).one_or_none()
        points = {"Maharashtra": ("19.75", "75.71"), "NCT of Delhi": ("28.70", "77.10")}
        latitude, longitude = points.get(name, ("20", "78"))
        defaults = {"latitude": Decimal(latitude), "longitude": Decimal(longitude)}
        return found or self._keep(Region(name=name, country="IN", **(defaults | values)))

    def commodity(self, name: str = "Onion", **values: Any) -> Commodity:
        found = db.session.query(Commodity).filter_by(name=name).one_or_none()
        defaults = {"code": name.lower(), "hs_code": "070310", "unit": self.unit()}
        return found or self._keep(Commodity(name=name, **(defaults | values)))

    def freight_rate(self, rate: str = "0.30", currency: str = "INR") -> FreightRate:
        found = db.session.query(FreightRate).filter_by(currency=currency).one_or_none()
        return found or self._keep(
            FreightRate(currency=currency, unit=self.unit(), rate=Decimal(rate))
        )

    def company(self, name: str | None = None, **values: Any) -> Company:
        """A verified company with a bank account in INR."""
        number = next(self._numbers)
        defaults = {
            "legal_name": name or f"Company {number} Ltd.",
            "alias": f"T-{number:05d}",
            "country": "IN",
            "registration_number": f"REG-{number:06d}",
            "street": f"{number} Market Road",
            "postcode": "400001",
            "city": "Mumbai",
            "region": values.pop("region", None) or self.region(),
            "state": Verification.VERIFIED,
            "account_state": AccountState.ACTIVE,
            "created_at": clock.now(),
            "verified_at": clock.now(),
        }
        company = Company(**(defaults | values))
        account = CompanyBankAccount(
            company=company,
            currency="INR",
            holder=company.legal_name,
            bank_name="Bank of Tests",
            country="IN",
            clearing_code="SBIN0000001",
            account_number=f"{number:011d}",
            created_at=clock.now(),
            verified_at=clock.now(),
        )
        return self._keep(company, account)

    def user(
        self, company: Company | None = None, role: CompanyRole = CompanyRole.OWNER, **values: Any
    ) -> User:
        number = next(self._numbers)
        defaults = {
            "email": f"person{number}@example.org",
            "name": f"Person {number}",
            "company": company,
            "company_role": role if company else None,
            "email_confirmed_at": clock.now(),
            "created_at": clock.now(),
        }
        return self._keep(User(**(defaults | values)))

    def trader(self, company: Company | None = None, **values: Any) -> Actor:
        """An owner (or other role) of ``company``, as an actor."""
        company = company or self.company()
        role = values.pop("role", CompanyRole.OWNER)
        user = self.user(company, role, **values)
        return Actor(
            user_id=user.id,
            name=user.name,
            email=user.email,
            company_id=company.id,
            company_name=company.legal_name,
            company_role=role,
            company_verified=company.can_trade,
        )

    def staff(self, *roles: StaffRole, depots: tuple[Depot, ...] = ()) -> Actor:
        """A person of the hub with these roles, as an actor."""
        user = self.user()
        rows = [StaffAssignment(user_id=user.id, role=role) for role in roles if role != "depot"]
        rows += [
            StaffAssignment(user_id=user.id, role=StaffRole.DEPOT, depot_id=depot.id)
            for depot in depots
        ]
        if rows:
            self._keep(*rows)
        return Actor(
            user_id=user.id,
            name=user.name,
            email=user.email,
            staff_roles=frozenset(roles),
            depot_ids=frozenset(depot.id for depot in depots),
        )

    def listing(self, side: Side = Side.SUPPLY, **values: Any) -> Listing:
        """An open listing of onions: 40 DTN, at 2,150 (supply) or 3,050 (demand) INR."""
        number = next(self._numbers)
        start = settings.today() + timedelta(days=2)
        supply = side is Side.SUPPLY
        defaults = {
            "reference": f"L{number:05d}",
            "side": side,
            "state": ListingState.OPEN,
            "company": values.pop("company", None) or self.company(),
            "commodity": values.pop("commodity", None) or self.commodity(),
            "region": values.pop("region", None)
            or self.region("Maharashtra" if supply else "NCT of Delhi"),
            "grade": "FAQ",
            "quantity": Decimal(40),
            "minimum_lot": Decimal(5),
            "unit_price": Decimal(2150) if supply else Decimal(3050),
            "currency": "INR",
            "incoterm": Incoterm.FCA if supply else Incoterm.DAP,
            "ready_from": start,
            "ready_until": start + timedelta(days=14),
            "valid_until": start + timedelta(days=14),
            "created_at": clock.now(),
            "submitted_at": clock.now(),
            "opened_at": clock.now(),
        }
        return self._keep(Listing(**(defaults | values)))

    def depot(self, code: str = "MUM", region: Region | None = None, **values: Any) -> Depot:
        """A depot of 1,000 tonnes with a bin of each use."""
        place = region or self.region()
        defaults = {
            "code": code,
            "name": f"{code} Regional Depot",
            "region": place,
            "latitude": place.latitude,
            "longitude": place.longitude,
            "capacity": Decimal(1000),
        }
        depot = Depot(**(defaults | values))
        bins = [
            Bin(depot=depot, code=f"{use.value[:1].upper()}-01", use=use)
            for use in (BinUse.RECEIVING, BinUse.STORAGE, BinUse.QUARANTINE, BinUse.OUTBOUND)
        ]
        return self._keep(depot, *bins)

    def designated_account(self, currency: str = "INR", **values: Any) -> DesignatedAccount:
        """The account in use: the one that purchasers pay into, or the hub's own."""
        use = values.get("use", AccountUse.CLIENT)
        current = {"currency": currency, "use": use, "retired_at": None}
        found = db.session.query(DesignatedAccount).filter_by(**current).one_or_none()
        return found or self._keep(self._designated(currency=currency, **values))

    def former_account(self, currency: str = "INR", **values: Any) -> DesignatedAccount:
        """An account that purchasers paid into before the hub changed its bank."""
        return self._keep(self._designated(currency=currency, retired_at=clock.now(), **values))

    def _designated(self, **values: Any) -> DesignatedAccount:
        defaults = {
            "use": AccountUse.CLIENT,
            "holder": "Trading Hub Cooperative",
            "bank_name": "Designated Bank",
            "country": "IN",
            "clearing_code": "HUBB0000001",
            "account_number": "00000042",
            "created_at": clock.now(),
        }
        return DesignatedAccount(**(defaults | values))

    def someday(self, days: int) -> date:
        """The date ``days`` from today in the hub's zone."""
        return settings.today() + timedelta(days=days)
