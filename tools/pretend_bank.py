"""A pretend bank, for demonstrations and rehearsals: it knows the hub by files alone.

    pretend_bank.py credit DUE.json STATEMENT.xml [--state STATE.json]
    pretend_bank.py debit PAIN.xml STATEMENT.xml --statement-id ID --date YYYY-MM-DD
                    (--opening AMOUNT | --state STATE.json) [--return END_TO_END_ID ...]

`credit` reads what is due and writes an account statement (ISO 20022 camt.053.001.08) on which
everything due has been paid. `debit` reads payment orders (pain.001, any version) and writes a
statement on which they left the account; an order named by `--return` comes back on the same
statement, quoting its end-to-end id. With `--state`, the closing balance of each account is kept
there and opens the next statement.

What is due: {"account", "currency", "opening", "statement_id", "date", "due": [{"payer",
"payer_account", "amount", "reference", "end_to_end_id", "text"}]}. Amounts are decimal strings.
`opening` may be missing where a state file is given; of an item, all but payer and amount may.
"""

import argparse
import json
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date as Date
from decimal import Context, Decimal
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, SubElement, TreeBuilder, indent, tostring
from xml.parsers import expat

_NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"
_AMOUNT = re.compile(r"[0-9]{1,18}(?:\.[0-9]{1,5})?")
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
# Wide enough for any number of the longest amounts: a sum of balances is never rounded.
_EXACT = Context(prec=60)
# ISO 20022 bank transaction codes (family, sub-family) in the domain of payments.
_RECEIVED = ("RCDT", "DMCT")
_ISSUED = ("ICDT", "DMCT")
_RETURNED = ("ICDT", "RRTN")


class Refused(ValueError):
    """The pretend bank can't make sense of a file; the message says why."""


@dataclass(frozen=True)
class _Party:
    name: str | None
    account: str | None


@dataclass(frozen=True)
class _Movement:
    """One entry of a statement; `amount` is positive, `credit` says which way it went."""

    credit: bool
    code: tuple[str, str]
    amount: str
    debtor: _Party
    creditor: _Party
    end_to_end_id: str | None
    reference: str | None
    text: str | None


def credit_statement(due: Mapping[str, Any]) -> bytes:
    """The statement on which everything due was paid in. Refused where `due` isn't in order."""
    account, currency = _word(due, "account"), _word(due, "currency")
    items = due.get("due")
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise Refused("“due” must be a list of what is due.")
    movements = [
        _Movement(
            credit=True,
            code=_RECEIVED,
            amount=_positive(_word(item, "amount")),
            debtor=_Party(_word(item, "payer"), _optional(item, "payer_account")),
            creditor=_Party(None, account),
            end_to_end_id=_optional(item, "end_to_end_id"),
            reference=_optional(item, "reference"),
            text=_optional(item, "text"),
        )
        for item in items
    ]
    return _statement(
        account, currency, _word(due, "opening"), _word(due, "statement_id"), _word(due, "date"),
        movements,
    )  # fmt: skip


def debit_statement(
    pain: bytes, *, opening: str, statement_id: str, date: str, returned: Sequence[str] = ()
) -> bytes:
    """The statement on which the orders of a pain.001 were carried out.

    Each of the end-to-end ids in `returned` comes back as a credit after all debits. Refused
    where the file isn't a pain.001, or orders from several accounts or in several currencies.
    """
    account, currency, debits = _orders(pain)
    by_id = {movement.end_to_end_id: movement for movement in debits}
    unknown = [end_to_end_id for end_to_end_id in returned if end_to_end_id not in by_id]
    if unknown:
        raise Refused(f"No payment has the end-to-end id {unknown[0]}.")
    returns = [_returned(by_id[end_to_end_id]) for end_to_end_id in returned]
    return _statement(account, currency, opening, statement_id, date, [*debits, *returns])


def ordering_account(pain: bytes) -> tuple[str, str]:
    """Account and currency that a pain.001 pays from."""
    account, currency, _debits = _orders(pain)
    return account, currency


