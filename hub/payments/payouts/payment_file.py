"""Writes payment orders for the designated bank: ISO 20022 pain.001.001.09.

The same orders always give the same bytes. Names and free texts are cleaned and cut to what the
schema allows; identifiers never are, since the statement must bring them back unchanged.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from hub.core.money import Money, total
from hub.payments import reference as rf

_NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
_LONGEST_TEXT = 140
_LONGEST_AMOUNT = 18
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{1,30}")
_BIC = re.compile(r"[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}(?:[A-Z0-9]{3})?")
# The Latin set that banks pass on unchanged; an identifier neither starts nor ends with a slash,
# nor has two in a row (EPC217-08, SEPA best practices on the character set). Readers drop spaces
# at the ends.
_IDENTIFIER = re.compile(r"(?![/ ])(?!.*//)[A-Za-z0-9/?:().,'+ -]{1,35}(?<![/ ])")
# ISO 20022 external code set ClearingSystemIdentification.
_CLEARING_SYSTEMS = {
    "AT": "ATBLZ", "AU": "AUBSB", "CA": "CACPA", "CH": "CHBCC", "CN": "CNAPS", "DE": "DEBLZ",
    "ES": "ESNCC", "GB": "GBDSC", "GR": "GRBIC", "HK": "HKNCC", "IE": "IENCC", "IN": "INFSC",
    "IT": "ITNCC", "JP": "JPZGN", "KR": "KRBOK", "NZ": "NZNCC", "PL": "PLKNR", "PT": "PTNCC",
    "RU": "RUCBC", "SE": "SESBA", "SG": "SGIBG", "TH": "THCBC", "TW": "TWNCC", "US": "USABA",
    "ZA": "ZANCC",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class PartyAccount:
    """Who pays or is paid, and at which account.

    The account is an ``iban``, or else an ``account_number`` with the bank's ``clearing_code`` in
    the ``country`` (ISO 3166, two letters) whose clearing system it belongs to. ValueError if it
    is neither or both, or if a part isn't well formed.
    """

    name: str
    iban: str | None = None
    account_number: str | None = None
    country: str | None = None
    clearing_code: str | None = None
    bic: str | None = None

    def __post_init__(self) -> None:
        if not _clean(self.name):
            raise ValueError("A party needs a name.")
        if bool(self.iban) == bool(self.account_number):
            raise ValueError(f"{self.name} needs either an IBAN or an account number.")
        if self.iban and not _IBAN.fullmatch(_compact(self.iban)):
            raise ValueError(f"{self.iban!r} is not an IBAN.")
        if self.account_number and not 1 <= len(_compact(self.account_number)) <= 34:
            raise ValueError(f"{self.account_number!r} is not an account number.")
        if self.account_number and not (self.country and self.clearing_code):
            raise ValueError(f"{self.name} needs the country and clearing code of the account.")
        if self.clearing_code and not 1 <= len(_compact(self.clearing_code)) <= 35:
            raise ValueError(f"{self.clearing_code!r} is not a clearing code.")
        if self.country and not re.fullmatch("[A-Z]{2}", self.country):
            raise ValueError(f"{self.country!r} is not a country code.")
        if self.bic and not _BIC.fullmatch(_compact(self.bic)):
            raise ValueError(f"{self.bic!r} is not a BIC.")


@dataclass(frozen=True, slots=True)
class Payment:
    """One order: so much to that account.

    It carries the payee's RF ``reference`` or a free ``text``, not both: clearing systems drop
    one of the two. ValueError if both are given, or if a part isn't well formed.
    """

    end_to_end_id: str
    amount: Money
    creditor: PartyAccount
    reference: str | None = None
    text: str | None = None

    def __post_init__(self) -> None:
        _check_identifier(self.end_to_end_id)
        if self.amount.minor <= 0:
            raise ValueError(f"Payment {self.end_to_end_id} must be of more than nothing.")
        if len(str(self.amount.minor)) > _LONGEST_AMOUNT:
            raise ValueError(f"Payment {self.end_to_end_id} has more than 18 digits.")
        if self.reference and self.text:
            raise ValueError(f"Payment {self.end_to_end_id} has both a reference and a text.")
        if self.reference and not rf.is_valid(self.reference):
            raise ValueError(f"{self.reference!r} is not an RF reference.")


def build(
    message_id: str,
    created: datetime,
    initiating_party: str,
    debtor: PartyAccount,
    payments: Sequence[Payment],
    execution_date: date,
) -> bytes:
    """The file that orders ``payments`` from the debtor's account, UTF-8.

    ValueError if there are no payments, several currencies, one end-to-end id twice, an
    identifier that banks would alter, or a ``created`` without a zone.
    """
    _check_order(message_id, created, initiating_party, payments)
    amounts = [payment.amount for payment in payments]
    count = str(len(payments))
    control_sum = _decimal(total(amounts, amounts[0].currency))

    document = Element("Document", {"xmlns": _NAMESPACE})
    initiation = SubElement(document, "CstmrCdtTrfInitn")
    header = SubElement(initiation, "GrpHdr")
    _add(header, "MsgId", message_id)
    _add(header, "CreDtTm", created.astimezone(UTC).isoformat(timespec="seconds"))
    _add(header, "NbOfTxs", count)
    _add(header, "CtrlSum", control_sum)
    _add(SubElement(header, "InitgPty"), "Nm", _clean(initiating_party))

    order = SubElement(initiation, "PmtInf")
    _add(order, "PmtInfId", message_id)
    _add(order, "PmtMtd", "TRF")
    # One debit for each payment on the statement, so that each payout is seen to settle.
    _add(order, "BtchBookg", "false")
    _add(order, "NbOfTxs", count)
    _add(order, "CtrlSum", control_sum)
    _add(SubElement(order, "ReqdExctnDt"), "Dt", execution_date.isoformat())
    _add(SubElement(order, "Dbtr"), "Nm", _clean(debtor.name))
    _add_account(order, "DbtrAcct", debtor, amounts[0].currency)
    _add_agent(order, "DbtrAgt", debtor)
    _add(order, "ChrgBr", "SLEV")
    for payment in payments:
        _add_payment(order, payment)

    indent(document)
    xml: bytes = tostring(document, encoding="utf-8", xml_declaration=True)
    return xml + b"\n"


def _check_order(
    message_id: str, created: datetime, initiating_party: str, payments: Sequence[Payment]
) -> None:
    _check_identifier(message_id)
    if created.tzinfo is None:
        raise ValueError("The time of creation needs a zone.")
    if not _clean(initiating_party):
        raise ValueError("The initiating party needs a name.")
    if not payments:
        raise ValueError("A payment file needs at least one payment.")
    currencies = {payment.amount.currency for payment in payments}
    if len(currencies) > 1:
        raise ValueError(f"A payment file has one currency, not {', '.join(sorted(currencies))}.")
    seen: set[str] = set()
    for payment in payments:
        if payment.end_to_end_id in seen:
            raise ValueError(f"End-to-end id {payment.end_to_end_id} is there twice.")
        seen.add(payment.end_to_end_id)


def _add_payment(order: Element, payment: Payment) -> None:
    transfer = SubElement(order, "CdtTrfTxInf")
    _add(SubElement(transfer, "PmtId"), "EndToEndId", payment.end_to_end_id)
    amount = SubElement(SubElement(transfer, "Amt"), "InstdAmt", {"Ccy": payment.amount.currency})
    amount.text = _decimal(payment.amount)
    if payment.creditor.bic or payment.creditor.clearing_code:
        _add_agent(transfer, "CdtrAgt", payment.creditor)
    _add(SubElement(transfer, "Cdtr"), "Nm", _clean(payment.creditor.name))
    _add_account(transfer, "CdtrAcct", payment.creditor, None)
    if payment.reference:
        structured = SubElement(SubElement(transfer, "RmtInf"), "Strd")
        information = SubElement(structured, "CdtrRefInf")
        kind = SubElement(SubElement(information, "Tp"), "CdOrPrtry")
        _add(kind, "Cd", "SCOR")
        _add(information, "Ref", _compact(payment.reference))
    elif payment.text and _clean(payment.text):
        _add(SubElement(transfer, "RmtInf"), "Ustrd", _clean(payment.text))


def _add_account(parent: Element, tag: str, party: PartyAccount, currency: str | None) -> None:
    account = SubElement(parent, tag)
    identification = SubElement(account, "Id")
    if party.iban:
        _add(identification, "IBAN", _compact(party.iban))
    else:
        _add(SubElement(identification, "Othr"), "Id", _compact(party.account_number or ""))
    if currency:
        _add(account, "Ccy", currency)


def _add_agent(parent: Element, tag: str, party: PartyAccount) -> None:
    """The party's bank: by BIC, by its number in a clearing system, or as not provided."""
    institution = SubElement(SubElement(parent, tag), "FinInstnId")
    if party.bic:
        _add(institution, "BICFI", _compact(party.bic))
    if party.clearing_code:
        member = SubElement(institution, "ClrSysMmbId")
        system = _CLEARING_SYSTEMS.get(party.country or "")
        if system:
            _add(SubElement(member, "ClrSysId"), "Cd", system)
        _add(member, "MmbId", _compact(party.clearing_code))
        if party.country:
            _add(SubElement(institution, "PstlAdr"), "Ctry", party.country)
    elif not party.bic:
        _add(SubElement(institution, "Othr"), "Id", "NOTPROVIDED")


def _add(parent: Element, tag: str, text: str) -> None:
    SubElement(parent, tag).text = text


def _decimal(amount: Money) -> str:
    return f"{amount.decimal:f}"


def _check_identifier(text: str) -> None:
    if not _IDENTIFIER.fullmatch(text):
        raise ValueError(
            f"{text!r} can't be an identifier: up to 35 Latin letters, digits and /-?:().,'+ only."
        )


def _compact(text: str) -> str:
    return "".join(text.split()).upper()


def _clean(text: str) -> str:
    """``text`` without what XML can't hold or banks don't print, cut to 140 characters."""
    printable = "".join(
        " " if character.isspace() else character
        for character in text
        if character.isspace() or unicodedata.category(character)[0] != "C"
    )
    return " ".join(printable.split())[:_LONGEST_TEXT].rstrip()
