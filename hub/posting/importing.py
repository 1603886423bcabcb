"""Posting many listings from one CSV file: good rows are taken, bad ones are told by line."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, cast

from sqlalchemy import insert, select

from hub.accounts import services as accounts
from hub.accounts.models import AccountState, Company, Verification
from hub.catalogue import services as catalogue
from hub.catalogue.models import Commodity
from hub.core import audit, bus, clock, files, settings, tabular
from hub.core.actor import Actor, StaffRole
from hub.core.audit import AuditEntry
from hub.core.db.base import db
from hub.core.db.columns import new_public_id
from hub.core.errors import Invalid, NotAllowed
from hub.core.i18n import _
from hub.core.use_case import use_case
from hub.membership.entitlements import services as entitlements
from hub.posting import queries
from hub.posting.drafting import change, terms_stand
from hub.posting.events import ListingChanged, ListingsImported
from hub.posting.fields import ATTRIBUTE_PREFIX, COMPARED, FIELDS
from hub.posting.models import ImportBatch, ImportRefusal, Listing, ListingState, Side
from hub.posting.plan_limits import OPEN_LISTINGS, listings_in_use
from hub.posting.prices import PriceGuard
from hub.posting.terms import Terms, TermsReader, read_reference

_NAMES = tuple(each.name for each in FIELDS if not each.spread)
#: The columns of the template; attributes have further ones, as their commodity demands.
COLUMNS = (*_NAMES[:2], "company", *_NAMES[2:])
_REQUIRED = ("reference", *(each.name for each in FIELDS if each.required))
_INSERTED_AT_ONCE = 1000
#: A file is at most 15 MB: no file has so many rows.
_MORE_THAN_A_FILE = 10**9

Key = tuple[int, Side, str]  # company id, side, reference


@dataclass(frozen=True, slots=True)
class _Poster:
    """A company that rows may be posted for."""

    id: int
    may_trade: bool


@dataclass(frozen=True, slots=True)
class _Present:
    """A listing that bears a reference already; ``id`` is None if this very file wrote it."""

    id: int | None
    values: Mapping[str, Any]


@dataclass
class _Import:
    """The work on one file."""

    actor: Actor
    create: bool
    only: Company | None
    reader: TermsReader = field(default_factory=TermsReader)
    posters: dict[str, list[_Poster]] = field(default_factory=lambda: defaultdict(list))
    ensured: dict[tuple[str, str], _Poster] = field(default_factory=dict)
    present: dict[Key, _Present] = field(default_factory=dict)
    fresh: list[dict[str, Any]] = field(default_factory=list)
    changed: list[Listing] = field(default_factory=list)
    refusals: list[dict[str, Any]] = field(default_factory=list)
    kept: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    places: dict[int, int] = field(default_factory=dict)
    beyond: dict[int, str] = field(default_factory=dict)
    unchanged: int = 0
    refused: int = 0

    def load(self) -> None:
        """Read the companies, and the listings that bear a reference already."""
        companies = select(
            Company.id, Company.legal_name, Company.state, Company.account_state
        ).order_by(Company.id)
        listings = select(
            Listing.company_id,
            Listing.side,
            Listing.reference,
            Listing.id,
            *(getattr(Listing, each.column) for each in COMPARED),
        )
        if self.only is not None:
            companies = companies.where(Company.id == self.only.id)
            listings = listings.where(Listing.company_id == self.only.id)
        for row in db.session.execute(companies):
            may_trade = (
                row.state is Verification.VERIFIED and row.account_state is AccountState.ACTIVE
            )
            self.posters[row.legal_name].append(_Poster(row.id, may_trade))
        for row in db.session.execute(listings):
            self.present[row.company_id, row.side, row.reference] = _Present(
                row.id, cast("Mapping[str, Any]", row._mapping)
            )

    def take(self, line: int, row: dict[str, str]) -> None:
        """Accept one row, or note why not."""
        try:
            self._take(row)
        except Invalid as error:
            self.refused += 1
            problems = error.fields or {"": [error.message]}
            self.refusals += [
                {"line": line, "column": column[:40], "reason": " ".join(reasons), "row": row}
                for column, reasons in problems.items()
            ]

    def _take(self, row: dict[str, str]) -> None:
        if "" in row:
            raise Invalid(row.pop(""))
        if "company" in row:
            row["company"] = " ".join(row["company"].split())
        fields: dict[str, list[str]] = {}
        reference, poster, terms = "", None, None
        try:
            reference = read_reference(row["reference"])
        except Invalid as error:
            fields["reference"] = [error.message]
        try:
            poster = self._poster(row.get("company", ""))
        except Invalid as error:
            fields["company"] = [error.message]
        try:
            terms = self.reader.read(row, unknown_commodities=self.create)
        except Invalid as error:
            fields |= {name: list(lines) for name, lines in error.fields.items()}
        if fields or terms is None:
            raise Invalid(_("The row needs correcting."), fields)
        if poster is not None and (poster.id, terms.side, reference) in self.present:
            self._take_again((poster.id, terms.side, reference), terms, row)
            return
        terms.check_dates(settings.today())
        if self.create and self.only is None:
            poster = self._ensured_poster(row["company"], terms)
        if terms.commodity is None:
            made = catalogue.ensure_commodity(self.actor, terms.commodity_name, terms.unit)
            self.reader.learn(made)
            terms = self.reader.read(row)
        if poster is None:
            raise RuntimeError("A row without a company was not refused.")
        self._keep((poster.id, terms.side, reference), terms)

    def _poster(self, name: str) -> _Poster | None:
        """The company that a row names; None for one that is yet to be made."""
        if self.only is not None:
            if name and name != self.only.legal_name:
                raise Invalid(_("This file can only post for %(name)s.", name=self.only.legal_name))
            return self.posters[self.only.legal_name][0]
        if not name:
            raise Invalid(_("This is missing."))
        found = self.posters.get(name, [])
        if len(found) > 1:
            raise Invalid(_("Several companies are called “%(name)s”.", name=name[:80]))
        if not found:
            if not self.create:
                raise Invalid(_("No company is called “%(name)s”.", name=name[:80]))
            return None
        if not found[0].may_trade:
            raise Invalid(_("%(name)s is not verified and active.", name=name[:80]))
        return found[0]

    def _ensured_poster(self, name: str, terms: Terms) -> _Poster:
        """The company called ``name``, made if need be, with an account in the row's currency."""
        key = (name, terms.columns["currency"])
        if key not in self.ensured:
            try:
                company = accounts.ensure_company(
                    self.actor, name, terms.region, terms.columns["currency"]
                )
            except Invalid as error:
                raise Invalid(error.message, {"company": [error.message]}) from error
            db.session.flush()
            self.ensured[key] = _Poster(company.id, company.can_trade)
            self.posters[name] = [self.ensured[key]]
        return self.ensured[key]

    def _take_again(self, key: Key, terms: Terms, row: Mapping[str, str]) -> None:
        """Change the listing that bears the reference to what the row states, if that differs.

        A column that the file lacks says nothing. As when it is edited, the listing keeps its
        side and commodity; of two rows with one reference, a file may hold only the same terms.
        """
        present = self.present[key]
        wanted = {} if terms.commodity is None else _stated(terms, row, present.values)
        if wanted and all(present.values[name] == value for name, value in wanted.items()):
            self.unchanged += 1
            return
        if (
            not wanted
            or present.id is None
            or wanted["commodity_id"] != present.values["commodity_id"]
        ):
            raise _refused_reference(
                _("%(reference)s is already posted with other terms.", reference=key[2])
            )
        terms.check_dates(settings.today())
        listing = queries.by_id(present.id)
        if not listing.can_edit:
            raise _refused_reference(terms_stand())
        if self.create and self.only is None:
            self._ensured_poster(row["company"], terms)
        change(self.actor, listing, wanted | {"given": terms.columns["given"]})
        self.changed.append(listing)
        self.present[key] = _Present(None, {**present.values, **wanted})

    def _keep(self, key: Key, terms: Terms) -> None:
        if not self.create:
            self._claim_place(key[0])
        values = terms.values()
        self.present[key] = _Present(None, _compared(values))
        self.fresh.append(values | {"company_id": key[0], "reference": key[2]})

    def _claim_place(self, company_id: int) -> None:
        """Refuse the row if the company's plan includes no more listings than those before it."""
        if company_id not in self.places:
            self.places[company_id] = entitlements.claim_up_to(
                company_id, OPEN_LISTINGS, _MORE_THAN_A_FILE
            )
        if self.kept[company_id] >= self.places[company_id]:
            if company_id not in self.beyond:
                self.beyond[company_id] = entitlements.refusal(
                    company_id,
                    OPEN_LISTINGS,
                    count=lambda each: listings_in_use(each) + self.kept[each],
                )
            raise Invalid(self.beyond[company_id])
        self.kept[company_id] += 1