def closing_balance(statement: bytes) -> str:
    """The closing balance of a statement of this bank, as a signed decimal."""
    for balance in _parse(statement).iterfind("BkToCstmrStmt/Stmt/Bal"):
        if balance.findtext("Tp/CdOrPrtry/Cd") == "CLBD":
            sign = "-" if balance.findtext("CdtDbtInd") == "DBIT" else ""
            return sign + balance.findtext("Amt", "")
    raise Refused("The statement has no closing balance.")


def _orders(pain: bytes) -> tuple[str, str, list[_Movement]]:
    """The account, its currency, and a debit for each order of a pain.001."""
    root = _parse(pain)
    instructions = root.findall("CstmrCdtTrfInitn/PmtInf")
    if not instructions:
        raise Refused("This is not a file of payment orders (pain.001).")
    accounts, currencies, movements = set(), set(), []
    for instruction in instructions:
        debtor = _Party(_text(instruction, "Dbtr/Nm"), _account(instruction, "DbtrAcct"))
        accounts.add(debtor.account)
        for transfer in instruction.findall("CdtTrfTxInf"):
            amount = transfer.find("Amt/InstdAmt")
            if amount is None:
                raise Refused("A payment order has no amount.")
            currencies.add(amount.get("Ccy"))
            movements.append(_debit(transfer, amount, debtor))
    account, currency = accounts.pop(), currencies.pop() if currencies else None
    if accounts or currencies or not account or not currency:
        raise Refused("The orders must be from one account and in one currency.")
    return account, currency, movements


def _debit(transfer: Element, amount: Element, debtor: _Party) -> _Movement:
    return _Movement(
        credit=False,
        code=_ISSUED,
        amount=_positive((amount.text or "").strip()),
        debtor=debtor,
        creditor=_Party(_text(transfer, "Cdtr/Nm"), _account(transfer, "CdtrAcct")),
        end_to_end_id=_text(transfer, "PmtId/EndToEndId"),
        reference=_text(transfer, "RmtInf/Strd/CdtrRefInf/Ref"),
        text=_text(transfer, "RmtInf/Ustrd"),
    )


def _returned(debit: _Movement) -> _Movement:
    """The same money coming back: the parties keep the roles of the order, as banks have it."""
    return replace(debit, credit=True, code=_RETURNED)


def _statement(
    account: str, currency: str, opening: str, statement_id: str, date: str,
    movements: Sequence[_Movement],
) -> bytes:  # fmt: skip
    """A camt.053.001.08 whose closing balance is its opening balance and all movements."""
    _check_statement(currency, opening, statement_id, date)
    closing = Decimal(opening)
    for movement in movements:
        amount = Decimal(movement.amount)
        closing = _EXACT.add(closing, amount if movement.credit else -amount)

    document = Element("Document", {"xmlns": _NAMESPACE})
    message = SubElement(document, "BkToCstmrStmt")
    header = SubElement(message, "GrpHdr")
    _add(header, "MsgId", statement_id)
    _add(header, "CreDtTm", f"{date}T18:00:00+00:00")
    statement = SubElement(message, "Stmt")
    _add(statement, "Id", statement_id)
    _add(statement, "CreDtTm", f"{date}T18:00:00+00:00")
    owned = SubElement(statement, "Acct")
    _add_account_id(owned, account)
    _add(owned, "Ccy", currency)
    _add_balance(statement, "OPBD", Decimal(opening), currency, date)
    _add_balance(statement, "CLBD", closing, currency, date)
    for number, movement in enumerate(movements, start=1):
        _add_entry(statement, movement, f"{statement_id[-28:]}-{number:06}", currency, date)
    indent(document)
    xml: bytes = tostring(document, encoding="utf-8", xml_declaration=True)
    return xml + b"\n"


