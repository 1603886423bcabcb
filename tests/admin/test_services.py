"""What an administrator sets: who may, what is refused, what is recorded."""

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from hub.accounts.identifiers import bank_details
from hub.admin import queries, services
from hub.admin.setting_groups import Group
from hub.core import clock, outbox, settings
from hub.core.actor import StaffRole
from hub.core.audit import AuditEntry
from hub.core.db.base import db
from hub.core.errors import Conflict, Invalid, NotAllowed
from hub.core.settings import HubSettings
from hub.core.use_case import use_case
from hub.payments.ledger.models import AccountUse, DesignatedAccount
from tests.factories import Factories

DETAILS = {
    "currency": "INR",
    "holder": "Trading Hub Cooperative",
    "bank_name": "State Bank",
    "country": "IN",
    "clearing_code": "SBIN0000300",
    "account_number": "12345678",
}


def last_entry() -> AuditEntry:
    return db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()


def test_settings_are_changed_and_recorded(make: Factories) -> None:
    administrator = make.staff(StaffRole.ADMINISTRATOR)
    services.change_settings(
        administrator, {"commission_rate": Decimal("0.0125"), "consent_days": 5}
    )
    db.session.expire_all()
    now = settings.current()
    assert (now.commission_rate, now.consent_days) == (Decimal("0.0125"), 5)
    entries = db.session.scalars(
        select(AuditEntry).where(AuditEntry.thing_kind == "setting").order_by(AuditEntry.id)
    ).all()
    assert [entry.details["name"] for entry in entries] == ["commission_rate", "consent_days"]
    assert entries[0].details == {"name": "commission_rate", "before": "0.01", "after": "0.0125"}


@pytest.mark.parametrize(
    "values",
    [
        {"commission_rate": Decimal(1)},
        {"commission_rate": Decimal("-0.01")},
        {"commission_rate": Decimal("0.0000001")},
        {"commission_rate": Decimal("NaN")},
        {"consent_days": 0},
        {"consent_days": 366},
        {"country": "XX"},
        {"contact_email": "nobody"},
        {"time_zone": "Mars/Olympus"},
        {"languages": ()},
        {"languages": ("en", "tlh")},
        {"hub_name": "  "},
        {"hub_name": "x" * 61},
        {"rules_version": "1", "rules_text": "New rules."},
    ],
)
def test_what_can_not_be_is_refused(make: Factories, values: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as caught:
        services.change_settings(make.staff(StaffRole.ADMINISTRATOR), values)
    assert list(caught.value.fields) == [next(iter(values))]
    assert settings.current() == HubSettings()


def test_an_unknown_setting_is_refused(make: Factories) -> None:
    with pytest.raises(Invalid, match="no setting called colour"):
        services.change_settings(make.staff(StaffRole.ADMINISTRATOR), {"colour": "red"})


def test_two_administrators_do_not_overwrite_each_other(make: Factories) -> None:
    administrator = make.staff(StaffRole.ADMINISTRATOR)
    seen = services.fingerprint(Group.DEADLINES, settings.current())
    services.change_settings(administrator, {"consent_days": 4}, Group.DEADLINES, seen)
    with pytest.raises(Conflict):
        services.change_settings(administrator, {"consent_days": 9}, Group.DEADLINES, seen)
    assert settings.current().consent_days == 4


def test_only_administrators_set_anything(make: Factories) -> None:
    others = (make.staff(StaffRole.BROKER, StaffRole.FINANCE), make.trader())
    for actor in others:
        with pytest.raises(NotAllowed):
            services.change_settings(actor, {"consent_days": 4})
        with pytest.raises(NotAllowed):
            services.designate_account(actor, AccountUse.CLIENT, bank_details(**DETAILS))
        with pytest.raises(NotAllowed):
            services.send_again(actor, "none")
    assert settings.current() == HubSettings()
    assert db.session.scalars(select(DesignatedAccount)).all() == []


def test_new_bank_details_retire_the_old_ones(make: Factories) -> None:
    administrator = make.staff(StaffRole.ADMINISTRATOR)
    first = services.designate_account(administrator, AccountUse.CLIENT, bank_details(**DETAILS))
    own = services.designate_account(administrator, AccountUse.OWN, bank_details(**DETAILS))
    with pytest.raises(Invalid, match="in use already"):
        services.designate_account(administrator, AccountUse.CLIENT, bank_details(**DETAILS))
    second = services.designate_account(
        administrator,
        AccountUse.CLIENT,
        bank_details(**(DETAILS | {"account_number": "87654321"})),
    )
    db.session.expire_all()
    assert first.retired_at is not None
    assert (own.retired_at, second.retired_at) == (None, None)
    assert queries.current_account(AccountUse.CLIENT, "INR") == second
    assert last_entry().details["account"] == "87654321"


def test_an_iban_is_checked(make: Factories) -> None:
    with pytest.raises(Invalid) as caught:
        bank_details(currency="EUR", holder="Hub", bank_name="Bank", iban="DE89370400440532013001")
    assert list(caught.value.fields) == ["iban"]
    account = services.designate_account(
        make.staff(StaffRole.ADMINISTRATOR),
        AccountUse.CLIENT,
        bank_details(
            currency="EUR", holder="Hub", bank_name="Bank", iban="DE89 3704 0044 0532 0130 00"
        ),
    )
    assert (account.identification, account.country) == ("DE89370400440532013000", "DE")


def test_a_message_is_tried_again_at_once(make: Factories) -> None:
    administrator = make.staff(StaffRole.ADMINISTRATOR)
    clock.set_to(clock.now())

    @use_case
    def put() -> str:
        return outbox.put("pigeon", {"to": "somebody", "subject": "Hello"}).message_id

    message_id = put()
    assert queries.undelivered_count() == 0
    assert outbox.deliver_due() == 1
    assert queries.undelivered_count() == 1
    assert outbox.deliver_due() == 0

    services.send_again(administrator, message_id)

    assert outbox.deliver_due() == 1
    assert queries.message(message_id).attempts == 2
