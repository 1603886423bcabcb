"""One hub with a thing of every kind that an address can name, made by the people it belongs to."""

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import select

from hub.accounts import passwords
from hub.accounts import queries as accounts
from hub.accounts import services as membership
from hub.accounts.models import (
    AccountToken,
    Company,
    Invitation,
    StaffAssignment,
    TokenPurpose,
    User,
    UserSession,
    Verification,
)
from hub.accounts.signing_in import SESSION_LIFE
from hub.contracts.models import Contract
from hub.core import clock, settings
from hub.core.actor import Actor, CompanyRole, StaffRole
from hub.core.db.base import db
from hub.core.outbox import OutboxMessage
from hub.depots.models import Bin, Depot
from hub.dispatch import queries as dispatch_queries
from hub.dispatch import services as dispatch
from hub.matching import services as matching
from hub.matching.models import Proposal
from hub.messaging.models import Notice
from hub.payments import services as payments
from hub.payments.bank.models import LineState, StatementLine
from hub.posting import services as posting
from hub.posting.models import Listing, ListingState, Side
from hub.rehearsal.cast import Staff
from hub.rehearsal.player import Player
from tests.dispatch.dispatch_factories import drawn_signature, picture
from tests.factories import Factories
from tests.journeys.income_in_every_state import Actors, Income, transfer_to_account
from tools import pretend_bank

PASSWORD = "a cart of green mangoes"


class Role(StrEnum):
    """Who asks; the companies' people are named by their part in the trades."""

    ANONYMOUS = "nobody signed in"
    SUPPLIER = "owner of the supplier"
    SUPPLIER_FINANCE = "finance person of the supplier"
    SUPPLIER_VIEWER = "viewer of the supplier"
    PURCHASER = "owner of the purchaser"
    STRANGER = "owner of another verified company"
    UNVERIFIED = "owner of a company not yet verified"
    BROKER = "broker"
    FINANCE = "finance clerk"
    DEPOT = "operator of the depot concerned"
    OTHER_DEPOT = "operator of another depot"
    VERIFIER = "verifier"
    ADVERTISING = "advertising clerk"
    ADMINISTRATOR = "administrator"


@cache
def _password_hash() -> str:
    return passwords.hash_password(PASSWORD)


