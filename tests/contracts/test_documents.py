"""The contract's document states the terms in both languages, in bytes that never vary."""

import hashlib
import os
import re
import subprocess
import sys
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from hub.contracts.drawing.documents import render_contract
from hub.contracts.terms import BankAccountDetails, ContractTerms
from tests.contracts.example_terms import LONG_CHINESE, LONG_WORD, TERMS, uncomfortable_terms

PRINT_DIGEST = """
import hashlib
from hub.contracts.drawing.documents import render_contract
from tests.contracts.example_terms import TERMS
print(hashlib.sha256(render_contract(TERMS)).hexdigest())
"""


def pages_of(terms: ContractTerms, tmp_path: Path) -> list[str]:
    path = tmp_path / "contract.pdf"
    path.write_bytes(render_contract(terms))
    command = ["pdftotext", "-layout", str(path), "-"]
    read = subprocess.run(command, capture_output=True, check=True, text=True)
    assert read.stderr == ""
    return read.stdout.split("\f")[:-1]


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def test_states_every_term(tmp_path: Path) -> None:
    text = re.sub(r"\s+", " ", " ".join(pages_of(TERMS, tmp_path)))
    for expected in (
        "2026-000123",
        "1 Dec 2026 · 2026年12月1日",
        "https://hub.example/verify/2026-000123",
        "U01400TG2019PTC131313",
        "36AAECM2222R1Z5",
        "上海东方食品进出口有限公司",
        "91310115MA1K3ABC7X",
        "浦东新区世纪大道100号",
        "36AAHCD1234K1ZP",
        "Onion, red",
        "红洋葱",
        "0703.10",
        "FAQ",
        "decitonne, 100 kg",
        "40 DTN × 2,320.00 INR/DTN",
        "92,800.00 INR",
        "40 DTN × 123.60 INR/DTN",
        "Telangana – Maharashtra, 412 km",
        "4,944.00 INR",
        "97,744.00 INR",
        "5 Dec 2026 – 19 Dec 2026",
        "2026年12月5日至2026年12月19日",
        "FCA, Incoterms 2020",
        "Deccan Trading Hub escrow account",
        "50200012345678",
        "DBHY0000042 (India)",
        "DBHYINBBXXX",
        "RF86 2026 0001 2300",
        "within 5 days of the last signature",
        "within 3 days of delivery",
        "commission of 1% of the goods amount, which is 928.00 INR",
        "governed by the law of India",
        "本合同适用印度法律。",
        "the courts of Hyderabad",
        "提交海得拉巴法院。",
        "Bulb diameter 鳞茎直径 45–65 mm",
    ):
        assert expected in text


def test_an_iban_stands_in_groups_of_four(tmp_path: Path) -> None:
    account = BankAccountDetails(
        holder="Hub escrow", bank_name="Bank", bic="", iban="DE89370400440532013000"
    )
    text = " ".join(pages_of(replace(TERMS, payment_account=account), tmp_path))
    assert "DE89 3704 0044 0532 0130 00" in text
    assert "Clearing code" not in text
    assert "BIC" not in text


def test_a_currency_without_minor_units_has_no_decimals(tmp_path: Path) -> None:
    terms = replace(
        TERMS,
        currency="JPY",
        unit_price=Decimal("2320.0000"),
        goods_minor=92_800,
        freight_minor=4_944,
        total_minor=97_744,
    )
    text = " ".join(pages_of(terms, tmp_path))
    assert "97,744 JPY" in text
    assert "2,320 JPY/DTN" in text


def test_equal_terms_give_equal_bytes_also_after_storage() -> None:
    first = render_contract(TERMS)
    assert render_contract(ContractTerms.from_json(TERMS.to_json())) == first
    assert render_contract(replace(TERMS, payment_days=6)) != first
    assert render_contract(TERMS) == first


@pytest.mark.parametrize("seed", ["1", "4242"])
def test_another_process_gives_equal_bytes(seed: str) -> None:
    environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": "Asia/Tokyo"}
    root = Path(__file__).parents[2]
    command = [sys.executable, "-c", PRINT_DIGEST]
    done = subprocess.run(
        command, capture_output=True, check=True, text=True, env=environment, cwd=root
    )
    assert done.stdout.strip() == hashlib.sha256(render_contract(TERMS)).hexdigest()


def test_long_names_and_forty_attributes_flow_over_pages_and_lose_nothing(tmp_path: Path) -> None:
    terms = uncomfortable_terms()
    pages = pages_of(terms, tmp_path)
    assert len(pages) == 7
    for index, page in enumerate(pages, 1):
        assert f"Page {index} of 7" in page
        assert f"第 {index} 页，共 7 页" in page
    raw = subprocess.run(
        ["pdftotext", "-raw", str(tmp_path / "contract.pdf"), "-"],
        capture_output=True,
        check=True,
        text=True,
    )
    together = squeezed(raw.stdout)
    assert LONG_WORD in together
    assert LONG_CHINESE in together
    assert "Łódź" in together
    assert "12,193,263,111,263,527.00" in together
    for _, chinese, _ in terms.attributes:
        assert chinese in together
    assert squeezed(raw.stdout).count("value40") == 40


def test_fonts_are_embedded_and_subset(tmp_path: Path) -> None:
    path = tmp_path / "contract.pdf"
    path.write_bytes(render_contract(uncomfortable_terms()))
    listed = subprocess.run(["pdffonts", str(path)], capture_output=True, check=True, text=True)
    fonts = [line.split() for line in listed.stdout.splitlines()[2:] if "Noto" in line]
    assert {re.sub(r"^[A-Z]+\+", "", font[0]) for font in fonts} == {
        "NotoSansSC-Regular",
        "NotoSansSC-Bold",
        "NotoSans-Regular",
    }
    for font in fonts:
        embedded, subset = font[-5], font[-4]
        assert (embedded, subset) == ("yes", "yes")
