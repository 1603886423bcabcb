"""camt.053 in the forms that banks give it: what real samples show, in statements of our own."""

import pytest

from hub.payments.bank.reader import read
from tests.payments.test_statement_reader import balance, camt, details, entry, only

OTHER = "<Othr><Id>50100012345678</Id></Othr>"


def with_account(identification: str) -> bytes:
    return camt(entry()).replace(OTHER.encode(), identification.encode())


def test_an_account_is_an_iban_before_any_other_number() -> None:
    iban = "<IBAN>NL91ABNA0417164300</IBAN>"
    for identification in (iban, iban + OTHER, OTHER + iban):
        assert only(with_account(identification)).account == "NL91ABNA0417164300"
    assert only(with_account(OTHER)).account == "50100012345678"


def test_each_statement_of_a_file_has_its_own_account_entries_and_balances() -> None:
    second = (
        "<Stmt><Id>S2</Id><Acct><Id><Othr><Id>42</Id></Othr></Id></Acct>"
        f"{balance('CLBD', '9.00', 'DBIT')}{entry(sign='DBIT')}{entry('<NtryRef>7</NtryRef>')}"
        "</Stmt>"
    )
    data = camt(entry(), balances=balance("OPBD", "5.00"), body=second)
    found = [
        (each.id, each.account, each.opening, each.closing, [one.amount for one in each.entries])
        for each in read(data)
    ]
    assert found == [
        ("S1", "50100012345678", "5.00", None, ["84460.00"]),
        ("S2", "42", None, "-9.00", ["-84460.00", "84460.00"]),
    ]


def test_an_entry_may_be_booked_at_an_instant() -> None:
    at = b"<BookgDt><DtTm>2026-03-01T23:30:00-05:00</DtTm></BookgDt>"
    data = camt(entry()).replace(b"<BookgDt><Dt>2026-03-01</Dt></BookgDt>", at)
    assert only(data).entries[0].booked == "2026-03-01"


def test_a_period_may_be_told_in_dates() -> None:
    period = "<FrToDt><FrDt>2026-02-01</FrDt><ToDt>2026-02-28</ToDt></FrToDt>"
    statement = only(camt(balances=period))
    assert (statement.from_date, statement.to_date) == ("2026-02-01", "2026-02-28")


def test_a_bank_s_own_status_is_kept_as_it_is() -> None:
    data = camt(entry(status="<Sts><Prtry>HELD</Prtry></Sts>"), version="08")
    assert only(data).entries[0].status == "HELD"


@pytest.mark.parametrize(("flag", "reversal"), [("true", True), ("1", True), ("0", False)])
def test_a_flag_is_written_in_words_or_figures(flag: str, reversal: bool) -> None:
    (found,) = only(camt(entry(f"<RvslInd>{flag}</RvslInd>"))).entries
    assert found.reversal is reversal


def test_opening_and_closing_are_found_among_all_types_of_balances() -> None:
    """Of two of a type the first; what is available, expected or between is neither."""
    codes = ("XPCD", "OPAV", "ITAV", "OPBD", "ITBD", "CLAV", "FWAV", "CLBD", "INFO", "PRCD")
    balances = "".join(balance(code, f"{number}.00") for number, code in enumerate(codes, 1))
    balances += balance("OPBD", "77.00") + balance("CLBD", "88.00")
    statement = only(camt(balances=balances))
    assert (statement.opening, statement.closing) == ("4.00", "8.00")
    neither = "".join(balance(code, "1.00") for code in codes if code[-2:] not in ("BD", "CD"))
    statement = only(camt(balances=neither))
    assert (statement.opening, statement.closing) == (None, None)


def test_a_balance_of_a_bank_s_own_type_is_none_of_them() -> None:
    own = balance("OPBD", "1.00").replace("<Cd>OPBD</Cd>", "<Prtry>OPBD</Prtry>")
    assert only(camt(balances=own + balance("OPBD", "2.00"))).opening == "2.00"


def test_a_transaction_s_own_amount_comes_before_that_of_its_details() -> None:
    inner = '<Amt Ccy="INR">60.50</Amt><AmtDtls><TxAmt><Amt Ccy="USD">0.70</Amt></TxAmt></AmtDtls>'
    (transaction,) = only(camt(entry(details(inner)), version="04")).entries[0].transactions
    assert (transaction.amount, transaction.currency) == ("60.50", "INR")


@pytest.mark.parametrize("digits", ["105.750", "8.850", "5", ".5", "5.", "007.10"])
def test_digits_are_kept_as_they_were_written(digits: str) -> None:
    data = camt(entry().replace("84460.00", digits), balances=balance("CLBD", digits, "DBIT"))
    statement = only(data)
    assert (statement.entries[0].amount, statement.closing) == (digits, f"-{digits}")
