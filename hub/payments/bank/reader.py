"""Reads bank statements in ISO 20022 camt.053, whatever the version of the namespace.

The reader tells what the file says and judges nothing beyond that: balances that don't add up,
false IBANs and too many decimals are the importer's matter. Only camt.053 posts money; camt.052
(intraday) and camt.054 (advice) are refused, since they repeat what a statement will say.

The element names are those of the ISO 20022 message definition BankToCustomerStatement.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import date
from typing import Any, cast
from xml.etree.ElementTree import Element, TreeBuilder

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser, ParseError

from hub.core.i18n import _

_AMOUNT = re.compile(r"\+?([0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
_DATE = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[TZ+-].*)?")
_SIGNS = {"CRDT": "", "DBIT": "-"}


class UnreadableStatement(ValueError):
    """The file isn't a statement that can be read; nothing of it was taken.

    ``message`` is a sentence for people, ``line`` the line of the file that it is about, if any.
    """

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.line = line

    def __str__(self) -> str:
        if self.line is None:
            return self.message
        return _("Line %(line)d: %(message)s", line=self.line, message=self.message)


@dataclass(frozen=True, slots=True)
class Transaction:
    """What the bank tells about one payment within an entry.

    ``amount`` is signed like the entry's, digits as written. ``structured`` is the creditor's
    reference, ``remittance`` the free text. ``name`` and ``iban`` (an IBAN, or the number of
    another account) are the debtor's on a credit, the creditor's on a debit.
    """

    amount: str | None
    currency: str | None
    end_to_end_id: str | None
    structured: str | None
    remittance: str | None
    name: str | None
    iban: str | None


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the statement; where its transactions say otherwise, the entry rules.

    ``amount`` is a decimal, digits as written, negative for a debit by CdtDbtInd alone: the
    reversal flag only says why the line is there. Dates are ``YYYY-MM-DD``; of an instant, the
    date that the bank wrote. ``status`` is BOOK, PDNG, INFO or FUTR.
    """

    amount: str
    currency: str
    booked: str | None
    value: str | None
    status: str | None
    reference: str | None
    reversal: bool
    additional: str | None
    transactions: tuple[Transaction, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """What one account saw in a period.

    ``account`` is an IBAN or the number of another account, ``currency`` what the file says of
    the account. ``opening`` (OPBD, else PRCD) and ``closing`` (CLBD) are signed decimals, digits
    as written, each with its own currency. ``created`` is the bank's timestamp as written;
    ``from_date`` and ``to_date`` are ``YYYY-MM-DD``.
    """

    account: str | None
    currency: str | None
    id: str | None
    opening: str | None
    opening_currency: str | None
    closing: str | None
    closing_currency: str | None
    created: str | None
    from_date: str | None
    to_date: str | None
    entries: tuple[Entry, ...]


def read(data: bytes) -> list[Statement]:
    """The statements of a camt.053 file; UnreadableStatement if it isn't one, or is broken."""
    body = _statement_body(_parse(data))
    statements = [_statement(element, body) for element in body.findall("Stmt")]
    if not statements:
        raise UnreadableStatement(_("There is no statement in this file."), _line(body))
    return statements


def describe(file_name: str, data: bytes) -> dict[str, Any]:
    """What the reader makes of a file, for ``flask hub read-statement --json``.

    ``{"file", "sha256", "error": None or a sentence, "statements": [...]}``; see `as_json`.
    """
    error, statements = None, []
    try:
        statements = [as_json(statement) for statement in read(data)]
    except UnreadableStatement as unreadable:
        error = str(unreadable)
    return {
        "file": file_name,
        "sha256": hashlib.sha256(data).hexdigest(),
        "error": error,
        "statements": statements,
    }


def as_json(statement: Statement) -> dict[str, Any]:
    """The statement in the shape of ``read-statement``, None where the file says nothing."""
    return {
        "account": statement.account,
        "currency": statement.currency,
        "id": statement.id,
        "opening": statement.opening,
        "closing": statement.closing,
        "entries": [_entry_as_json(entry) for entry in statement.entries],
    }


def _entry_as_json(entry: Entry) -> dict[str, Any]:
    names = ("amount", "currency", "booked", "value", "status", "reference")
    details = ("amount", "end_to_end_id", "structured", "remittance", "name", "iban")
    return {
        **{name: getattr(entry, name) for name in names},
        "transactions": [
            {name: getattr(transaction, name) for name in details}
            for transaction in entry.transactions
        ],
    }


class _LocatedElement(Element):
    """An element that knows on which line of the file it starts."""

    __slots__ = ("line",)
    line: int


class _LocatingBuilder(TreeBuilder):
    """Builds the tree without namespaces, and with the line of each element."""

    def __init__(self) -> None:
        super().__init__(element_factory=_LocatedElement)
        self.position: Any = None
        self.started = False

    def start(self, tag: Any, attrs: Any) -> Any:
        element = cast(_LocatedElement, super().start(tag.rpartition("}")[2], attrs))
        element.line = self.position.CurrentLineNumber
        self.started = True
        return element


def _parse(data: bytes) -> Element:
    builder = _LocatingBuilder()
    parser = DefusedXMLParser(target=builder, forbid_dtd=True)
    builder.position = parser.parser
    try:
        parser.feed(data)
        root: Element = parser.close()
    except DefusedXmlException as forbidden:
        raise UnreadableStatement(
            _("The file has a document type or entities, which bank files never need."),
            parser.parser.CurrentLineNumber,
        ) from forbidden
    except ParseError as broken:
        if not builder.started:
            raise UnreadableStatement(_("This is not an XML file.")) from broken
        line = broken.position[0]
        raise UnreadableStatement(
            _("The file is broken: its XML ends early or is damaged here."), line
        ) from broken
    except (LookupError, ValueError) as unknown:
        raise UnreadableStatement(_("The file's character encoding isn't known.")) from unknown
    return root


def _statement_body(root: Element) -> Element:
    """The message inside the document, if it is a statement."""
    body = root[0] if root.tag == "Document" and len(root) else None
    if body is not None and body.tag == "BkToCstmrStmt":
        return body
    other = {"BkToCstmrAcctRpt": "camt.052", "BkToCstmrDbtCdtNtfctn": "camt.054"}
    kind = other.get(body.tag) if body is not None else None
    if kind:
        message = _(
            "This is a %(kind)s file. Only the account statement, camt.053, posts money.", kind=kind
        )
    else:
        message = _("This is XML, but not an account statement (camt.053).")
    raise UnreadableStatement(message, _line(root if body is None else body))


def _statement(element: Element, body: Element) -> Statement:
    opening, opening_currency = _balance(element, "OPBD", "PRCD")
    closing, closing_currency = _balance(element, "CLBD")
    return Statement(
        account=_text(element, "Acct/Id/IBAN", "Acct/Id/Othr/Id"),
        currency=_text(element, "Acct/Ccy"),
        id=_text(element, "Id"),
        opening=opening,
        opening_currency=opening_currency,
        closing=closing,
        closing_currency=closing_currency,
        created=_text(element, "CreDtTm") or _text(body, "GrpHdr/CreDtTm"),
        from_date=_date(element, "FrToDt/FrDtTm", "FrToDt/FrDt"),
        to_date=_date(element, "FrToDt/ToDtTm", "FrToDt/ToDt"),
        entries=tuple(_entry(entry) for entry in element.findall("Ntry")),
    )


def _balance(statement: Element, *codes: str) -> tuple[str | None, str | None]:
    """Signed amount and currency of the first balance of the first type that is there."""
    balances = statement.findall("Bal")
    for code in codes:
        for balance in balances:
            if _text(balance, "Tp/CdOrPrtry/Cd") == code:
                return _amount(balance, _required(balance, "Amt"), _sign(balance))
    return None, None


def _entry(element: Element) -> Entry:
    sign = _sign(element)
    amount, currency = _amount(element, _required(element, "Amt"), sign)
    return Entry(
        amount=amount,
        currency=currency,
        booked=_date(element, "BookgDt/Dt", "BookgDt/DtTm"),
        value=_date(element, "ValDt/Dt", "ValDt/DtTm"),
        # A plain code up to version 07, a choice of code and proprietary text from 08 on.
        status=_text(element, "Sts", "Sts/Cd", "Sts/Prtry"),
        reference=_text(element, "AcctSvcrRef", "NtryRef"),
        reversal=_text(element, "RvslInd") in ("true", "1"),
        additional=_text(element, "AddtlNtryInf"),
        transactions=tuple(
            _transaction(details, sign) for details in element.findall("NtryDtls/TxDtls")
        ),
    )


def _transaction(element: Element, entry_sign: str) -> Transaction:
    sign = entry_sign if element.find("CdtDbtInd") is None else _sign(element)
    amount, currency = None, None
    # Version 02 has no amount of the transaction but in its details.
    for path in ("Amt", "AmtDtls/TxAmt/Amt"):
        found = element.find(path)
        if found is not None:
            amount, currency = _amount(element, found, sign)
            break
    party = "Cdtr" if sign else "Dbtr"
    return Transaction(
        amount=amount,
        currency=currency,
        end_to_end_id=_text(element, "Refs/EndToEndId"),
        structured=_text(element, "RmtInf/Strd/CdtrRefInf/Ref"),
        remittance=_joined(element, "RmtInf/Ustrd"),
        # A party is named directly up to version 07, as a person or an institution from 08 on.
        name=_text(
            element,
            f"RltdPties/{party}/Nm",
            f"RltdPties/{party}/Pty/Nm",
            f"RltdPties/{party}/Agt/FinInstnId/Nm",
        ),
        iban=_text(element, f"RltdPties/{party}Acct/Id/IBAN", f"RltdPties/{party}Acct/Id/Othr/Id"),
    )


def _amount(parent: Element, element: Element, sign: str) -> tuple[str, str]:
    text = (element.text or "").strip()
    number = _AMOUNT.fullmatch(text)
    if number is None:
        message = _("“%(text)s” is not an amount.", text=text[:40])
        raise UnreadableStatement(message, _line(element))
    currency = (element.get("Ccy") or "").strip()
    if not currency:
        raise UnreadableStatement(_("An amount has no currency."), _line(element))
    return sign + number.group(1), currency


def _sign(element: Element) -> str:
    """What stands before an amount: nothing for a credit, a minus for a debit."""
    indicator = _required(element, "CdtDbtInd")
    text = (indicator.text or "").strip()
    if text not in _SIGNS:
        message = _("“%(text)s” is neither credit (CRDT) nor debit (DBIT).", text=text[:40])
        raise UnreadableStatement(message, _line(indicator))
    return _SIGNS[text]


def _date(element: Element, *paths: str) -> str | None:
    text = _text(element, *paths)
    if text is None:
        return None
    written = _DATE.fullmatch(text)
    try:
        return date.fromisoformat(written.group(1) if written else text).isoformat()
    except ValueError as impossible:
        message = _("“%(text)s” is not a date.", text=text[:40])
        raise UnreadableStatement(message, _line(element)) from impossible


def _required(element: Element, path: str) -> Element:
    found = element.find(path)
    if found is None:
        message = _("%(element)s lacks %(part)s.", element=element.tag, part=path)
        raise UnreadableStatement(message, _line(element))
    return found


def _text(element: Element, *paths: str) -> str | None:
    """The first text that isn't blank at the first of these paths that has one."""
    for path in paths:
        for found in element.iterfind(path):
            text = (found.text or "").strip()
            if text:
                return text
    return None


def _joined(element: Element, path: str) -> str | None:
    texts = [(found.text or "").strip() for found in element.iterfind(path)]
    return " ".join(text for text in texts if text) or None


def _line(element: Element) -> int | None:
    return getattr(element, "line", None)
