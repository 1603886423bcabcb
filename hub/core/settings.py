"""What an administrator sets in the product: identity, languages, rates and every deadline."""

from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from hub.core import audit, clock
from hub.core.actor import Actor
from hub.core.db.base import Base, db


class Setting(Base):
    """One value that differs from its default."""

    __tablename__ = "setting"
    THING = "setting"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(64), unique=True)
    value: Mapped[Any] = mapped_column(JSON)


@dataclass(frozen=True, slots=True)
class HubSettings:
    """The settings in force. Rates are fractions (0.01 is 1%), deadlines are whole days."""

    hub_name: str = "Trading Hub"
    legal_name: str = "Trading Hub Cooperative"
    legal_name_zh: str = ""
    registration_number: str = ""
    vat_id: str = ""
    address: str = ""
    country: str = "IN"
    contact_email: str = ""
    time_zone: str = "Asia/Kolkata"
    languages: tuple[str, ...] = ("en", "zh_Hans")
    law: str = "The law of the hub's country of registration applies."
    law_zh: str = "适用本交易中心注册地法律。"
    disputes: str = "Disputes are first brought before the hub, then before the courts at its seat."
    disputes_zh: str = "争议应先提交本交易中心调解，调解不成的，提交本交易中心所在地法院。"
    rules_text: str = ""
    rules_version: str = "1"
    commission_rate: Decimal = Decimal("0.01")
    consent_days: int = 3
    signing_days: int = 5
    payment_days: int = 7
    payment_grace_days: int = 3
    reminder_days: int = 1
    announce_days: int = 5
    depot_days: int = 14
    acceptance_days: int = 3
    implausible_price_share: Decimal = Decimal("0.25")
    fee_currency: str = "INR"
    renewal_days: int = 30
    membership_grace_days: int = 14
    membership_lapse_days: int = 60
    sponsored_places: int = 3
    reserve_bid: Decimal = Decimal("1.00")
    inquiry_price: Decimal = Decimal("100.00")
    inquiry_answer_days: int = 5
    inquiry_contest_days: int = 7
    affiliate_rate: Decimal = Decimal("0.10")
    affiliate_days: int = 365
    affiliate_hold_days: int = 30


def _decoded(name: str, value: Any) -> Any:
    default = getattr(HubSettings(), name)
    if isinstance(default, Decimal):
        return Decimal(value)
    if isinstance(default, tuple):
        return tuple(value)
    return type(default)(value)


def _encoded(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    return list(value) if isinstance(value, tuple) else value


def current() -> HubSettings:
    """The settings in force, read once per transaction."""
    session = db.session()
    cached = session.info.get("hub_settings")
    if cached is None:
        known = {item.name for item in fields(HubSettings)}
        stored = {
            row.name: _decoded(row.name, row.value)
            for row in session.execute(select(Setting.name, Setting.value))
            if row.name in known
        }
        cached = session.info["hub_settings"] = replace(HubSettings(), **stored)
    return cached


def today() -> date:
    """Today's date in the hub's zone."""
    return clock.today(current().time_zone)


def midnight(day: date) -> datetime:
    """The instant at which ``day`` begins in the hub's zone."""
    return clock.midnight(day, current().time_zone)


def forget(session: Session) -> None:
    """Drop the settings cached for ``session``; the next reader asks the database."""
    session.info.pop("hub_settings", None)


def change(actor: Actor, **values: Any) -> HubSettings:
    """Store new values (inside a use case of the caller's, which has checked who may)."""
    session = db.session()
    before = current()
    for name, value in values.items():
        if getattr(before, name) == value:
            continue
        row = session.scalar(select(Setting).where(Setting.name == name))
        if row is None:
            row = Setting(name=name, value=_encoded(value))
            session.add(row)
        else:
            row.value = _encoded(value)
        session.flush()
        audit.record(
            actor,
            row,
            "setting_changed",
            name=name,
            before=_encoded(getattr(before, name)),
            after=_encoded(value),
        )
    forget(session)
    return current()
