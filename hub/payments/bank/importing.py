"""Bank files: read, judged, and posted whole or not at all."""

import hashlib
from collections.abc import Sequence

from sqlalchemy import select, tuple_

from hub.core import audit, clock, files, settings
from hub.core.actor import SYSTEM, Actor, StaffRole
from hub.core.db.base import db
from hub.core.errors import Invalid
from hub.core.i18n import _
from hub.core.use_case import use_case
from hub.payments.bank import matching, settlement
from hub.payments.bank import reader as statement_reader
from hub.payments.bank.checking import (
    PreparedLine,
    PreparedStatement,
    RefusedStatement,
    prepare,
)
from hub.payments.bank.models import BankFile, BankStatement, StatementLine
from hub.payments.bank.reader import UnreadableStatement
from hub.payments.ledger import entries as ledger
from hub.payments.ledger.models import DesignatedAccount

MAX_BYTES = 15 * 1024 * 1024


@use_case
def import_statement(actor: Actor, data: bytes, file_name: str) -> BankFile:
    """Post the booked entries of a camt.053 file that are new, and match what can be matched.

    A file that can't be read or isn't in order is kept with its ``error``, and nothing of it is
    posted. The same bytes again, under whatever name, give the first file back.

    Raises:
        NotAllowed: neither a finance clerk nor the system.
        Invalid: the file is too large; nothing is kept.
    """
    actor.require(StaffRole.FINANCE)
    if len(data) > MAX_BYTES:
        message = _("The file is larger than %(size)d MB.", size=MAX_BYTES // 2**20)
        raise Invalid(message, {"file": [message]})
    sha256 = hashlib.sha256(data).hexdigest()
    known = accepted_file(sha256)
    if known is not None:
        return known
    bank_file = BankFile(
        sha256=sha256,
        file=files.store(actor, data, file_name, "application/xml"),
        imported_at=clock.now(),
        imported_by=actor.user_id,
        new_lines=0,
        known_lines=0,
        pending_lines=0,
    )
    try:
        statements = prepare(statement_reader.read(data), _accounts(), settings.today())
    except UnreadableStatement as error:
        bank_file.error, bank_file.error_line = error.message, error.line
    except RefusedStatement as error:
        bank_file.error = error.message
    db.session.add(bank_file)
    db.session.flush()
    if bank_file.error is not None:
        audit.record(actor, bank_file, "refused", reason=bank_file.error, sha256=sha256)
        return bank_file
    for statement in statements:
        _take_statement(actor, bank_file, statement)
    matching.rematch(SYSTEM)
    audit.record(
        actor,
        bank_file,
        "imported",
        sha256=sha256,
        new_lines=bank_file.new_lines,
        known_lines=bank_file.known_lines,
        pending_lines=bank_file.pending_lines,
    )
    return bank_file


def accepted_file(sha256: str) -> BankFile | None:
    """The file with these bytes that was posted, if it was."""
    return db.session.scalar(
        select(BankFile).where(BankFile.sha256 == sha256, BankFile.error.is_(None))
    )


def _accounts() -> Sequence[DesignatedAccount]:
    """Every account the hub has or had: a statement of a retired one may still come."""
    return db.session.scalars(select(DesignatedAccount).order_by(DesignatedAccount.id)).all()


def _take_statement(actor: Actor, bank_file: BankFile, prepared: PreparedStatement) -> None:
    statement = BankStatement(
        file_id=bank_file.id,
        account=prepared.account,
        statement_id=prepared.statement_id,
        closed_on=prepared.closed_on,
        opening_minor=prepared.opening_minor,
        closing_minor=prepared.closing_minor,
    )
    db.session.add(statement)
    db.session.flush()
    known = _known(prepared)
    lines = [
        _new_line(statement, line)
        for line in prepared.lines
        if (line.fingerprint, line.ordinal) not in known
    ]
    bank_file.new_lines += len(lines)
    bank_file.known_lines += len(prepared.lines) - len(lines)
    bank_file.pending_lines += prepared.pending
    db.session.add_all(lines)
    db.session.flush()
    _book(actor, lines)


def _known(prepared: PreparedStatement) -> set[tuple[str, int]]:
    wanted = [(line.fingerprint, line.ordinal) for line in prepared.lines]
    found: set[tuple[str, int]] = set()
    for start in range(0, len(wanted), 400):
        rows = db.session.execute(
            select(StatementLine.fingerprint, StatementLine.ordinal).where(
                StatementLine.account_id == prepared.account.id,
                tuple_(StatementLine.fingerprint, StatementLine.ordinal).in_(
                    wanted[start : start + 400]
                ),
            )
        )
        found.update((fingerprint, int(ordinal)) for fingerprint, ordinal in rows)
    return found


def _new_line(statement: BankStatement, line: PreparedLine) -> StatementLine:
    return StatementLine(
        account=statement.account,
        bank_statement_id=statement.id,
        currency=statement.account.currency,
        allocated_minor=0,
        **{name: getattr(line, name) for name in PreparedLine.__slots__},
    )


def _book(actor: Actor, lines: Sequence[StatementLine]) -> None:
    """Post what arrived and what left; a debit that quotes an exported payout settles it."""
    arrived = [settlement.book_credit(line) for line in lines if line.is_credit]
    ledger.post_all(actor, arrived)
    for line in lines:
        if not line.is_credit:
            payout = matching.payout_quoted(line)
            fits = payout is not None and matching.may_settle(line, payout)
            settlement.book_debit(actor, line, payout if fits else None)
