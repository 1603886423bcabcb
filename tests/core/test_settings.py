"""What an administrator sets: kept as a difference, read as it was meant, and audited."""

from dataclasses import asdict
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from hub.core import settings
from hub.core.actor import SYSTEM
from hub.core.audit import AuditEntry
from hub.core.db.base import db
from hub.core.settings import HubSettings, Setting
from hub.core.use_case import use_case


@use_case
def change(**values: Any) -> HubSettings:
    return settings.change(SYSTEM, **values)


def stored() -> dict[str, Any]:
    return {row.name: row.value for row in db.session.scalars(select(Setting))}


def changes() -> list[dict[str, Any]]:
    rows = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id))
    assert all(row.action == "setting_changed" for row in rows)
    return list(db.session.scalars(select(AuditEntry.details).order_by(AuditEntry.id)))


def test_what_nobody_has_set_is_the_default(app: Flask) -> None:
    assert settings.current() == HubSettings()
    assert stored() == {}


def test_each_kind_of_value_comes_back_as_it_was_set(app: Flask) -> None:
    values = {
        "hub_name": "交易中心",
        "commission_rate": Decimal("0.0125"),
        "payment_days": 0,
        "languages": ("zh_Hans",),
    }
    found = change(**values)
    db.session.expire_all()
    settings.forget(db.session())
    for known in (found, settings.current()):
        assert asdict(known) == asdict(HubSettings()) | values
        assert isinstance(known.commission_rate, Decimal)
        assert isinstance(known.languages, tuple)
    assert stored() == {
        "hub_name": "交易中心",
        "commission_rate": "0.0125",
        "payment_days": 0,
        "languages": ["zh_Hans"],
    }


def test_only_what_differs_is_stored_and_audited(app: Flask) -> None:
    change(payment_days=7, commission_rate=Decimal("0.010"))
    assert (stored(), changes()) == ({}, [])
    change(payment_days=9, signing_days=5)
    change(payment_days=9)
    change(payment_days=8, languages=("en",))
    assert stored() == {"payment_days": 8, "languages": ["en"]}
    assert changes() == [
        {"name": "payment_days", "before": 7, "after": 9},
        {"name": "payment_days", "before": 9, "after": 8},
        {"name": "languages", "before": ["en", "zh_Hans"], "after": ["en"]},
    ]


def test_a_use_case_reads_what_another_process_has_set_before_it(app: Flask) -> None:
    assert settings.current().payment_days == 7
    db.session.add(Setting(name="payment_days", value=21))
    db.session.commit()
    assert settings.current().payment_days == 7
    assert use_case(lambda: settings.current().payment_days)() == 21
    assert settings.current().payment_days == 21


def test_a_setting_of_another_version_is_left_alone(app: Flask) -> None:
    db.session.add(Setting(name="of_the_future", value=1))
    db.session.commit()
    assert settings.current() == HubSettings()
    change(payment_days=8)
    assert stored() == {"of_the_future": 1, "payment_days": 8}


def test_a_change_that_fails_is_not_remembered(app: Flask) -> None:
    @use_case
    def fail() -> None:
        assert settings.change(SYSTEM, payment_days=8).payment_days == 8
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        fail()
    assert settings.current().payment_days == 7
    assert (stored(), changes()) == ({}, [])
