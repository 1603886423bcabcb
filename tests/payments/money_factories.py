"""What money tests need: bank statements as a bank would send them, invoices, and clerks.

The hub under test takes two currencies, and in one of them it has changed its bank: what forgets
to ask for the currency or for the account meets money that isn't its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import count
from xml.sax.saxutils import escape

from hub.accounts.models import Company, CompanyBankAccount
from hub.core import clock, settings
from hub.core.actor import SYSTEM, StaffRole
from hub.core.db.base import db
from hub.core.money import Money
from hub.payments import reference, services
from hub.payments.bank.models import BankFile
from hub.payments.invoices.models import Invoice
from hub.payments.ledger.models import AccountUse, DesignatedAccount
from hub.payments.payouts.models import Payout
from tests.factories import Factories

ACCOUNT = "00000042"
FORMER_ACCOUNT = "00000041"
EURO_ACCOUNT = "DE89370400440532013000"


def rupees(amount: str | int) -> Money:
    """An amount in INR, from main units."""
    return Money.from_decimal(Decimal(amount), "INR")


def euros(amount: str | int) -> Money:
    """An amount in EUR, from main units."""
    return Money.from_decimal(Decimal(amount), "EUR")


def numbered(number: int) -> str:
    """The number of this year's invoice ``number``."""
    return f"INV-{settings.today().year}-{number:06d}"


@dataclass
class Entry:
    """One entry of a statement; ``amount`` is signed, in main units."""

    amount: str
    end_to_end_id: str = ""
    structured: str = ""
    text: str = ""
    name: str = "Payer"
    account: str = ""
    status: str = "BOOK"
    reference: str = ""
    date: str = "2026-12-01"
    currency: str = "INR"

    @property
    def signed(self) -> Decimal:
        return Decimal(self.amount)

    def xml(self) -> str:
        credit = self.signed >= 0
        party, indicator = ("Dbtr", "CRDT") if credit else ("Cdtr", "DBIT")
        amount = f'<Amt Ccy="{self.currency}">{self.amount.lstrip("-")}</Amt>'
        account = (
            f"<{party}Acct><Id><Othr><Id>{self.account}</Id></Othr></Id></{party}Acct>"
            if self.account
            else ""
        )
        return (
            f"<Ntry>{amount}<CdtDbtInd>{indicator}</CdtDbtInd><Sts><Cd>{self.status}</Cd></Sts>"
            f"<BookgDt><Dt>{self.date}</Dt></BookgDt><ValDt><Dt>{self.date}</Dt></ValDt>"
            + (f"<AcctSvcrRef>{self.reference}</AcctSvcrRef>" if self.reference else "")
            + "<NtryDtls><TxDtls><Refs>"
            + (f"<EndToEndId>{self.end_to_end_id}</EndToEndId>" if self.end_to_end_id else "")
            + f"</Refs>{amount}<CdtDbtInd>{indicator}</CdtDbtInd>"
            f"<RltdPties><{party}><Pty><Nm>{escape(self.name)}</Nm></Pty></{party}>{account}"
            "</RltdPties><RmtInf>"
            + (f"<Ustrd>{escape(self.text)}</Ustrd>" if self.text else "")
            + (
                f"<Strd><CdtrRefInf><Ref>{self.structured}</Ref></CdtrRefInf></Strd>"
                if self.structured
                else ""
            )
            + "</RmtInf></TxDtls></NtryDtls></Ntry>"
        )


def statement(
    entries: Sequence[Entry],
    *,
    opening: str | None = "0.00",
    closing: str | None = None,
    account: str = ACCOUNT,
    currency: str = "INR",
    number: str = "S-1",
    date: str = "2026-12-01",
) -> bytes:
    """A camt.053.001.08 file of one statement; its closing balance adds up unless given."""
    booked = sum((entry.signed for entry in entries if entry.status == "BOOK"), Decimal(0))
    balances = ""
    if opening is not None:
        end = Decimal(closing) if closing is not None else Decimal(opening) + booked
        for code, value in (("OPBD", Decimal(opening)), ("CLBD", end)):
            balances += (
                f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>"
                f'<Amt Ccy="{currency}">{abs(value)}</Amt>'
                f"<CdtDbtInd>{'CRDT' if value >= 0 else 'DBIT'}</CdtDbtInd>"
                f"<Dt><Dt>{date}</Dt></Dt></Bal>"
            )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>'
        f"<GrpHdr><MsgId>M-{number}</MsgId><CreDtTm>{date}T20:00:00Z</CreDtTm></GrpHdr>"
        f"<Stmt><Id>{number}</Id><CreDtTm>{date}T20:00:00Z</CreDtTm>"
        f"<Acct><Id><Othr><Id>{account}</Id></Othr></Id><Ccy>{currency}</Ccy></Acct>{balances}"
        + "".join(entry.xml() for entry in entries)
        + "</Stmt></BkToCstmrStmt></Document>"
    ).encode()


