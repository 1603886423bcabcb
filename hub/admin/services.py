"""The administrator's use cases that belong to no other package."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from hub.accounts.identifiers import BankDetails
from hub.admin import queries
from hub.admin.setting_groups import GROUPS, Group, known_names, problems
from hub.core import audit, clock, settings
from hub.core.actor import Actor, StaffRole
from hub.core.db.base import db
from hub.core.errors import Conflict, Invalid
from hub.core.i18n import _
from hub.core.settings import HubSettings
from hub.core.use_case import use_case
from hub.payments.ledger.models import AccountUse, DesignatedAccount


def fingerprint(group: Group, values: HubSettings) -> str:
    """What a form carries to tell whether somebody else changed the group meanwhile."""
    present = {name: str(getattr(values, name)) for name in GROUPS[group]}
    return hashlib.sha256(json.dumps(present).encode()).hexdigest()[:16]


@use_case
def change_settings(
    actor: Actor, values: Mapping[str, Any], group: Group | None = None, expected: str | None = None
) -> HubSettings:
    """Set settings by name; rates are fractions, deadlines whole days.

    Contracts and questions of consent under way keep what they were made with. ``expected`` is
    the :func:`fingerprint` of the group when the form was shown.

    Raises:
        NotAllowed: not an administrator.
        Conflict: somebody else changed the group since.
        Invalid: sentences by setting.
    """
    actor.require(StaffRole.ADMINISTRATOR)
    before = settings.current()
    if group is not None and expected is not None and fingerprint(group, before) != expected:
        raise Conflict(
            _("Somebody else changed these settings meanwhile. Nothing of yours was stored.")
        )
    unknown = values.keys() - known_names()
    if unknown:
        raise Invalid(_("There is no setting called %(name)s.", name=sorted(unknown)[0]))
    found = problems(before, values)
    if found:
        raise Invalid(_("Nothing was stored: some settings need correcting."), found)
    return settings.change(actor, **values)


@use_case
def designate_account(actor: Actor, use: AccountUse, details: BankDetails) -> DesignatedAccount:
    """Make a bank account the hub's current one for its currency and use; the old one retires.

    Invoices that are open keep the account that they name.

    Raises:
        NotAllowed: not an administrator.
        Invalid: these are the details in use, or they lack the bank's name.
    """
    actor.require(StaffRole.ADMINISTRATOR)
    if not details.bank_name:
        sentence = _("Enter the name of the bank.")
        raise Invalid(sentence, {"bank_name": [sentence]})
    present = queries.current_account(use, details.currency)
    if present is not None:
        if all(getattr(present, name) == value for name, value in asdict(details).items()):
            raise Invalid(_("These are the details in use already."))
        present.retired_at = clock.now()
        audit.record(actor, present, "account_retired")
        db.session.flush()
    account = DesignatedAccount(use=use, created_at=clock.now(), **asdict(details))
    db.session.add(account)
    audit.record(
        actor,
        account,
        "account_designated",
        use=use.value,
        currency=details.currency,
        account=account.identification,
    )
    return account


@use_case
def send_again(actor: Actor, message_id: str) -> None:
    """Let an undelivered message of the outbox be tried at once.

    Raises:
        NotAllowed: not an administrator.
        NotFound: no such message.
        Conflict: it was delivered already.
    """
    actor.require(StaffRole.ADMINISTRATOR)
    message = queries.message(message_id)
    if message.delivered_at is not None:
        raise Conflict(_("This message was delivered meanwhile."))
    message.next_attempt_at = clock.now()
    audit.record(actor, queries.OutboxThing(message.id), "sent_again", kind=message.kind)