def _check_statement(currency: str, opening: str, statement_id: str, date: str) -> None:
    if not re.fullmatch("[A-Z]{3}", currency):
        raise Refused(f"{currency!r} is not a currency.")
    if not _AMOUNT.fullmatch(opening.removeprefix("-")):
        raise Refused(f"The opening balance {opening!r} is not an amount.")
    if not 1 <= len(statement_id) <= 35:
        raise Refused("A statement id has 1 to 35 characters.")
    try:
        Date.fromisoformat(date)
    except ValueError as impossible:
        raise Refused(f"{date!r} is not a date.") from impossible


def _add_balance(statement: Element, code: str, amount: Decimal, currency: str, date: str) -> None:
    balance = SubElement(statement, "Bal")
    _add(SubElement(SubElement(balance, "Tp"), "CdOrPrtry"), "Cd", code)
    _add_amount(balance, f"{abs(amount):f}", currency, credit=amount >= 0)
    _add(SubElement(balance, "Dt"), "Dt", date)


def _add_entry(
    statement: Element, movement: _Movement, reference: str, currency: str, date: str
) -> None:
    entry = SubElement(statement, "Ntry")
    _add_amount(entry, movement.amount, currency, movement.credit)
    _add(SubElement(entry, "Sts"), "Cd", "BOOK")
    _add(SubElement(entry, "BookgDt"), "Dt", date)
    _add(SubElement(entry, "ValDt"), "Dt", date)
    _add(entry, "AcctSvcrRef", reference)
    family, sub_family = movement.code
    domain = SubElement(SubElement(entry, "BkTxCd"), "Domn")
    _add(domain, "Cd", "PMNT")
    kind = SubElement(domain, "Fmly")
    _add(kind, "Cd", family)
    _add(kind, "SubFmlyCd", sub_family)
    _add_transaction(SubElement(SubElement(entry, "NtryDtls"), "TxDtls"), movement, currency)


def _add_transaction(details: Element, movement: _Movement, currency: str) -> None:
    references = SubElement(details, "Refs")
    _add(references, "EndToEndId", movement.end_to_end_id or "NOTPROVIDED")
    _add_amount(details, movement.amount, currency, movement.credit)
    parties = SubElement(details, "RltdPties")
    for tag, party in (("Dbtr", movement.debtor), ("Cdtr", movement.creditor)):
        if party.name:
            _add(SubElement(SubElement(parties, tag), "Pty"), "Nm", party.name)
        if party.account:
            _add_account_id(SubElement(parties, f"{tag}Acct"), party.account)
    if movement.reference or movement.text:
        remittance = SubElement(details, "RmtInf")
        if movement.text:
            _add(remittance, "Ustrd", movement.text)
        if movement.reference:
            information = SubElement(SubElement(remittance, "Strd"), "CdtrRefInf")
            _add(SubElement(SubElement(information, "Tp"), "CdOrPrtry"), "Cd", "SCOR")
            _add(information, "Ref", movement.reference)
    if movement.code == _RETURNED:
        # AC04: the creditor's account is closed (ISO 20022 external code set ReturnReason).
        _add(SubElement(SubElement(details, "RtrInf"), "Rsn"), "Cd", "AC04")


def _add_amount(parent: Element, amount: str, currency: str, credit: bool) -> None:
    SubElement(parent, "Amt", {"Ccy": currency}).text = amount
    _add(parent, "CdtDbtInd", "CRDT" if credit else "DBIT")


def _add_account_id(parent: Element, account: str) -> None:
    identification = SubElement(parent, "Id")
    if _is_iban(account):
        _add(identification, "IBAN", account)
    else:
        _add(SubElement(identification, "Othr"), "Id", account)


def _is_iban(account: str) -> bool:
    """By form and check digits: the first four characters moved to the end, modulo 97, leave 1."""
    if not _IBAN.fullmatch(account):
        return False
    return int("".join(str(int(digit, 36)) for digit in account[4:] + account[:4])) % 97 == 1


def _add(parent: Element, tag: str, text: str) -> None:
    SubElement(parent, tag).text = text


