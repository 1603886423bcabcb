"""The hub's electronic seal: a signature sheet and a PAdES signature, added to the issued bytes.

Both follow the issued document as one incremental update (ISO 32000-1, 7.5.6), so the bytes that
the parties signed stay in front, unchanged. The signature is PAdES (ETSI EN 319 142-1) with the
seal's own clock: no time-stamp server is asked. It certifies the document (DocMDP), permitting
no change after it.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO

from asn1crypto import x509
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import signers
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes
from pyhanko.sign.validation import (
    EmbeddedPdfSignature,
    SignatureCoverageLevel,
    validate_pdf_signature,
)
from pyhanko.stamp import NoOpStampStyle
from pyhanko_certvalidator import ValidationContext

from hub.contracts.seal.keys import Seal
from hub.core.print.pdf import Box, Column, Document
from hub.core.print.typesetting import NOTE, STRONG, Cell, Style, Text, cell

_FIELD = "HubSeal"
_HEAD = Style(7.5, 10.5, bold=True)
_SEAL_HEIGHT = 84.0


@dataclass(frozen=True, slots=True)
class SignatureRecord:
    """Who signed for a company, in which role, when (aware), and the SHA-256 (hex) they saw."""

    company: str
    person: str
    role: str
    signed_at: datetime
    sha256: str


@dataclass(frozen=True, slots=True)
class SealReport:
    """What checking a PDF for the hub's seal found.

    ``valid``: the expected certificate signed these bytes and they are unchanged.
    ``covers_whole_document``: and nothing was added after. ``signed_at`` (UTC) and ``signer``
    are as the seal itself states them; ``None`` where there is no such seal.
    """

    valid: bool
    covers_whole_document: bool
    signed_at: datetime | None = None
    signer: str | None = None


_NO_SEAL = SealReport(valid=False, covers_whole_document=False)


def add_signature_sheet_and_seal(
    pdf: bytes,
    signatures: Sequence[SignatureRecord],
    seal: Seal,
    *,
    number: str,
    sealed_at: datetime,
) -> bytes:
    """The issued ``pdf``, then the sheet of its ``signatures`` and the hub's seal over all of it.

    The result begins with exactly the bytes of ``pdf``. ``number`` is the contract's;
    ``sealed_at`` is written into the seal.

    Raises:
        ValueError: a signature names another SHA-256 than that of ``pdf``, or an instant has no
            time zone.
        hub.core.print.typesetting.FontsMissing: the font files are not installed.
    """
    digest = hashlib.sha256(pdf).hexdigest()
    if any(signature.sha256 != digest for signature in signatures):
        raise ValueError("A signature was given for other bytes than these.")
    if any(moment.tzinfo is None for moment in (sealed_at, *(s.signed_at for s in signatures))):
        raise ValueError("The instants of signatures and seal need a time zone.")
    sheet, box = _sheet(number, digest, signatures, seal, sealed_at)
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    issued_pages = int(writer.root["/Pages"]["/Count"])
    for page in PdfFileReader(BytesIO(sheet)).root["/Pages"]["/Kids"]:
        loose = page.get_object()
        del loose["/Parent"]
        writer.insert_page(writer.import_object(loose))
    signer = signers.PdfSigner(
        signers.PdfSignatureMetadata(
            field_name=_FIELD,
            md_algorithm="sha256",
            subfilter=SigSeedSubFilter.PADES,
            certify=True,
            docmdp_permissions=MDPPerm.NO_CHANGES,
            reason=f"Seal of contract {number}" if number.isascii() else None,
        ),
        signer=seal.signer,
        stamp_style=NoOpStampStyle(),
        new_field_spec=SigFieldSpec(
            _FIELD,
            on_page=issued_pages + box.page,
            box=(round(box.left), round(box.bottom), round(box.right), round(box.top)),
        ),
    )
    return asyncio.run(_sign(signer, writer, sealed_at.astimezone(UTC).replace(microsecond=0)))


async def _sign(
    signer: signers.PdfSigner, writer: IncrementalPdfFileWriter, sealed_at: datetime
) -> bytes:
    """What ``PdfSigner.async_sign_pdf`` does, with a given instant for the present one."""
    session = signer.init_signing_session(writer)
    session.system_time = sealed_at
    reserved = await session.estimate_signature_container_size(None)
    prepared = session.prepare_tbs_document(validation_info=None, bytes_reserved=reserved)
    sealed = BytesIO()
    digest, output = prepared.digest_tbs_document(output=sealed)
    signed = await prepared.perform_signature(
        document_digest=digest.document_digest,
        pdf_cms_signed_attrs=PdfCMSSignedAttributes(signing_time=sealed_at),
    )
    await signed.post_signature_processing(output)
    return sealed.getvalue()


def _instant(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def _digest_cell(digest: str) -> Cell:
    """A digest in two lines of four groups of eight."""
    groups = [digest[start : start + 8] for start in range(0, len(digest), 8)]
    return (Text(" ".join(groups[:4])), Text(" ".join(groups[4:])))


def _sheet(
    number: str,
    digest: str,
    signatures: Sequence[SignatureRecord],
    seal: Seal,
    sealed_at: datetime,
) -> tuple[bytes, Box]:
    document = Document(
        title=f"Signature sheet of contract {number}",
        author=seal.name,
        foot=f"Signature sheet 签署页  ·  Contract 合同 {number}",
    )
    under = (Text(f"Contract No. 合同编号 {number}", STRONG),)
    document.masthead(seal.name, "Signature sheet", "签署页", under, gap=0)
    document.heading("Signed document", "所签文件")
    document.facts([("SHA-256 of its bytes", "文件摘要", _digest_cell(digest))])
    document.heading("Signatures", "签署", keep=90)
    rows = [
        (
            cell(signature.company, style=STRONG),
            cell(signature.person, signature.role),
            cell(_instant(signature.signed_at)),
            tuple(Text(text.text, NOTE) for text in _digest_cell(signature.sha256)),
        )
        for signature in signatures
    ]
    heads = [
        (Text(en, _HEAD), Text(zh, NOTE))
        for en, zh in (
            ("Company", "公司"),
            ("Signed by", "签署人"),
            ("At", "签署时间"),
            ("SHA-256 shown and signed", "所示并签署的摘要"),
        )
    ]
    columns = (Column(1.35), Column(1.05), Column(1.2), Column(1.6))
    document.table(columns, rows, head=heads)
    document.heading("Seal of the hub", "中介方电子印章", keep=_SEAL_HEIGHT + 8)
    document.space(8)
    (box,) = document.reserve(_SEAL_HEIGHT)
    document.write(
        box,
        (
            Text(seal.name, STRONG),
            Text(f"Sealed at 盖章时间 {_instant(sealed_at)}"),
            Text(
                "The seal is an electronic signature in this file over every byte of the document "
                "and of this sheet. Any PDF reader that knows signatures checks it.",
                NOTE,
            ),
            Text(
                "电子印章为本文件内的电子签名，覆盖合同与本签署页的全部字节，可用任何支持签名的 "
                "PDF 阅读器核验。",
                NOTE,
            ),
        ),
    )
    return document.finish(), box


def verify_seal(pdf: bytes, certificate: x509.Certificate) -> SealReport:
    """Whether ``pdf`` bears the seal of ``certificate``, unbroken; asks nothing of the network.

    Bytes that are no PDF, or bear no seal of this certificate, give a report that isn't valid.
    """
    try:
        embedded = _seal_of(PdfFileReader(BytesIO(pdf)), certificate)
        if embedded is None:
            return _NO_SEAL
        status = validate_pdf_signature(
            embedded, ValidationContext(trust_roots=[certificate], allow_fetching=False)
        )
    # Anybody's bytes come here, and the reader fails on them in every way there is: whatever
    # can't be read bears no valid seal.
    except Exception:
        return _NO_SEAL
    valid = bool(status.intact and status.valid)
    whole = status.coverage == SignatureCoverageLevel.ENTIRE_FILE
    stated: datetime | None = embedded.self_reported_timestamp
    return SealReport(
        valid=valid,
        covers_whole_document=valid and whole,
        signed_at=None if stated is None else stated.astimezone(UTC),
        signer=str(certificate.subject.native.get("common_name", "")),
    )


def _seal_of(reader: PdfFileReader, certificate: x509.Certificate) -> EmbeddedPdfSignature | None:
    for embedded in reader.embedded_signatures:
        if embedded.signer_cert.dump() == certificate.dump():
            return embedded
    return None
