"""camt.053: what is read of each version, and what is refused with which line."""

import hashlib

import pytest

from hub.payments.bank.reader import Statement, UnreadableStatement, describe, read


def camt(entries: str = "", *, version: str = "02", balances: str = "", body: str = "") -> bytes:
    """A small statement of an INR account, with whatever the test is about."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}">'
        "<BkToCstmrStmt><GrpHdr><MsgId>M1</MsgId><CreDtTm>2026-03-01T18:00:00</CreDtTm></GrpHdr>"
        "<Stmt><Id>S1</Id><Acct><Id><Othr><Id>50100012345678</Id></Othr></Id><Ccy>INR</Ccy>"
        f"</Acct>{balances}{entries}</Stmt>{body}</BkToCstmrStmt></Document>"
    ).encode()


def entry(details: str = "", *, sign: str = "CRDT", status: str = "<Sts>BOOK</Sts>") -> str:
    return (
        f'<Ntry><Amt Ccy="INR">84460.00</Amt><CdtDbtInd>{sign}</CdtDbtInd>{status}'
        f"<BookgDt><Dt>2026-03-01</Dt></BookgDt>{details}</Ntry>"
    )


def details(inner: str) -> str:
    return f"<NtryDtls><TxDtls>{inner}</TxDtls></NtryDtls>"


def balance(code: str, amount: str, sign: str = "CRDT") -> str:
    return (
        f'<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy="INR">{amount}</Amt>'
        f"<CdtDbtInd>{sign}</CdtDbtInd><Dt><Dt>2026-03-01</Dt></Dt></Bal>"
    )


def only(data: bytes) -> Statement:
    (statement,) = read(data)
    return statement


PARTIES_02 = (
    "<RltdPties><Dbtr><Nm>Buyer</Nm></Dbtr><DbtrAcct><Id><IBAN>NL91ABNA0417164300</IBAN></Id>"
    "</DbtrAcct><Cdtr><Nm>Supplier</Nm></Cdtr><CdtrAcct><Id><Othr><Id>777</Id></Othr></Id>"
    "</CdtrAcct></RltdPties>"
)
PARTIES_08 = PARTIES_02.replace("<Nm>", "<Pty><Nm>").replace("</Nm>", "</Nm></Pty>")


def test_version_02_has_the_transaction_s_amount_in_its_details() -> None:
    inner = (
        "<Refs><EndToEndId>E2E-1</EndToEndId></Refs>"
        '<AmtDtls><TxAmt><Amt Ccy="INR">84460.0</Amt></TxAmt></AmtDtls>' + PARTIES_02
    )
    (transaction,) = only(camt(entry(details(inner)))).entries[0].transactions
    assert (transaction.amount, transaction.currency) == ("84460.0", "INR")
    assert transaction.end_to_end_id == "E2E-1"
    assert (transaction.name, transaction.iban) == ("Buyer", "NL91ABNA0417164300")


@pytest.mark.parametrize("version", ["04", "06"])
def test_version_04_has_the_transaction_s_own_amount_and_direction(version: str) -> None:
    inner = '<Amt Ccy="INR">60.5</Amt><CdtDbtInd>DBIT</CdtDbtInd>' + PARTIES_02
    (transaction,) = only(camt(entry(details(inner)), version=version)).entries[0].transactions
    assert transaction.amount == "-60.5"
    assert (transaction.name, transaction.iban) == ("Supplier", "777")


@pytest.mark.parametrize("version", ["08", "11"])
def test_version_08_and_later_wrap_status_and_party(version: str) -> None:
    inner = '<Amt Ccy="INR">84460.00</Amt><CdtDbtInd>CRDT</CdtDbtInd>' + PARTIES_08
    data = camt(entry(details(inner), status="<Sts><Cd>PDNG</Cd></Sts>"), version=version)
    (read_entry,) = only(data).entries
    assert read_entry.status == "PDNG"
    assert read_entry.transactions[0].name == "Buyer"


def test_a_bank_as_debtor_is_named_by_its_institution() -> None:
    agent = "<RltdPties><Dbtr><Agt><FinInstnId><Nm>ABN</Nm></FinInstnId></Agt></Dbtr></RltdPties>"
    data = camt(entry(details(agent)), version="08")
    assert only(data).entries[0].transactions[0].name == "ABN"


def test_a_debit_is_negative_and_names_the_creditor() -> None:
    (read_entry,) = only(camt(entry(details(PARTIES_02), sign="DBIT"))).entries
    assert read_entry.amount == "-84460.00"
    assert (read_entry.transactions[0].name, read_entry.transactions[0].iban) == ("Supplier", "777")


def test_the_reversal_flag_flips_nothing() -> None:
    (read_entry,) = only(camt(entry("<RvslInd>true</RvslInd>"))).entries
    assert (read_entry.amount, read_entry.reversal) == ("84460.00", True)
    (plain,) = only(camt(entry("<RvslInd>false</RvslInd>"))).entries
    assert (plain.amount, plain.reversal) == ("84460.00", False)


def test_the_party_on_our_own_side_is_never_taken_for_the_other() -> None:
    inner = "<RltdPties><Cdtr><Nm>Ourselves</Nm></Cdtr></RltdPties>"
    (transaction,) = only(camt(entry(details(inner)))).entries[0].transactions
    assert (transaction.name, transaction.iban) == (None, None)


def test_the_entry_rules_where_its_transactions_say_otherwise() -> None:
    inner = '<Amt Ccy="INR">1.00</Amt>' + PARTIES_02
    (read_entry,) = only(camt(entry(details(inner)), version="04")).entries
    assert read_entry.amount == "84460.00"
    assert read_entry.transactions[0].amount == "1.00"


def test_all_transactions_of_all_details_are_read_in_order() -> None:
    first, second, third = (
        f"<TxDtls><Refs><EndToEndId>{name}</EndToEndId></Refs></TxDtls>" for name in "ABC"
    )
    batch = f"<NtryDtls><Btch/>{first}{second}</NtryDtls><NtryDtls>{third}</NtryDtls>"
    (read_entry,) = only(camt(entry(batch))).entries
    assert [found.end_to_end_id for found in read_entry.transactions] == ["A", "B", "C"]


def test_remittance_is_joined_and_the_first_structured_reference_taken() -> None:
    inner = (
        "<RmtInf><Ustrd>Contract</Ustrd><Ustrd> </Ustrd><Ustrd> 17 </Ustrd>"
        "<Strd><CdtrRefInf><Ref> </Ref></CdtrRefInf></Strd>"
        "<Strd><CdtrRefInf><Ref>RF18539007547034</Ref></CdtrRefInf></Strd></RmtInf>"
    )
    (transaction,) = only(camt(entry(details(inner)))).entries[0].transactions
    assert transaction.remittance == "Contract 17"
    assert transaction.structured == "RF18539007547034"


@pytest.mark.parametrize(
    ("parts", "reference"),
    [
        ("<AcctSvcrRef>BANK-1</AcctSvcrRef><NtryRef>7</NtryRef>", "BANK-1"),
        ("<NtryRef>7</NtryRef>", "7"),
        ("", None),
    ],
)
def test_the_bank_s_reference_comes_first(parts: str, reference: str | None) -> None:
    assert only(camt(entry(parts))).entries[0].reference == reference


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("<Dt>2026-03-02</Dt>", "2026-03-02"),
        ("<Dt>2026-03-02Z</Dt>", "2026-03-02"),
        ("<DtTm>2026-03-02T00:15:00+05:30</DtTm>", "2026-03-02"),
    ],
)
def test_a_date_is_the_one_that_the_bank_wrote(written: str, value: str) -> None:
    assert only(camt(entry(f"<ValDt>{written}</ValDt>"))).entries[0].value == value


def test_balances_have_sign_and_digits_as_written() -> None:
    statement = only(camt(balances=balance("OPBD", "0.10", "DBIT") + balance("CLBD", "84459.9")))
    assert (statement.opening, statement.closing) == ("-0.10", "84459.9")
    assert (statement.opening_currency, statement.closing_currency) == ("INR", "INR")


def test_the_former_closing_balance_opens_where_no_opening_balance_is_told() -> None:
    former, opening = balance("PRCD", "5.00"), balance("OPBD", "6.00")
    assert only(camt(balances=former)).opening == "5.00"
    assert only(camt(balances=former + opening)).opening == "6.00"
    assert only(camt()).opening is None


def test_period_creation_and_additional_information() -> None:
    period = "<FrToDt><FrDtTm>2026-03-01T00:00:00</FrDtTm><ToDtTm>2026-03-02T23:59:59</ToDtTm>"
    data = camt(
        entry("<AddtlNtryInf>Transfer</AddtlNtryInf>"),
        balances=f"<CreDtTm>2026-03-01T19:00:00+05:30</CreDtTm>{period}</FrToDt>",
    )
    statement = only(data)
    assert (statement.from_date, statement.to_date) == ("2026-03-01", "2026-03-02")
    assert statement.created == "2026-03-01T19:00:00+05:30"
    assert statement.entries[0].additional == "Transfer"
    assert only(camt()).created == "2026-03-01T18:00:00"


def test_reading_judges_neither_balances_nor_precision_nor_currencies() -> None:
    data = camt(entry(), balances=balance("OPBD", "1.234567") + balance("CLBD", "1.00"))
    statement = only(data.replace(b'<Amt Ccy="INR">84460', b'<Amt Ccy="XXX">84460'))
    assert statement.opening == "1.234567"
    assert statement.entries[0].currency == "XXX"


REFUSED: list[tuple[str, bytes, str, int | None]] = [
    ("empty", b"", "not an XML file", None),
    ("mt940", b":20:STARTUMSE\r\n:25:10020030/1234567\r\n", "not an XML file", None),
    ("binary", bytes(range(256)) * 4, "not an XML file", None),
    ("cut off", camt(entry())[:-40], "broken", 2),
    ("odd encoding", b'<?xml version="1.0" encoding="klingon"?><Document/>', "encoding", None),
    ("document type", b"<!DOCTYPE Document>\n<Document/>", "document type", 1),
    (
        "entities",
        b'<?xml version="1.0"?>\n<!DOCTYPE d [<!ENTITY a "aa">]><Document>&a;</Document>',
        "document type",
        2,
    ),
    ("another root", b"<html><body/></html>", "not an account statement", 1),
    ("no message", b"<Document/>", "not an account statement", 1),
    (
        "payment order",
        b"<Document xmlns='urn:iso:std:iso:20022:pain'>\n<CstmrCdtTrfInitn/></Document>",
        "not an account statement",
        2,
    ),
    ("camt.052", b"<Document>\n<BkToCstmrAcctRpt/></Document>", "camt.052", 2),
    ("camt.054", b"<Document><BkToCstmrDbtCdtNtfctn/></Document>", "camt.054", 1),
    ("no statement", b"<Document>\n\n<BkToCstmrStmt/></Document>", "no statement", 3),
    ("no amount", camt("\n<Ntry><CdtDbtInd>CRDT</CdtDbtInd></Ntry>"), "Ntry lacks Amt", 3),
    (
        "no direction",
        camt('\n<Ntry><Amt Ccy="INR">1</Amt></Ntry>'),
        "Ntry lacks CdtDbtInd",
        3,
    ),
    ("odd direction", camt(entry(sign="\nUP")), "“UP” is neither credit", 2),
    ("no currency", camt(entry()).replace(b' Ccy="INR"', b""), "no currency", 2),
    ("odd date", camt("\n" + entry("<ValDt><Dt>2026-02-30</Dt></ValDt>")), "not a date", 3),
    ("year alone", camt(entry("<ValDt><Dt>2026</Dt></ValDt>")), "“2026” is not a date", 2),
]


@pytest.mark.parametrize(
    ("data", "message", "line"),
    [case[1:] for case in REFUSED],
    ids=[case[0] for case in REFUSED],
)
def test_what_can_t_be_read_is_refused_with_its_line(
    data: bytes, message: str, line: int | None
) -> None:
    with pytest.raises(UnreadableStatement) as refused:
        read(data)
    assert message in refused.value.message
    assert refused.value.line == line
    said = describe("file.xml", data)
    assert said["error"] == str(refused.value)
    assert said["statements"] == []


@pytest.mark.parametrize("amount", ["", "abc", "-5", "1e3", "1,00", "NaN", "1e309", "1 000", "٣"])
def test_what_is_no_amount_is_refused(amount: str) -> None:
    data = camt("\n" + entry().replace("84460.00", amount))
    with pytest.raises(UnreadableStatement) as refused:
        read(data)
    assert refused.value.line == 3
    assert str(refused.value) == f"Line 3: “{amount}” is not an amount."


def test_one_bad_entry_among_good_ones_refuses_the_whole_file() -> None:
    bad = entry().replace("84460.00", "x")
    with pytest.raises(UnreadableStatement):
        read(camt(entry() + entry() + bad))


def test_another_encoding_is_read_as_declared() -> None:
    inner = details("<RltdPties><Dbtr><Nm>Müller</Nm></Dbtr></RltdPties>")
    text = camt(entry(inner)).decode().replace("UTF-8", "ISO-8859-1")
    assert only(text.encode("latin-1")).entries[0].transactions[0].name == "Müller"


def test_the_description_has_exactly_the_promised_shape() -> None:
    data = camt(entry("<ValDt><Dt>2026-03-02</Dt></ValDt>" + details(PARTIES_02)))
    assert describe("march.xml", data) == {
        "file": "march.xml",
        "sha256": hashlib.sha256(data).hexdigest(),
        "error": None,
        "statements": [
            {
                "account": "50100012345678",
                "currency": "INR",
                "id": "S1",
                "opening": None,
                "closing": None,
                "entries": [
                    {
                        "amount": "84460.00",
                        "currency": "INR",
                        "booked": "2026-03-01",
                        "value": "2026-03-02",
                        "status": "BOOK",
                        "reference": None,
                        "transactions": [
                            {
                                "amount": None,
                                "end_to_end_id": None,
                                "structured": None,
                                "remittance": None,
                                "name": "Buyer",
                                "iban": "NL91ABNA0417164300",
                            }
                        ],
                    }
                ],
            }
        ],
    }


def test_a_statement_without_account_or_entries_says_so() -> None:
    data = b"<Document><BkToCstmrStmt><Stmt/></BkToCstmrStmt></Document>"
    assert describe("bare.xml", data)["statements"] == [
        {
            "account": None, "currency": None, "id": None, "opening": None, "closing": None,
            "entries": [],
        }
    ]  # fmt: skip
