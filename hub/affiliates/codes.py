"""A partner's code and link: short enough to be told on the telephone."""

import secrets

from reportlab.graphics.barcode.qrencoder import QRCode, QRErrorCorrectLevel
from sqlalchemy import select

from hub.accounts.aliases import ALPHABET
from hub.affiliates.models import Partner
from hub.core.db.base import db

LENGTH = 7
#: The quiet zone that ISO/IEC 18004 asks for around a QR code, in modules.
_QUIET_ZONE = 4


def new_code() -> str:
    """A random code that no partner has."""
    while True:
        code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
        if db.session.scalar(select(Partner.id).where(Partner.code == code)) is None:
            return code


def qr_path(text: str) -> tuple[int, str]:
    """A QR code of ``text`` as the data of an SVG path, and the side of its square.

    One module is one unit; the quiet zone is part of the square.
    """
    code = QRCode(None, QRErrorCorrectLevel.M)
    code.addData(text)
    code.make()
    size = range(code.moduleCount)
    dark = [
        f"M{column + _QUIET_ZONE} {row + _QUIET_ZONE}h1v1h-1z"
        for row in size
        for column in size
        if code.isDark(row, column)
    ]
    return code.moduleCount + 2 * _QUIET_ZONE, "".join(dark)
