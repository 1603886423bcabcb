"""Files by content: named by their SHA-256, on disk before the row that names them commits."""

import hashlib
import os
import secrets
from datetime import datetime
from pathlib import Path

from flask import current_app
from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from hub.core import clock
from hub.core.actor import Actor
from hub.core.db.base import Base, Identified, db


class StoredFile(Identified, Base):
    """A file as it was given. Who may read it is decided by the thing that refers to it."""

    __tablename__ = "stored_file"
    __table_args__ = (CheckConstraint("size >= 0", name="size"),)
    THING = "file"

    sha256: Mapped[str] = mapped_column(String(64), index=True)
    size: Mapped[int]
    media_type: Mapped[str] = mapped_column(String(100))
    file_name: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime]
    created_by: Mapped[int | None]

    def read(self) -> bytes:
        """The bytes, checked against their hash (RuntimeError if the disk holds others)."""
        data = path_of(self.sha256).read_bytes()
        if hashlib.sha256(data).hexdigest() != self.sha256:
            raise RuntimeError(f"The stored file {self.sha256} is damaged.")
        return data


def path_of(sha256: str) -> Path:
    """Where the file with this hash lies."""
    root = Path(current_app.config["HUB_DATA"]) / "files"
    return root / sha256[:2] / sha256[2:]


def store(actor: Actor, data: bytes, file_name: str, media_type: str) -> StoredFile:
    """Write ``data`` to disk, safely and once, and add its row to this transaction."""
    sha256 = hashlib.sha256(data).hexdigest()
    path = path_of(sha256)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.parent / f".{secrets.token_hex(8)}"
        with fresh.open("wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        fresh.replace(path)
    row = StoredFile(
        sha256=sha256,
        size=len(data),
        media_type=media_type,
        file_name=Path(file_name).name[-200:] or "file",
        created_at=clock.now(),
        created_by=actor.user_id,
    )
    db.session.add(row)
    return row
