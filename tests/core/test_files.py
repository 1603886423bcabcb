"""Files by content: one on the disk, a row for each time it was given, read only undamaged."""

import hashlib
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from hub.core import clock, files
from hub.core.actor import SYSTEM, Actor
from hub.core.db.base import db
from hub.core.files import StoredFile
from hub.core.use_case import use_case
from tests.factories import Factories


@pytest.fixture
def folder(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setitem(app.config, "HUB_DATA", tmp_path)
    return tmp_path / "files"


@use_case
def store(data: bytes, name: str = "a.pdf", actor: Actor = SYSTEM) -> StoredFile:
    return files.store(actor, data, name, "application/pdf")


def on_disk(folder: Path) -> list[bytes]:
    return [path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()]


def test_a_file_given_twice_lies_there_once(folder: Path, make: Factories) -> None:
    actor = make.trader()
    clock.set_to(clock.now())
    sha256 = hashlib.sha256(b"same").hexdigest()
    path = folder / sha256[:2] / sha256[2:]
    first = store(b"same", "a.pdf", actor)
    written = path.stat().st_ino
    second = store(b"same", "b.pdf")
    assert on_disk(folder) == [b"same"]
    assert path.stat().st_ino == written
    assert first.read() == second.read() == b"same"
    rows = db.session.scalars(select(StoredFile).order_by(StoredFile.id)).all()
    assert [(row.file_name, row.created_by) for row in rows] == [
        ("a.pdf", actor.user_id),
        ("b.pdf", None),
    ]
    assert {(row.sha256, row.size, row.media_type) for row in rows} == {
        (sha256, 4, "application/pdf")
    }
    assert {row.created_at for row in rows} == {clock.now()}
    assert rows[0].public_id != rows[1].public_id


def test_other_bytes_are_another_file(folder: Path) -> None:
    store(b"")
    store(b"a")
    assert sorted(on_disk(folder)) == [b"", b"a"]


def test_a_damaged_file_is_not_given_out(folder: Path) -> None:
    row = store(b"right")
    files.path_of(row.sha256).write_bytes(b"wrong")
    with pytest.raises(RuntimeError, match=f"{row.sha256} is damaged"):
        row.read()
    files.path_of(row.sha256).unlink()
    with pytest.raises(FileNotFoundError):
        row.read()


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("/a/b.pdf", "b.pdf"),
        ("", "file"),
        ("洋葱.pdf", "洋葱.pdf"),
        ("x" * 300 + ".pdf", "x" * 196 + ".pdf"),
    ],
)
def test_a_name_is_no_path_and_not_too_long(folder: Path, given: str, kept: str) -> None:
    assert store(b"data", given).file_name == kept
    assert len(on_disk(folder)) == 1


def test_a_use_case_that_fails_leaves_no_row(folder: Path) -> None:
    @use_case
    def fail() -> None:
        files.store(SYSTEM, b"data", "a.pdf", "application/pdf")
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        fail()
    assert db.session.scalars(select(StoredFile)).all() == []
    assert store(b"data").read() == b"data"
    assert on_disk(folder) == [b"data"]
