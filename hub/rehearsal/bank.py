"""The hub's side of the pretend bank: it writes what is due and reads statements, nothing else.

The bank itself is a program of its own (``tools/pretend_bank.py``): files go in, files come out.
"""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from hub.payments.invoices.models import Invoice
from hub.payments.ledger.models import DesignatedAccount

PROGRAM = Path(__file__).resolve().parents[2] / "tools" / "pretend_bank.py"


class BankRefused(RuntimeError):
    """The pretend bank could not read what it was given."""


@dataclass(frozen=True)
class Transfer:
    """What a purchaser orders their bank to send: an amount in main units, and its texts."""

    payer: str
    payer_account: str
    amount: str
    reference: str
    end_to_end_id: str

    def stated(self) -> dict[str, str]:
        """What the payer's order says; what it leaves out isn't there."""
        return {name: text for name, text in vars(self).items() if text}


def transfer_for(invoice: Invoice, payer: str, payer_account: str) -> Transfer:
    """The transfer that pays ``invoice`` in full, with its reference."""
    return Transfer(
        payer=payer,
        payer_account=payer_account,
        amount=str(invoice.due.decimal),
        reference=invoice.reference,
        end_to_end_id=invoice.number,
    )


class PretendBank:
    """Files between the hub and the bank, in one folder; the bank keeps its balance in another."""

    def __init__(self, folder: Path, account: DesignatedAccount) -> None:
        self.folder = folder
        self.account = account
        folder.mkdir(parents=True, exist_ok=True)

    @property
    def _state(self) -> Path:
        return self.folder / f"state-{self.account.currency}.json"

    def _run(self, *arguments: str) -> None:
        done = subprocess.run(  # noqa: S603 - our own program, our own arguments
            [sys.executable, str(PROGRAM), *arguments], capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise BankRefused(done.stderr.strip() or done.stdout.strip())

    def write_due(self, transfers: Sequence[Transfer], statement_id: str, day: date) -> Path:
        """Write the file of what is due, which is all that the bank ever learns."""
        path = self.folder / f"due-{statement_id}.json"
        path.write_text(
            json.dumps(
                {
                    "account": self.account.identification,
                    "currency": self.account.currency,
                    "statement_id": statement_id,
                    "date": day.isoformat(),
                    "due": [transfer.stated() for transfer in transfers],
                },
                indent=2,
            ),
            encoding="utf-8",
        )
        return path

    def credit(self, transfers: Sequence[Transfer], statement_id: str, day: date) -> Path:
        """The statement that the bank writes when these transfers have arrived."""
        statement = self.folder / f"statement-{statement_id}.xml"
        due = self.write_due(transfers, statement_id, day)
        self._run("credit", str(due), str(statement), "--state", str(self._state))
        return statement

    def debit(self, payment_file: Path, statement_id: str, day: date) -> Path:
        """The statement that the bank writes when it has carried out a payment file."""
        statement = self.folder / f"statement-{statement_id}.xml"
        self._run(
            "debit",
            str(payment_file),
            str(statement),
            "--statement-id",
            statement_id,
            "--date",
            day.isoformat(),
            "--state",
            str(self._state),
        )
        return statement
