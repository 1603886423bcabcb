"""The seal leaves the issued bytes in front, and tells of any change after."""

import hashlib
import stat
import subprocess
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs12

from hub.contracts.drawing.documents import render_contract
from hub.contracts.seal.keys import (
    DEVELOPMENT_NAME,
    Seal,
    SealUnusable,
    load_certificate,
    load_seal,
    make_development_certificate,
)
from hub.contracts.seal.sealing import (
    SealReport,
    SignatureRecord,
    add_signature_sheet_and_seal,
    verify_seal,
)
from tests.contracts.example_terms import TERMS

SEALED_AT = datetime(2026, 12, 1, 11, 2, 6, tzinfo=UTC)


@cache
def issued() -> bytes:
    """The contract as both sides signed it."""
    return render_contract(TERMS)


@cache
def digest() -> str:
    return hashlib.sha256(issued()).hexdigest()


@cache
def signatures() -> tuple[SignatureRecord, ...]:
    return (
        SignatureRecord(
            TERMS.supplier.legal_name,
            "Ravi Kumar",
            "Owner, for the supplier",
            datetime(2026, 12, 1, 15, 0, tzinfo=timezone(timedelta(hours=5, minutes=30))),
            digest(),
        ),
        SignatureRecord(
            TERMS.purchaser.legal_name,
            "王小明",
            "Trader, for the purchaser",
            datetime(2026, 12, 1, 11, 2, 5, tzinfo=UTC),
            digest(),
        ),
    )


@pytest.fixture(scope="module")
def seal(tmp_path_factory: pytest.TempPathFactory) -> Seal:
    return load_seal(*make_development_certificate(tmp_path_factory.mktemp("seal")))


@pytest.fixture(scope="module")
def sealed(seal: Seal) -> bytes:
    return add_signature_sheet_and_seal(
        issued(), signatures(), seal, number=TERMS.number, sealed_at=SEALED_AT
    )


def run(*command: str) -> str:
    return subprocess.run(command, capture_output=True, check=True, text=True).stdout


def test_the_issued_bytes_stay_in_front(sealed: bytes) -> None:
    assert sealed.startswith(issued())
    assert hashlib.sha256(sealed[: len(issued())]).hexdigest() == digest()
    assert sealed.count(b"%%EOF") == issued().count(b"%%EOF") + 1


def test_the_sheet_lists_who_signed_what_and_when(sealed: bytes, tmp_path: Path) -> None:
    path = tmp_path / "sealed.pdf"
    path.write_bytes(sealed)
    sheet = run("pdftotext", "-layout", str(path), "-").split("\f")[-2]
    words = " ".join(sheet.split())
    for expected in (
        "Signature sheet",
        "签署页",
        "2026-000123",
        "Ravi Kumar",
        "2026-12-01 09:30:00 UTC",
        "王小明",
        "2026-12-01 11:02:05 UTC",
        "上海东方食品进出口有限公司",
        "2026-12-01 11:02:06 UTC",
        DEVELOPMENT_NAME,
    ):
        assert expected in words
    assert words.count(digest()[:8]) == 3


def test_pdfsig_finds_it_valid_over_the_whole_document(sealed: bytes, tmp_path: Path) -> None:
    path = tmp_path / "sealed.pdf"
    path.write_bytes(sealed)
    said = run("pdfsig", "-nocert", str(path))
    assert said.count("Signature #") == 1
    assert "Signature is Valid" in said
    assert "Total document signed" in said
    assert "ETSI.CAdES.detached" in said
    assert DEVELOPMENT_NAME in said


def test_the_report_of_an_unbroken_seal(sealed: bytes, seal: Seal) -> None:
    assert verify_seal(sealed, seal.certificate) == SealReport(
        valid=True, covers_whole_document=True, signed_at=SEALED_AT, signer=DEVELOPMENT_NAME
    )


@pytest.mark.parametrize("place", ["issued", "seal"])
def test_a_changed_byte_breaks_the_seal(sealed: bytes, seal: Seal, place: str) -> None:
    # The title of the issued document, and the instant written into the seal.
    word, other = {
        "issued": (b"Contract 2026-000123", b"Contract 2026-000124"),
        "seal": (b"20261201110206", b"20261201110207"),
    }[place]
    assert sealed.count(word) == 1
    changed = sealed.replace(word, other)
    assert len(changed) == len(sealed)
    report = verify_seal(changed, seal.certificate)
    assert (report.valid, report.covers_whole_document) == (False, False)


