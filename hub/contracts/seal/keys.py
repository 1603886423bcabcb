"""The key and certificate of the hub's seal: loaded from files, or made for development."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

if TYPE_CHECKING:
    from pyhanko.sign.signers import SimpleSigner

_Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey

DEVELOPMENT_NAME = "Development seal - not for production"


class SealUnusable(ValueError):
    """The files of the seal's key and certificate can't be used."""


@dataclass(frozen=True, slots=True)
class Seal:
    """A private key with its certificate, ready to seal."""

    signer: SimpleSigner
    certificate: asn1_x509.Certificate

    @property
    def name(self) -> str:
        """Who seals: the common name in the certificate's subject, or the whole subject."""
        subject = self.certificate.subject
        return str(subject.native.get("common_name") or subject.human_friendly)


def load_seal(
    key_path: Path, certificate_path: Path | None = None, passphrase: str | None = None
) -> Seal:
    """The seal from a PEM key and certificate (its chain may follow), or from one PKCS#12 file.

    Without ``certificate_path`` the first file is taken as PKCS#12.

    Raises:
        SealUnusable: a file is missing or can't be read, the passphrase is wrong, or the key
            and the certificate don't belong together.
    """
    secret = None if passphrase is None else passphrase.encode()
    try:
        if certificate_path is None:
            key, certificates = _read_pkcs12(key_path.read_bytes(), secret)
        else:
            key, certificates = _read_pem(
                key_path.read_bytes(), certificate_path.read_bytes(), secret
            )
    except (OSError, ValueError, TypeError) as error:
        raise SealUnusable(f"The seal's files can't be read: {error}") from error
    if not isinstance(key, _Key) or not certificates:
        raise SealUnusable("The seal needs an EC or RSA private key and its certificate.")
    if key.public_key() != certificates[0].public_key():
        raise SealUnusable("The seal's key and certificate don't belong together.")
    return _seal(key, certificates)


def load_certificate(path: Path) -> asn1_x509.Certificate:
    """The first certificate of a PEM file, for checking seals without the key.

    Raises:
        SealUnusable: the file is missing or holds no certificate.
    """
    try:
        return _to_asn1(x509.load_pem_x509_certificates(path.read_bytes())[0])
    except (OSError, ValueError) as error:
        raise SealUnusable(f"The seal's certificate can't be read: {error}") from error


def make_development_certificate(directory: Path) -> tuple[Path, Path]:
    """Paths of ``key.pem`` (readable by its owner alone) and ``certificate.pem``.

    What exists is kept. Several processes may call this at once: whichever key is linked into
    place first is everybody's, and any certificate made for it fits.
    """
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    key_path, certificate_path = directory / "key.pem", directory / "certificate.pem"
    if not key_path.exists():
        made = ec.generate_private_key(ec.SECP256R1())
        _put_first(
            key_path,
            made.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            ),
        )
    if not certificate_path.exists():
        key = serialization.load_pem_private_key(key_path.read_bytes(), None)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise SealUnusable(f"{key_path} is not a key that was made here.")
        certificate = _self_signed(key)
        _put_first(certificate_path, certificate.public_bytes(serialization.Encoding.PEM))
    return key_path, certificate_path


def _read_pkcs12(content: bytes, secret: bytes | None) -> tuple[object, list[x509.Certificate]]:
    key, certificate, others = pkcs12.load_key_and_certificates(content, secret)
    return key, [] if certificate is None else [certificate, *others]


def _read_pem(
    key: bytes, certificates: bytes, secret: bytes | None
) -> tuple[object, list[x509.Certificate]]:
    return (
        serialization.load_pem_private_key(key, secret),
        x509.load_pem_x509_certificates(certificates),
    )


def _to_asn1(certificate: x509.Certificate) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))


def _seal(key: _Key, certificates: list[x509.Certificate]) -> Seal:
    # Importing pyHanko takes a second, which processes that seal nothing need not pay.
    from pyhanko.sign.signers import SimpleSigner
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    own, *chain = map(_to_asn1, certificates)
    der = key.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    store = SimpleCertificateStore()
    store.register_multiple([own, *chain])
    signer = SimpleSigner(
        signing_cert=own,
        signing_key=asn1_keys.PrivateKeyInfo.load(der),
        cert_registry=store,
    )
    return Seal(signer, own)


def _self_signed(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, DEVELOPMENT_NAME)])
    # The clocks of a demo or a rehearsal stand anywhere, so the certificate is good for any day.
    first, last = datetime(2000, 1, 1, tzinfo=UTC), datetime(2049, 12, 31, tzinfo=UTC)
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(first)
        .not_valid_after(last)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .sign(key, hashes.SHA256())
    )


def _put_first(path: Path, content: bytes) -> None:
    """Write ``path`` whole and only if nobody else has: never half a file, never a second one."""
    handle, temporary = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(temporary, path)
        except FileExistsError:
            return
    finally:
        os.unlink(temporary)