def in_one_file(*files: bytes) -> bytes:
    """The statements of several files in one."""
    whole, *others = (file.decode() for file in files)
    end = "</BkToCstmrStmt>"
    more = "".join(other[other.index("<Stmt>") : other.index(end)] for other in others)
    return whole.replace(end, more + end).encode()


@dataclass
class FinanceDesk:
    """The finance office of a hub under test: its accounts, two clerks, and a bank.

    ``account`` takes rupees, ``former`` is the one that took them before, and ``euros`` takes
    euros.
    """

    make: Factories
    numbers: count = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        self.former = self.make.former_account(account_number=FORMER_ACCOUNT)
        self.account = self.make.designated_account()
        self.euros = self.make.designated_account(
            "EUR", country="DE", iban=EURO_ACCOUNT, clearing_code=None, account_number=None
        )
        self.anna = self.make.staff(StaffRole.FINANCE)
        self.ben = self.make.staff(StaffRole.FINANCE)

    def own_account(self, currency: str = "INR") -> DesignatedAccount:
        """The hub's own account, which fees are swept to."""
        return self.make.designated_account(
            currency,
            use=AccountUse.OWN,
            bank_name="Own Bank",
            clearing_code="OWNB0000001",
            account_number="00000077",
        )

    def trader_in_both(self) -> Company:
        """A company that is paid in rupees and in euros."""
        company = self.make.company()
        db.session.add(
            CompanyBankAccount(
                company=company,
                currency="EUR",
                holder=company.legal_name,
                bank_name="Bank of Tests",
                country="NL",
                iban="NL91ABNA0417164300",
                created_at=clock.now(),
                verified_at=clock.now(),
            )
        )
        db.session.commit()
        return company

    def invoice(
        self,
        amount: str = "100.00",
        payer_id: int | None = None,
        currency: str = "INR",
        account: DesignatedAccount | None = None,
    ) -> Invoice:
        """An open invoice for an order that no other package knows of.

        One that was opened before the hub changed its bank names the former ``account``.
        """
        number = next(self.numbers)
        invoice_number = numbered(number)
        opened = services.open_invoice(
            SYSTEM,
            subject=("order", number),
            number=invoice_number,
            reference=reference.create(invoice_number[4:].replace("-", "")),
            payer_id=payer_id or self.make.company().id,
            currency=currency,
            lines=[("goods", "Onions", Money.from_decimal(Decimal(amount), currency))],
            due_on=self.make.someday(7),
            lapses_on=self.make.someday(10),
        )
        if account is not None:
            opened.account_id = account.id
            db.session.commit()
            db.session.refresh(opened)
        return opened

    def bank_sends(
        self, *entries: Entry, to: DesignatedAccount | None = None, **options: str
    ) -> BankFile:
        """Import a statement with these entries; it must be accepted.

        It is of the account in use that has the entries' currency, unless ``to`` names another.
        """
        currency = entries[0].currency
        in_use = EURO_ACCOUNT if currency == "EUR" else ACCOUNT
        options.setdefault("number", f"S-{next(self.numbers)}")
        options.setdefault("opening", None)  # type: ignore[arg-type]
        options.setdefault("account", to.identification if to else in_use)
        options.setdefault("currency", currency)
        bank_file = services.import_statement(
            self.anna, statement(entries, **options), "statement.xml"
        )
        assert bank_file.error is None, bank_file.error
        return bank_file

    def due_payout(
        self,
        amount: str = "9.00",
        currency: str = "INR",
        account: DesignatedAccount | None = None,
    ) -> Payout:
        """A refund that is due: all that was paid on an order."""
        payer = self.trader_in_both()
        invoice = self.invoice(amount, payer.id, currency, account)
        paid = Entry(amount, structured=invoice.reference, currency=currency)
        self.bank_sends(paid, to=account)
        payout = services.refund(
            SYSTEM, invoice.subject, payee_id=payer.id, amount=invoice.amount, reason="short"
        )
        assert payout is not None
        return payout

    def exported_payout(
        self,
        amount: str = "9.00",
        currency: str = "INR",
        account: DesignatedAccount | None = None,
    ) -> Payout:
        """The same, sent to the bank."""
        payout = self.due_payout(amount, currency, account)
        self.pay_out(payout.public_id, currency=currency)
        return payout

    def pay_out(self, *public_ids: str, currency: str = "INR") -> bytes:
        """Request, approve and export payouts; returns the payment file."""
        services.request_payouts(self.anna, public_ids)
        for public_id in public_ids:
            services.approve_payout(self.ben, public_id)
        return services.export_payouts(self.anna, currency).file.read()