def test_bytes_added_after_the_seal_are_not_covered(sealed: bytes, seal: Seal) -> None:
    report = verify_seal(sealed + b"\n% more\n", seal.certificate)
    assert report.valid
    assert not report.covers_whole_document


@pytest.mark.parametrize(
    "content", [issued(), b"", b"no PDF", issued()[:5000]], ids=["issued", "empty", "text", "cut"]
)
def test_what_bears_no_seal_is_not_valid(content: bytes, seal: Seal) -> None:
    assert verify_seal(content, seal.certificate) == SealReport(False, False)


def test_anothers_seal_is_not_ours(sealed: bytes, tmp_path: Path) -> None:
    _, certificate_path = make_development_certificate(tmp_path)
    assert verify_seal(sealed, load_certificate(certificate_path)) == SealReport(False, False)


def test_refuses_signatures_given_for_other_bytes(seal: Seal) -> None:
    wrong = (signatures()[0], replace(signatures()[1], sha256="0" * 64))
    with pytest.raises(ValueError, match="other bytes"):
        add_signature_sheet_and_seal(
            issued(), wrong, seal, number=TERMS.number, sealed_at=SEALED_AT
        )


def test_refuses_an_instant_without_a_zone(seal: Seal) -> None:
    with pytest.raises(ValueError, match="time zone"):
        add_signature_sheet_and_seal(
            issued(),
            signatures(),
            seal,
            number=TERMS.number,
            sealed_at=SEALED_AT.replace(tzinfo=None),
        )


def test_the_development_certificate_is_made_once(tmp_path: Path) -> None:
    directory = tmp_path / "new" / "seal"
    key_path, certificate_path = make_development_certificate(directory)
    before = key_path.read_bytes(), certificate_path.read_bytes()
    assert make_development_certificate(directory) == (key_path, certificate_path)
    assert (key_path.read_bytes(), certificate_path.read_bytes()) == before
    assert stat.S_IMODE(key_path.stat().st_mode) == 0o600
    assert sorted(path.name for path in directory.iterdir()) == ["certificate.pem", "key.pem"]
    certificate = x509.load_pem_x509_certificate(certificate_path.read_bytes())
    assert certificate.subject.rfc4514_string() == f"CN={DEVELOPMENT_NAME}"


def test_several_at_once_agree_on_one_key_and_certificate(tmp_path: Path) -> None:
    start = threading.Barrier(6)
    seen: list[tuple[bytes, bytes]] = []

    def make() -> None:
        start.wait()
        key_path, certificate_path = make_development_certificate(tmp_path)
        load_seal(key_path, certificate_path)
        seen.append((key_path.read_bytes(), certificate_path.read_bytes()))

    threads = [threading.Thread(target=make) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 6
    assert len(set(seen)) == 1


def test_a_seal_from_pkcs12_seals_alike(tmp_path: Path) -> None:
    key_path, certificate_path = make_development_certificate(tmp_path)
    key = serialization.load_pem_private_key(key_path.read_bytes(), None)
    certificate = x509.load_pem_x509_certificate(certificate_path.read_bytes())
    archive = tmp_path / "seal.p12"
    archive.write_bytes(
        pkcs12.serialize_key_and_certificates(
            b"seal",
            key,  # type: ignore[arg-type]
            certificate,
            None,
            serialization.BestAvailableEncryption(b"secret"),
        )
    )
    sealed = add_signature_sheet_and_seal(
        issued(),
        signatures(),
        load_seal(archive, passphrase="secret"),
        number=TERMS.number,
        sealed_at=SEALED_AT,
    )
    assert verify_seal(sealed, load_certificate(certificate_path)).covers_whole_document
    with pytest.raises(SealUnusable, match="can't be read"):
        load_seal(archive, passphrase="wrong")


def test_a_key_with_anothers_certificate_is_refused(tmp_path: Path) -> None:
    key_path, _ = make_development_certificate(tmp_path / "one")
    _, certificate_path = make_development_certificate(tmp_path / "other")
    with pytest.raises(SealUnusable, match="belong together"):
        load_seal(key_path, certificate_path)


def test_missing_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(SealUnusable, match=r"none\.pem"):
        load_seal(tmp_path / "none.pem", tmp_path / "none.pem")
    with pytest.raises(SealUnusable, match=r"none\.pem"):
        load_certificate(tmp_path / "none.pem")