class World:
    """The hub. ``ids`` holds what addresses and forms name; ``tokens`` a session for each role."""

    def __init__(self) -> None:
        self.make = Factories()
        self.ids: dict[str, str] = {"password": PASSWORD}
        self.tokens: dict[Role, str] = {}
        self._found_hub()
        self._found_companies()
        self._employ()
        self.player = Player(
            Staff(
                broker=self.actor(Role.BROKER),
                first_clerk=self._second_clerk,
                second_clerk=self.actor(Role.FINANCE),
                operator=self.actor(Role.DEPOT),
            ),
            PASSWORD,
            {
                self.supplier.id: self.actor(Role.SUPPLIER),
                self.purchaser.id: self.actor(Role.PURCHASER),
            }.__getitem__,
        )
        self._keep_company_things()
        self._post()
        self._propose()
        self._trade()
        self._bank()
        self._move_goods()
        self._earn()
        self._leave_traces()
        #: When all of it is there; the present of whoever asks.
        self.ready_at = clock.now() + timedelta(seconds=5)

    def actor(self, role: Role) -> Actor:
        """The person of this role."""
        return accounts.actor_of(db.session.get_one(User, self.users[role].id))

    # -- the hub and its people -------------------------------------------------------------

    def _found_hub(self) -> None:
        make = self.make
        self.commodity = make.commodity()
        make.freight_rate()
        self.depot: Depot = make.depot("MUM")
        far = make.region("Kerala", latitude=Decimal("10.85"), longitude=Decimal("76.27"))
        self.other_depot: Depot = make.depot("COK", region=far)
        storage = db.session.scalars(
            select(Bin).where(Bin.depot_id == self.depot.id, Bin.code == "S-01")
        ).one()
        self.ids |= {
            "commodity": self.commodity.public_id,
            "commodity_code": self.commodity.code,
            "region": self.depot.region.public_id,
            "depot": self.depot.public_id,
            "depot_code": self.depot.code,
            "bin": storage.public_id,
        }

    def _found_companies(self) -> None:
        make = self.make
        self.supplier: Company = make.company("Deccan Growers Ltd.")
        self.purchaser: Company = make.company("Delhi Kitchens Ltd.")
        self.stranger: Company = make.company("Konkan Traders Ltd.")
        self.blocked: Company = make.company("Malabar Traders Ltd.")
        self.newcomer: Company = make.company(
            "Narmada Farms Ltd.", state=Verification.UNVERIFIED, verified_at=None
        )
        account = self.blocked.bank_accounts[0]
        account.verified_at = None
        db.session.commit()
        self.ids |= {
            "newcomer": self.newcomer.public_id,
            "account": account.public_id,
            "blocked": self.blocked.public_id,
            "blocked_alias": self.blocked.alias,
            "stranger_alias": self.stranger.alias,
            "region_id": str(self.supplier.region_id),
            "company_version": str(self.supplier.version),
            "newcomer_version": str(self.newcomer.version),
        }

    def _person(self, company: Company | None, role: CompanyRole = CompanyRole.OWNER) -> User:
        return self.make.user(company, role, password_hash=_password_hash())

    def _staff(self, role: StaffRole, depot: Depot | None = None) -> User:
        person = self._person(None)
        db.session.add(
            StaffAssignment(user_id=person.id, role=role, depot_id=depot.id if depot else None)
        )
        db.session.commit()
        return person

    def _employ(self) -> None:
        self.users: dict[Role, User] = {
            Role.SUPPLIER: self._person(self.supplier),
            Role.SUPPLIER_FINANCE: self._person(self.supplier, CompanyRole.FINANCE),
            Role.SUPPLIER_VIEWER: self._person(self.supplier, CompanyRole.VIEWER),
            Role.PURCHASER: self._person(self.purchaser),
            Role.STRANGER: self._person(self.stranger),
            Role.UNVERIFIED: self._person(self.newcomer),
            Role.BROKER: self._staff(StaffRole.BROKER),
            Role.FINANCE: self._staff(StaffRole.FINANCE),
            Role.DEPOT: self._staff(StaffRole.DEPOT, self.depot),
            Role.OTHER_DEPOT: self._staff(StaffRole.DEPOT, self.other_depot),
            Role.VERIFIER: self._staff(StaffRole.VERIFIER),
            Role.ADVERTISING: self._staff(StaffRole.ADVERTISING),
            Role.ADMINISTRATOR: self._staff(StaffRole.ADMINISTRATOR),
        }
        clerk = self._staff(StaffRole.FINANCE)
        db.session.expire_all()
        self._second_clerk = accounts.actor_of(db.session.get_one(User, clerk.id))
        colleague = self._person(self.supplier, CompanyRole.TRADER)
        self.ids |= {"colleague": colleague.public_id, "clerk": clerk.public_id}
        for role, person in self.users.items():
            self.tokens[role], _session = self._session(person)
        viewer = self._person(self.purchaser, CompanyRole.VIEWER)
        self.purchaser_viewer_token, _session = self._session(viewer)
        _token, session = self._session(self.users[Role.SUPPLIER])
        self.ids["session"] = session.public_id

    def _session(self, person: User) -> tuple[str, UserSession]:
        token = passwords.new_token()
        session = UserSession(
            user_id=person.id,
            token_hash=passwords.hash_token(token),
            created_at=clock.now(),
            expires_at=clock.now() + SESSION_LIFE,
        )
        db.session.add(session)
        db.session.commit()
        return token, session

    def _keep_company_things(self) -> None:
        owner, newcomer = self.actor(Role.SUPPLIER), self.actor(Role.UNVERIFIED)
        membership.add_paper(newcomer, "Extract from the register", "register.png", _png())
        paper = membership.add_paper(owner, "Organic certificate", "organic.png", _png())
        membership.block_company(owner, self.blocked.alias)
        invitation = membership.invite(owner, "ravi@example.org", CompanyRole.TRADER)
        self.ids |= {"paper": paper.public_id, "invitation": invitation.public_id}
        self.ids |= self._mailed_links()

    def _mailed_links(self) -> dict[str, str]:
        """Links whose tokens, unlike those of real mails, are known here."""
        later = clock.now() + timedelta(hours=1)
        links = {name: passwords.new_token() for name in ("joining", "confirming", "resetting")}
        person = self.users[Role.UNVERIFIED]
        db.session.add(
            Invitation(
                company_id=self.supplier.id,
                email="asha@example.org",
                role=CompanyRole.VIEWER,
                token_hash=passwords.hash_token(links["joining"]),
                invited_by=self.users[Role.SUPPLIER].id,
                expires_at=later,
            )
        )
        for name, purpose in (
            ("confirming", TokenPurpose.CONFIRM_EMAIL),
            ("resetting", TokenPurpose.RESET_PASSWORD),
        ):
            db.session.add(
                AccountToken(
                    user_id=person.id,
                    purpose=purpose,
                    token_hash=passwords.hash_token(links[name]),
                    expires_at=later,
                )
            )
        db.session.commit()
        return {f"{name}_token": token for name, token in links.items()}

    # -- step 1 and 2 ------------------------------------------------------------------------

    def _listing(self, side: Side, name: str = "", **values: Any) -> Listing:
        company = self.supplier if side is Side.SUPPLY else self.purchaser
        listing = self.make.listing(side, company=company, commodity=self.commodity, **values)
        if name:
            self.ids |= {name: listing.public_id, f"{name}_version": str(listing.version)}
        return listing

    def _post(self) -> None:
        fresh = {"submitted_at": None, "opened_at": None}
        self._listing(Side.SUPPLY, "draft", state=ListingState.DRAFT, **fresh)
        waiting = {"state": ListingState.PENDING_REVIEW, "opened_at": None}
        self._listing(Side.SUPPLY, "pending", **waiting)
        self._listing(Side.SUPPLY, "cheap", implausible_price=True)
        self._listing(Side.SUPPLY, "paused", state=ListingState.PAUSED)
        self._listing(Side.SUPPLY, "open")
        for name in ("draft", "open"):
            self._add_picture(name)
        batch = posting.import_listings(self.actor(Role.SUPPLIER), _csv(), "november.csv")
        self.ids["batch"] = batch.public_id

    def _add_picture(self, name: str) -> None:
        owner, uploads = self.actor(Role.SUPPLIER), [("onions.jpg", picture())]
        added = posting.add_pictures(owner, self.ids[name], uploads)
        self.ids[f"{name}_picture"] = added[0].public_id
        self.ids[f"{name}_version"] = str(self._listing_called(name).version)

    def _proposal(self) -> Proposal:
        supply, demand = self._listing(Side.SUPPLY), self._listing(Side.DEMAND)
        return matching.propose(
            self.player.staff.broker,
            supply.public_id,
            demand.public_id,
            Decimal(40),
            Decimal(2300),
        )

    def _propose(self) -> None:
        proposed, asked, undrawn = self._proposal(), self._proposal(), self._proposal()
        matching.ask_consent(self.player.staff.broker, asked.public_id, asked.version)
        db.session.refresh(asked)
        # Without a designated account no contract can be drawn.
        for listing in self._asked(undrawn):
            owner = self.player.owner_of(listing.company_id)
            db.session.refresh(undrawn)
            matching.consent(owner, undrawn.public_id, undrawn.version)
        self.make.designated_account()
        self.ids |= {
            "proposed": proposed.public_id,
            "proposed_version": str(proposed.version),
            "asked": asked.public_id,
            "asked_version": str(asked.version),
            "undrawn": undrawn.public_id,
        }

    def _asked(self, proposal: Proposal) -> Iterable[Listing]:
        matching.ask_consent(self.player.staff.broker, proposal.public_id, proposal.version)
        return (
            db.session.get_one(Listing, proposal.supply_id),
            db.session.get_one(Listing, proposal.demand_id),
        )

    # -- step 2 to 4 -------------------------------------------------------------------------

    def _trade(self) -> None:
        names = ("issued", "unpaid", "expected", "rejected", "delivered", "refused")
        self.contracts: dict[str, Contract] = {
            name: self.player.agree(self._proposal().id) for name in names
        }
        for name in names[1:]:
            self.player.sign(self.contracts[name])
        issued = self.contracts["issued"]
        self.ids |= {name: contract.public_id for name, contract in self.contracts.items()}
        self.ids |= {
            "issued_sha256": self.player.issued_sha256(issued),
            "number": issued.number,
            "invoice": self.player.invoice(self.contracts["unpaid"]).public_id,
        }

    def _bank(self) -> None:
        paid = [self.contracts[name] for name in ("expected", "rejected", "delivered", "refused")]
        transfers = [self.player.transfer(contract).stated() for contract in paid]
        transfers.append(transfer_to_account(self.actor(Role.SUPPLIER)))
        strays = [
            {"payer": "Delhi Kitchens Ltd.", "amount": f"{number}00.00", "text": "ONION NOV"}
            for number in range(1, 6)
        ]
        account = payments.payment_account("INR")
        due = {
            "account": account.identification,
            "currency": "INR",
            "opening": "0.00",
            "statement_id": "S-1",
            "date": settings.today().isoformat(),
            "due": [*transfers, *strays],
        }
        clerk = self.player.staff.first_clerk
        statement = pretend_bank.credit_statement(due)
        bank_file = payments.import_statement(clerk, statement, "s-1.xml")
        assert bank_file.new_lines == len(due["due"])
        lines = db.session.scalars(
            select(StatementLine.public_id)
            .where(StatementLine.state == LineState.UNRECONCILED)
            .order_by(StatementLine.id)
        ).all()
        self.ids |= {"bank_file": bank_file.public_id, "line": lines[0]}
        self._pay_out(lines[1:])

    def _pay_out(self, lines: Iterable[str]) -> None:
        """Credits of the purchaser: one exported, one requested, one due, one left."""
        first, second = self.player.staff.first_clerk, self.player.staff.second_clerk
        payer, ids = self.actor(Role.PURCHASER), []
        remaining = list(lines)
        for line in remaining[:3]:
            payments.put_to_credit(first, line, self.purchaser.id, "The payer wrote to us.")
            ids.append(payments.pay_out_credit(payer, self.purchaser.id, "INR").public_id)
        payments.put_to_credit(first, remaining[3], self.purchaser.id, "The payer wrote to us.")
        payments.request_payouts(first, ids[:2])
        payments.approve_payout(second, ids[0])
        exported = payments.export_payouts(first, "INR")
        self.ids |= {
            "requested": ids[1],
            "due": ids[2],
            "payment_file": exported.public_id,
        }

    def _move_goods(self) -> None:
        for name in ("rejected", "delivered", "refused"):
            self.player.announce(self.contracts[name])
        self._reject(self.contracts["rejected"])
        for name in ("delivered", "refused"):
            contract = self.contracts[name]
            self.player.bring_in(contract)
            self.player.send_out(contract)
            self._deliver(contract)
        release = self.player.release(self.contracts["delivered"])
        refused = self.player.release(self.contracts["refused"])
        dispatch.refuse(
            self.actor(Role.PURCHASER), refused.public_id, Decimal(10), "Ten bags are wet."
        )
        self.ids |= {
            "inbound": self.player.inbound(self.contracts["expected"]).public_id,
            "release": release.public_id,
            "lot": release.lot.public_id,
            "refused_release": refused.public_id,
            "arrival": (settings.today() + timedelta(days=2)).isoformat(),
        }

    def _reject(self, contract: Contract) -> None:
        operator, inbound = self.player.staff.operator, self.player.inbound(contract)
        dispatch.arrive(operator, inbound.public_id)
        dispatch.count(operator, inbound.public_id, contract.quantity)
        dispatch.inspect(
            operator, inbound.public_id, Decimal(0), "Live insects.", [("weevil.jpg", picture())]
        )
        pictures = dispatch_queries.pictures_of(inbound.id)
        self.ids |= {
            "rejected_inbound": inbound.public_id,
            "inspection_picture": str(pictures[0].id),
        }

    def _deliver(self, contract: Contract) -> None:
        release = self.player.release(contract)
        proof = dispatch.ProofOfDelivery(
            quantity=release.quantity,
            receiver_name="S. Chauhan",
            picture=picture(),
            signature=drawn_signature(),
        )
        dispatch.deliver(self.player.staff.operator, release.public_id, proof)

    def _earn(self) -> None:
        actors = Actors(
            supplier=self.actor(Role.SUPPLIER),
            purchaser=self.actor(Role.PURCHASER),
            stranger=self.actor(Role.STRANGER),
            advertising=self.actor(Role.ADVERTISING),
            administrator=self.actor(Role.ADMINISTRATOR),
        )
        income = Income(actors, self._listing_called("open"), self._listing_called("cheap"))
        self.ids |= income.ids

    def _listing_called(self, name: str) -> Listing:
        return db.session.scalars(select(Listing).where(Listing.public_id == self.ids[name])).one()

    def _leave_traces(self) -> None:
        notice = db.session.scalars(
            select(Notice.public_id).where(Notice.user_id == self.users[Role.SUPPLIER].id)
        ).first()
        assert notice is not None
        message = db.session.scalars(select(OutboxMessage)).first()
        assert message is not None
        message.attempts, message.last_error = 9, "The server did not answer."
        db.session.commit()
        self.ids |= {"notice": notice, "message": message.message_id}


def _png() -> bytes:
    return picture(kind="PNG")


def _csv() -> bytes:
    """A file of listings whose only row is refused."""
    head = "reference,side,commodity,quantity,unit,min_lot,price,currency,region"
    row = "S-1,supply,Onion,-40,DTN,5,2150.00,INR,Maharashtra"
    day = (settings.today() + timedelta(days=5)).isoformat()
    return f"{head},ready_from,ready_until,valid_until\n{row},{day},{day},{day}\n".encode()
