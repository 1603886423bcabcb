"""Payment orders: valid by the schema, exact to the minor unit, and the same every time."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

import pytest
import sepaxml
import xmlschema
from hypothesis import given
from hypothesis import strategies as st

from hub.core.money import Money
from hub.payments.payouts.payment_file import PartyAccount, Payment, build
from hub.payments.reference import create

SCHEMA = xmlschema.XMLSchema(Path(sepaxml.__file__).parent / "schemas" / "pain.001.001.09.xsd")
CREATED = datetime(2026, 3, 2, 9, 30, 15, tzinfo=UTC)
EXECUTION = date(2026, 3, 3)
HUB = PartyAccount("Trading Hub", iban="DE89 3704 0044 0532 0130 00", bic="COBADEFFXXX")
INDIAN = PartyAccount(
    "Deccan Spices Pvt Ltd", account_number="50100012345678", country="IN",
    clearing_code="HDFC0000123",
)  # fmt: skip
DUTCH = PartyAccount("Polder Graan B.V.", iban="NL91ABNA0417164300")
NAMESPACE = {"p": "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"}


def order(*payments: Payment, created: datetime = CREATED, debtor: PartyAccount = HUB) -> bytes:
    return build("PAY-2026-0001", created, "Trading Hub", debtor, payments, EXECUTION)


def inr(minor: int, end_to_end_id: str = "PO-1", creditor: PartyAccount = INDIAN) -> Payment:
    return Payment(end_to_end_id, Money(minor, "INR"), creditor, reference=create("202600042"))


def valid(data: bytes) -> ElementTree.Element:
    SCHEMA.validate(data.decode())
    return ElementTree.fromstring(data)


def texts(root: ElementTree.Element, path: str) -> list[str | None]:
    return [found.text for found in root.iterfind(path.replace("/", "/p:"), NAMESPACE)]


TRANSFER = "./CstmrCdtTrfInitn/PmtInf/CdtTrfTxInf"


def test_a_payment_to_an_account_without_iban_names_clearing_system_and_reference() -> None:
    root = valid(order(inr(8446000)))
    agent = f"{TRANSFER}/CdtrAgt/FinInstnId"
    assert texts(root, f"{TRANSFER}/Amt/InstdAmt") == ["84460.00"]
    assert texts(root, f"{agent}/ClrSysMmbId/ClrSysId/Cd") == ["INFSC"]
    assert texts(root, f"{agent}/ClrSysMmbId/MmbId") == ["HDFC0000123"]
    assert texts(root, f"{agent}/PstlAdr/Ctry") == ["IN"]
    assert texts(root, f"{TRANSFER}/CdtrAcct/Id/Othr/Id") == ["50100012345678"]
    assert texts(root, f"{TRANSFER}/RmtInf/Strd/CdtrRefInf/Tp/CdOrPrtry/Cd") == ["SCOR"]
    assert texts(root, f"{TRANSFER}/RmtInf/Strd/CdtrRefInf/Ref") == [create("202600042")]


def test_a_payment_to_an_iban_carries_free_text() -> None:
    payment = Payment("PO-7", Money(105, "EUR"), DUTCH, text="Refund of\tcontract 17\x00")
    root = valid(order(payment))
    assert texts(root, f"{TRANSFER}/CdtrAcct/Id/IBAN") == ["NL91ABNA0417164300"]
    assert texts(root, f"{TRANSFER}/CdtrAgt/FinInstnId/BICFI") == []
    assert texts(root, f"{TRANSFER}/RmtInf/Ustrd") == ["Refund of contract 17"]
    assert texts(root, f"{TRANSFER}/Amt/InstdAmt") == ["1.05"]


def test_the_header_counts_and_sums_and_the_debtor_is_the_hub() -> None:
    root = valid(order(inr(100, "PO-1"), inr(250, "PO-2")))
    for place in ("./CstmrCdtTrfInitn/GrpHdr", "./CstmrCdtTrfInitn/PmtInf"):
        assert texts(root, f"{place}/NbOfTxs") == ["2"]
        assert texts(root, f"{place}/CtrlSum") == ["3.50"]
    instruction = "./CstmrCdtTrfInitn/PmtInf"
    assert texts(root, "./CstmrCdtTrfInitn/GrpHdr/MsgId") == ["PAY-2026-0001"]
    assert texts(root, f"{instruction}/ReqdExctnDt/Dt") == ["2026-03-03"]
    assert texts(root, f"{instruction}/BtchBookg") == ["false"]
    assert texts(root, f"{instruction}/DbtrAcct/Id/IBAN") == ["DE89370400440532013000"]
    assert texts(root, f"{instruction}/DbtrAgt/FinInstnId/BICFI") == ["COBADEFFXXX"]
    assert texts(root, f"{TRANSFER}/PmtId/EndToEndId") == ["PO-1", "PO-2"]


def test_the_same_orders_give_the_same_bytes_in_whatever_zone_they_were_made() -> None:
    elsewhere = CREATED.astimezone(timezone(timedelta(hours=5, minutes=30)))
    assert order(inr(100)) == order(inr(100), created=elsewhere)
    assert b"<CreDtTm>2026-03-02T09:30:15+00:00</CreDtTm>" in order(inr(100))


@pytest.mark.parametrize(
    ("currency", "written"), [("INR", "123.45"), ("JPY", "12345"), ("KWD", "12.345")]
)
def test_an_amount_has_its_currency_s_decimals(currency: str, written: str) -> None:
    root = valid(order(Payment("PO-1", Money(12345, currency), INDIAN)))
    assert texts(root, f"{TRANSFER}/Amt/InstdAmt") == [written]


@given(st.lists(st.integers(1, 10**15), min_size=1, max_size=5))
def test_no_minor_unit_is_lost(minors: list[int]) -> None:
    root = ElementTree.fromstring(order(*(inr(minor, f"PO-{n}") for n, minor in enumerate(minors))))
    written = [Decimal(text or "") for text in texts(root, f"{TRANSFER}/Amt/InstdAmt")]
    assert written == [Decimal(minor) / 100 for minor in minors]
    assert texts(root, "./CstmrCdtTrfInitn/GrpHdr/CtrlSum") == [
        f"{Decimal(sum(minors)).scaleb(-2):f}"
    ]


@given(st.text(min_size=1, max_size=300))
def test_any_text_and_any_name_give_a_valid_file(text: str) -> None:
    creditor = PartyAccount("X" + text, iban="NL91ABNA0417164300")
    root = valid(order(Payment("PO-1", Money(1, "EUR"), creditor, text=text)))
    (name,) = texts(root, f"{TRANSFER}/Cdtr/Nm")
    assert name is not None
    assert 1 <= len(name) <= 140


def test_chinese_names_are_kept_and_long_ones_cut() -> None:
    creditor = PartyAccount("粮" * 150, iban="NL91ABNA0417164300")
    root = valid(order(Payment("PO-1", Money(1, "EUR"), creditor)))
    assert texts(root, f"{TRANSFER}/Cdtr/Nm") == ["粮" * 140]


def test_a_debtor_of_whose_bank_nothing_is_known_is_still_valid() -> None:
    root = valid(order(inr(100), debtor=PartyAccount("Hub", iban="NL91ABNA0417164300")))
    agent = "./CstmrCdtTrfInitn/PmtInf/DbtrAgt/FinInstnId/Othr/Id"
    assert texts(root, agent) == ["NOTPROVIDED"]


def test_a_country_without_a_known_clearing_system_gives_the_code_alone() -> None:
    creditor = PartyAccount("Quito SA", account_number="77", country="EC", clearing_code="0010")
    root = valid(order(inr(100, creditor=creditor)))
    member = f"{TRANSFER}/CdtrAgt/FinInstnId/ClrSysMmbId"
    assert texts(root, f"{member}/MmbId") == ["0010"]
    assert texts(root, f"{member}/ClrSysId/Cd") == []


def test_one_file_has_one_currency_and_each_end_to_end_id_once() -> None:
    euro = Payment("PO-2", Money(100, "EUR"), DUTCH)
    with pytest.raises(ValueError, match="one currency, not EUR, INR"):
        order(inr(100), euro)
    with pytest.raises(ValueError, match="PO-1 is there twice"):
        order(inr(100), inr(100))
    with pytest.raises(ValueError, match="at least one payment"):
        order()


def test_a_time_of_creation_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="needs a zone"):
        order(inr(100), created=CREATED.replace(tzinfo=None))


@pytest.mark.parametrize(
    "identifier", ["", "x" * 36, "PO/", "/PO", "P//O", "订单", "PO\n1", "PO_1", " PO"]
)
def test_an_identifier_that_banks_would_alter_is_refused(identifier: str) -> None:
    with pytest.raises(ValueError, match="can't be an identifier"):
        inr(100, identifier)
    with pytest.raises(ValueError, match="can't be an identifier"):
        build(identifier, CREATED, "Hub", HUB, [inr(100)], EXECUTION)


@pytest.mark.parametrize("minor", [0, -1, 10**18])
def test_amounts_that_no_bank_can_pay_are_refused(minor: int) -> None:
    with pytest.raises(ValueError, match="PO-1"):
        inr(minor)


def test_a_payment_has_a_true_reference_or_a_text() -> None:
    with pytest.raises(ValueError, match="both a reference and a text"):
        Payment("PO-1", Money(1, "EUR"), DUTCH, reference=create("1"), text="too")
    with pytest.raises(ValueError, match="not an RF reference"):
        Payment("PO-1", Money(1, "EUR"), DUTCH, reference="RF00123")


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ({}, "either an IBAN or an account number"),
        ({"iban": "NL91ABNA0417164300", "account_number": "1"}, "either an IBAN"),
        ({"iban": "NL91!"}, "not an IBAN"),
        ({"account_number": "1" * 35, "country": "IN", "clearing_code": "A"}, "account number"),
        ({"account_number": "1", "country": "IN"}, "country and clearing code"),
        ({"account_number": "1", "country": "India", "clearing_code": "A"}, "country code"),
        ({"account_number": "1", "country": "IN", "clearing_code": "A" * 36}, "clearing code"),
        ({"iban": "NL91ABNA0417164300", "bic": "ABC"}, "not a BIC"),
    ],
)
def test_a_party_without_a_whole_account_is_refused(parts: dict[str, str], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        PartyAccount("Deccan", **parts)
    with pytest.raises(ValueError, match="needs a name"):
        PartyAccount("\x00 ", iban="NL91ABNA0417164300")
