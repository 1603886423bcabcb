"""From agreed terms to the text of a contract: everything is looked up once, and then frozen."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from babel import Locale

from hub.accounts.models import Company, CompanyBankAccount
from hub.accounts.queries import current_bank_account
from hub.catalogue.models import Commodity
from hub.contracts.seal.provider import verification_url
from hub.contracts.terms import BankAccountDetails, Bilingual, ContractTerms, Party
from hub.core.errors import Invalid
from hub.core.i18n import N_
from hub.core.money import extend, share
from hub.core.settings import HubSettings
from hub.matching.models import Proposal
from hub.payments import reference
from hub.payments.ledger.models import DesignatedAccount
from hub.payments.ledger.queries import payment_account
from hub.posting.models import Listing

CHINESE = "zh_Hans"


@dataclass(frozen=True, slots=True)
class Accounts:
    """Where the purchaser pays to, and where the supplier is paid."""

    payment: DesignatedAccount
    supplier: CompanyBankAccount


class Hindered(Exception):  # noqa: N818
    """A business condition stands against the contract: ``message`` (a msgid) says which."""

    def __init__(self, message: str, **parameters: Any) -> None:
        super().__init__(message % parameters)
        self.message = message
        self.parameters = parameters


def accounts_for(supplier: Company, currency: str) -> Accounts:
    """The accounts that the contract names.

    Raises:
        Hindered: the hub or the supplier has no account for the currency that may be used.
    """
    own = current_bank_account(supplier.id, currency)
    if own is None or own.verified_at is None:
        raise Hindered(
            N_(
                "The contract can't be drawn: %(company)s has no verified bank account in "
                "%(currency)s."
            ),
            company=supplier.legal_name,
            currency=currency,
        )
    try:
        return Accounts(payment_account(currency), own)
    except Invalid:
        raise Hindered(
            N_("The contract can't be drawn: the hub has no designated account in %(currency)s."),
            currency=currency,
        ) from None


def check_goods(proposal: Proposal) -> None:
    """Raise Hindered unless the agreed goods are worth money and can be delivered in time."""
    if not extend(proposal.unit_price, proposal.quantity, proposal.currency):
        raise Hindered(
            N_("The contract can't be drawn: the goods are worth less than the smallest coin.")
        )
    first, last = delivery_window(proposal)
    if last < first:
        raise Hindered(
            N_("The contract can't be drawn: the delivery windows of the two sides don't overlap.")
        )


def delivery_window(proposal: Proposal) -> tuple[date, date]:
    """The days on which both sides can trade; the last lies before the first if there are none."""
    return (
        max(proposal.supply.ready_from, proposal.demand.ready_from),
        min(proposal.supply.ready_until, proposal.demand.ready_until),
    )


def draft(
    proposal: Proposal, number: str, drawn_on: date, accounts: Accounts, hub: HubSettings
) -> ContractTerms:
    """The terms of the contract on which both sides of ``proposal`` agreed.

    Needs the listings of the proposal with companies, regions and commodity. Amounts are
    rounded once each, half to even, to the minor unit.
    """
    supply, demand = proposal.supply, proposal.demand
    currency = proposal.currency
    goods = extend(proposal.unit_price, proposal.quantity, currency)
    freight = extend(proposal.freight_per_unit, proposal.quantity, currency)
    delivery_from, delivery_until = delivery_window(proposal)
    return ContractTerms(
        number=number,
        drawn_on=drawn_on,
        hub=_hub(hub),
        supplier=_party(supply.company),
        purchaser=_party(demand.company),
        commodity_name=_bilingual(supply.commodity),
        hs_code=supply.commodity.hs_code or "",
        grade=supply.grade,
        attributes=_attributes(supply),
        quantity=proposal.quantity,
        unit_code=supply.commodity.unit.code,
        unit_name=supply.commodity.unit.name,
        unit_price=proposal.unit_price,
        currency=currency,
        goods_minor=goods.minor,
        freight_per_unit=proposal.freight_per_unit,
        kilometres=proposal.kilometres,
        freight_minor=freight.minor,
        total_minor=(goods + freight).minor,
        commission_rate=proposal.commission_rate,
        commission_minor=share(goods, proposal.commission_rate).minor,
        region_from=supply.region.name,
        region_to=demand.region.name,
        delivery_from=delivery_from,
        delivery_until=delivery_until,
        incoterm=f"{supply.incoterm.value} {supply.region.name}, Incoterms 2020",
        payment_account=details_of(accounts.payment),
        payment_reference=reference.create(number.replace("-", "")),
        payment_days=hub.payment_days,
        acceptance_days=hub.acceptance_days,
        law=Bilingual(hub.law, hub.law_zh),
        disputes=Bilingual(hub.disputes, hub.disputes_zh),
        verification_url=verification_url(number),
        supplier_account_masked=accounts.supplier.masked,
        packaging=supply.packaging,
    )


def revised(before: ContractTerms, accounts: Accounts, **changes: Any) -> ContractTerms:
    """The terms with ``changes``, naming the accounts that are in force now."""
    return replace(
        before,
        payment_account=details_of(accounts.payment),
        supplier_account_masked=accounts.supplier.masked,
        **changes,
    )


def details_of(account: DesignatedAccount) -> BankAccountDetails:
    """The account as the contract states it."""
    if account.iban:
        return BankAccountDetails(
            holder=account.holder,
            bank_name=account.bank_name,
            bic=account.bic or "",
            iban=account.iban,
        )
    return BankAccountDetails(
        holder=account.holder,
        bank_name=account.bank_name,
        bic=account.bic or "",
        country=_country(account.country),
        clearing_code=account.clearing_code,
        account_number=account.account_number,
    )


def _country(code: str) -> str:
    return str(Locale("en").territories.get(code, code))


def _party(company: Company) -> Party:
    return Party(
        legal_name=company.legal_name,
        registration_number=company.registration_number,
        vat_id=company.vat_id,
        address=tuple(line for line in company.address_lines if line),
        country=_country(company.country),
    )


def _hub(hub: HubSettings) -> Party:
    lines = [hub.legal_name_zh, *hub.address.splitlines()]
    return Party(
        legal_name=hub.legal_name,
        registration_number=hub.registration_number,
        vat_id=hub.vat_id,
        address=tuple(line.strip() for line in lines if line.strip()),
        country=_country(hub.country),
    )


def _bilingual(commodity: Commodity) -> Bilingual:
    return Bilingual(commodity.names.get("en") or commodity.name, commodity.names.get(CHINESE, ""))


def _attributes(supply: Listing) -> tuple[tuple[str, str, str], ...]:
    """What the supplier states about the goods, in the catalogue's order."""
    return tuple(
        (
            attribute.names.get("en") or attribute.name,
            attribute.names.get(CHINESE, ""),
            str(supply.attributes[attribute.code]),
        )
        for attribute in supply.commodity.attributes
        if supply.attributes.get(attribute.code)
    )
