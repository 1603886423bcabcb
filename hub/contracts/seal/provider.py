"""What this installation gives the contracts: the hub's seal, and the address it is reached at."""

from functools import lru_cache
from pathlib import Path

from flask import current_app

from hub.contracts.seal.keys import Seal, load_seal, make_development_certificate
from hub.core import paths


def current_seal() -> Seal:
    """The configured seal, or the development seal, which is made beside the data at first use.

    Raises:
        hub.contracts.seal.keys.SealUnusable: the configured files can't be used.
    """
    config = current_app.config
    key, certificate = config["HUB_SEAL_KEY"], config["HUB_SEAL_CERTIFICATE"]
    if not key:
        development = make_development_certificate(Path(config["HUB_DATA"]) / "seal")
        return _loaded(*development, None)
    return _loaded(
        Path(key),
        Path(certificate) if certificate else None,
        config["HUB_SEAL_PASSPHRASE"] or None,
    )


@lru_cache(maxsize=4)
def _loaded(key: Path, certificate: Path | None, passphrase: str | None) -> Seal:
    return load_seal(key, certificate, passphrase)


def verification_url(number: str) -> str:
    """Where anybody checks a copy of the contract with this number."""
    return f"{current_app.config['HUB_PUBLIC_URL']}{paths.contract_check(number)}"