def _word(record: Mapping[str, Any], key: str) -> str:
    value = record.get(key)
    if not isinstance(value, str) or not value.strip():
        raise Refused(f"“{key}” is missing, or not a text.")
    return value


def _optional(record: Mapping[str, Any], key: str) -> str | None:
    return None if record.get(key) is None else _word(record, key)


def _positive(text: str) -> str:
    if not _AMOUNT.fullmatch(text) or not Decimal(text):
        raise Refused(f"{text!r} is not an amount above zero.")
    return text


def _text(element: Element, path: str) -> str | None:
    return (element.findtext(path) or "").strip() or None


def _account(element: Element, tag: str) -> str | None:
    return _text(element, f"{tag}/Id/IBAN") or _text(element, f"{tag}/Id/Othr/Id")


def _parse(data: bytes) -> Element:
    """The tree without namespaces. Refused if it isn't XML, or has a document type."""
    builder = TreeBuilder()
    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True

    def refuse_document_type(*_: object) -> None:
        raise Refused("The file has a document type, which bank files never need.")

    def start(tag: str, attributes: dict[str, str]) -> None:
        builder.start(tag.rpartition("}")[2], attributes)

    def end(tag: str) -> None:
        builder.end(tag.rpartition("}")[2])

    parser.StartDoctypeDeclHandler = refuse_document_type
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = builder.data
    try:
        parser.Parse(data, True)
    except expat.ExpatError as broken:
        raise Refused(f"The XML is broken in line {broken.lineno}.") from broken
    return builder.close()


def _read_balances(path: Path | None) -> dict[str, str]:
    if path is None or not path.exists():
        return {}
    balances: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return balances


def _credit(arguments: argparse.Namespace, balances: Mapping[str, str]) -> tuple[str, bytes]:
    due = json.loads(arguments.due.read_bytes())
    if not isinstance(due, dict):
        raise Refused("What is due must be a JSON object.")
    key = f"{due.get('account')} {due.get('currency')}"
    if "opening" not in due and arguments.state:
        due["opening"] = balances.get(key, "0")
    return key, credit_statement(due)


def _debit_orders(arguments: argparse.Namespace, balances: Mapping[str, str]) -> tuple[str, bytes]:
    pain = arguments.pain.read_bytes()
    key = " ".join(ordering_account(pain))
    opening = arguments.opening if arguments.opening is not None else balances.get(key, "0")
    return key, debit_statement(
        pain, opening=opening, statement_id=arguments.statement_id, date=arguments.date,
        returned=arguments.returned,
    )  # fmt: skip


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="A pretend bank that knows nothing but files.")
    commands = parser.add_subparsers(required=True)
    credit = commands.add_parser("credit", help="pay in what is due")
    credit.add_argument("due", type=Path)
    credit.add_argument("statement", type=Path)
    credit.add_argument("--state", type=Path, help="file that keeps the balances")
    credit.set_defaults(run=_credit)
    debit = commands.add_parser("debit", help="carry out payment orders")
    debit.add_argument("pain", type=Path)
    debit.add_argument("statement", type=Path)
    debit.add_argument("--statement-id", required=True)
    debit.add_argument("--date", required=True)
    source = debit.add_mutually_exclusive_group(required=True)
    source.add_argument("--opening", help="opening balance, a decimal")
    source.add_argument("--state", type=Path, help="file that keeps the balances")
    debit.add_argument(
        "--return", dest="returned", action="append", default=[], metavar="END_TO_END_ID",
        help="let this payment come back",
    )  # fmt: skip
    debit.set_defaults(run=_debit_orders)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; 0, or 1 after saying on standard error why it was refused."""
    arguments = _arguments().parse_args(argv)
    try:
        balances = _read_balances(arguments.state)
        key, statement = arguments.run(arguments, balances)
    except (OSError, ValueError) as problem:
        print(problem, file=sys.stderr)
        return 1
    arguments.statement.write_bytes(statement)
    if arguments.state:
        kept = {**balances, key: closing_balance(statement)}
        arguments.state.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