def _compared(values: Mapping[str, Any]) -> dict[str, Any]:
    return {each.column: values[each.column] for each in COMPARED}


def _stated(terms: Terms, row: Mapping[str, str], before: Mapping[str, Any]) -> dict[str, Any]:
    """What is compared of the columns that the file has; attributes it lacks are as ``before``."""
    values = terms.values()
    stated = {each.column: values[each.column] for each in COMPARED if each.is_stated(row)}
    if "attributes" in stated:
        silent = {
            code: text
            for code, text in before["attributes"].items()
            if ATTRIBUTE_PREFIX + code not in row
        }
        stated["attributes"] = silent | stated["attributes"]
    return stated


def _refused_reference(sentence: str) -> Invalid:
    return Invalid(sentence, {"reference": [sentence]})


@use_case
def import_listings(
    actor: Actor,
    data: bytes,
    file_name: str,
    *,
    create: bool = False,
    company: Company | None = None,
) -> ImportBatch:
    """Post the rows of a CSV file with the columns ``COLUMNS``; refuse the bad ones one by one.

    A trader posts for the own company, and the listings wait for review; the column ``company``
    and ``grade`` may be missing. The system and administrators post for ``company``, or for the
    company each row names. With ``create`` they make unknown companies and commodities, and the
    listings open at once; no plan limits that. Otherwise the rows beyond what a company's plan
    includes are refused. A reference that is posted already with the same terms is left alone;
    with other terms, the listing changes as if it were edited, or the row is refused if it can't.

    Raises:
        Invalid: the file as a whole can't be read, or lacks a column. Nothing is stored then.
        NotAllowed: the actor may post for no company, or not create.
    """
    only = _poster_for(actor, create, company)
    required = [*_REQUIRED, *(["company"] if only is None else [])]
    rows = tabular.read_csv(data, required)
    if create:
        catalogue.ensure_units(actor)
    work = _Import(actor, create, only)
    work.load()
    for line, row in rows:
        work.take(line, row)
    batch = ImportBatch(
        company_id=only.id if only else None,
        user_id=actor.user_id,
        file=files.store(actor, data, file_name, "text/csv"),
        imported_at=clock.now(),
        accepted=len(work.fresh),
        changed=len(work.changed),
        unchanged=work.unchanged,
        refused=work.refused,
    )
    db.session.add(batch)
    db.session.flush()
    _store(actor, work, batch)
    audit.record(
        actor,
        batch,
        "listings_imported",
        accepted=batch.accepted,
        changed=batch.changed,
        unchanged=batch.unchanged,
        refused=batch.refused,
    )
    if work.fresh:
        bus.publish(ListingsImported(batch.id))
    for listing in work.changed:
        if listing.state is ListingState.OPEN:
            bus.publish(ListingChanged(listing.id))
    return batch


