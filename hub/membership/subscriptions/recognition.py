"""Membership fees become income by the day."""

from contextlib import suppress
from datetime import date

from sqlalchemy import select

from hub.core import settings
from hub.core.actor import Actor
from hub.core.db.base import db
from hub.core.errors import Conflict
from hub.core.money import Money
from hub.core.use_case import use_case
from hub.membership.models.subscriptions import Charge, ChargeState
from hub.membership.subscriptions.deferral import earned_until
from hub.payments import services as payments


def recognise_until(actor: Actor, charge: Charge, day: date) -> None:
    """Book what a running charge has earned when ``day`` begins, and wasn't booked before.

    DR 2700 of the charge / CR 4200. Joins the use case of its caller.
    """
    earned = earned_until(charge.value, charge.starts_on, charge.ends_on, day)
    fresh = earned.minor - charge.earned_minor
    charge.recognised_on = day
    if fresh <= 0:
        return
    payments.recognise_deferred(
        actor,
        charge.subject,
        f"membership-earned:{charge.id}:{earned.minor}",
        charge.holder,
        Money(fresh, charge.currency),
    )
    charge.earned_minor = earned.minor


@use_case
def recognise(actor: Actor, charge_id: int) -> None:
    """Book what a charge has earned by today; close it when its span is over."""
    charge = db.session.get_one(Charge, charge_id, populate_existing=True)
    if charge.state is not ChargeState.RUNNING:
        return
    today = settings.today()
    recognise_until(actor, charge, today)
    if today >= charge.ends_on:
        charge.move(ChargeState.CLOSED, actor, "completed")


def work_through_the_day(actor: Actor) -> int:
    """Recognise every running charge once a day; returns how many were looked at."""
    today = settings.today()
    wanted = select(Charge.id).where(
        Charge.state == ChargeState.RUNNING,
        Charge.starts_on < today,
        Charge.recognised_on.is_(None) | (Charge.recognised_on < today),
    )
    done = 0
    for charge_id in db.session.scalars(wanted.order_by(Charge.id)).all():
        with suppress(Conflict):  # it was changed at this very moment; the next run sees to it
            recognise(actor, charge_id)
            done += 1
    return done