def _poster_for(actor: Actor, create: bool, company: Company | None) -> Company | None:
    if actor.has(StaffRole.ADMINISTRATOR):
        if company is not None and not company.can_trade:
            raise Invalid(_("%(name)s is not verified and active.", name=company.legal_name))
        return company
    own = actor.require_trader()
    if create or (company is not None and company.id != own):
        raise NotAllowed(_("You can post listings for your own company only."))
    return db.session.get_one(Company, own)


def _store(actor: Actor, work: _Import, batch: ImportBatch) -> None:
    """Write listings, their first audit entries and the refusals, many rows a statement."""
    now = clock.now()
    state = ListingState.OPEN if work.create else ListingState.PENDING_REVIEW
    flags = _price_flags(work.fresh, work.changed)
    own, default = entitlements.rights_by_company()
    for row, flag in zip(work.fresh, flags, strict=True):
        rights = own.get(row["company_id"], default)
        row |= {
            "public_id": new_public_id(),
            "version": 1,
            "state": state,
            "reserved": Decimal(0),
            "filled": Decimal(0),
            "implausible_price": flag,
            "natural_position": rights.natural_position,
            "plan_badge": rights.badge,
            "created_at": now,
            "created_by": actor.user_id,
            "submitted_at": now,
            "opened_at": now if work.create else None,
            "batch_id": batch.id,
        }
    batch.flagged = sum(flags)
    _insert(Listing, work.fresh)
    ids = db.session.scalars(
        select(Listing.id).where(Listing.batch_id == batch.id).order_by(Listing.id)
    ).all()
    entry = {
        "at": now,
        "user_id": actor.user_id,
        "company_id": actor.company_id,
        "actor_name": actor.name or "Hub",
        "is_staff": actor.is_staff,
        "thing_kind": Listing.THING,
        "action": "listing_imported",
        "state_to": state.value,
        "details": {"batch": batch.public_id},
    }
    _insert(AuditEntry, [entry | {"thing_id": listing_id} for listing_id in ids])
    _insert(ImportRefusal, [row | {"batch_id": batch.id} for row in work.refusals])


def _price_flags(rows: Sequence[Mapping[str, Any]], changed: Sequence[Listing]) -> list[bool]:
    """Which rows have an implausible price, beside what is open and beside one another.

    The changed listings are looked at again, too, unless they are drafts.
    """
    db.session.flush()
    guard = PriceGuard.load({row["currency"] for row in rows} | {one.currency for one in changed})
    units = dict(db.session.execute(select(Commodity.id, Commodity.unit_id)).all())
    priced = [
        (row["commodity_id"], units[row["commodity_id"]], row["currency"], row["unit_price"])
        for row in rows
    ]
    for facts in priced:
        guard.add(*facts)
    for one in changed:
        if one.state is not ListingState.DRAFT:
            one.implausible_price = guard.is_implausible(
                one.commodity_id, units[one.commodity_id], one.currency, one.unit_price
            )
    return [guard.is_implausible(*facts) for facts in priced]


def _insert(model: Any, rows: list[dict[str, Any]]) -> None:
    for start in range(0, len(rows), _INSERTED_AT_ONCE):
        db.session.execute(insert(model), rows[start : start + _INSERTED_AT_ONCE])
