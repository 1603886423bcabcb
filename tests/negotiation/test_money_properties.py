"""Whatever people do: what inquiries cost less what was given back is what 4400 took in."""

from datetime import timedelta
from typing import Any

from flask import Flask
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, select

from hub.core import clock
from hub.core.actor import SYSTEM
from hub.core.db.base import db
from hub.core.errors import HubError
from hub.negotiation import invariants, services
from hub.negotiation.asking import Question
from hub.negotiation.models import Ground, Inquiry, InquiryState, Terms
from hub.payments.services import wallet_balance
from tests.examples import examples
from tests.factories import Factories
from tests.negotiation.inquiry_factories import NOW, Trade, balances

PICK = st.integers(0, 5)


class Inquiries(RuleBasedStateMachine):
    """Two purchasers ask about three supplies of one company, whose plan includes one a month."""

    app: Flask

    def __init__(self) -> None:
        super().__init__()
        self.context = self.app.app_context()
        self.context.push()
        connection = db.engine.connect()
        self.engine, self.connection = db.engine, connection
        self.transaction = connection.begin()
        connection.begin_nested()
        db.engines[None] = connection  # type: ignore[assignment]
        clock.set_to(NOW)
        make = Factories()
        self.trade = Trade(make)
        self.trade.plan(included=1)
        self.trade.top_up("250.00")
        self.topped_up = 250_00
        self.supplies = [make.listing(company=self.trade.company) for _ in range(3)]
        self.askers = [self.trade.purchaser, make.trader()]

    def teardown(self) -> None:
        clock.set_to(None)
        db.session.remove()
        db.engines[None] = self.engine
        self.transaction.rollback()
        self.connection.close()
        self.context.pop()

    def _try(self, verb: Any, *arguments: Any) -> None:
        """Refusals are part of life; what must hold is checked after each step."""
        try:
            verb(*arguments)
        except HubError:
            db.session.expire_all()

    def _one(self, pick: int, *conditions: Any) -> Inquiry | None:
        rows = db.session.scalars(select(Inquiry).where(*conditions).order_by(Inquiry.id)).all()
        return rows[pick % len(rows)] if rows else None

    @initialize()
    def ask_both(self) -> None:
        for who in (0, 1):
            self.ask(who, 0)

    @rule(who=st.integers(0, 1), about=st.integers(0, 2))
    def ask(self, who: int, about: int) -> None:
        listing = self.supplies[about].public_id
        self._try(services.ask, self.askers[who], listing, Question("Is it dry?"))

    @rule(pick=PICK, agreed=st.sampled_from([100_00, 100_00, None]))
    def open(self, pick: int, agreed: int | None) -> None:
        if one := self._one(pick):
            self._try(services.open_inquiry, self.trade.supplier, one.public_id, agreed)

    @rule(pick=PICK, side=st.integers(0, 1))
    def write(self, pick: int, side: int) -> None:
        if one := self._one(pick, Inquiry.asker_id == self.askers[side].company_id):
            self._try(services.write, self.trade.supplier, one.public_id, "Yes.")
            self._try(services.close, self.askers[side], one.public_id, "Thank you")

    @rule(pick=PICK, ground=st.sampled_from([Ground.SPAM, Ground.OTHER]))
    def contest(self, pick: int, ground: Ground) -> None:
        if one := self._one(pick, Inquiry.state != InquiryState.DELIVERED):
            self._try(services.contest, self.trade.supplier, one.public_id, ground, "Nobody")

    @rule(pick=PICK, verb=st.sampled_from([services.uphold, services.uphold, services.refuse]))
    def decide(self, pick: int, verb: Any) -> None:
        one = self._one(pick, Inquiry.contest.has())
        if one is not None and one.contest is not None:
            self._try(verb, self.trade.broker, one.public_id, "So it is", one.contest.version)

    @rule(days=st.integers(1, 20))
    def time_passes(self, days: int) -> None:
        clock.advance(timedelta(days=days))
        services.expire_due(SYSTEM)

    @invariant()
    def the_books_agree(self) -> None:
        db.session.expire_all()
        charged, credited = db.session.execute(
            select(
                func.coalesce(func.sum(Inquiry.charged_minor), 0),
                func.coalesce(func.sum(Inquiry.credited_minor), 0),
            )
        ).one()
        kept = int(charged) - int(credited)
        held = wallet_balance(self.trade.company.id, "INR").minor
        assert balances() == {
            2710: self.topped_up - kept,
            2150: kept,
            1150: -kept,
            4400: kept,
        }
        assert 0 <= held == self.topped_up - kept
        paid = select(Inquiry).where(Inquiry.terms == Terms.PAID)
        assert len(db.session.scalars(paid).all()) * 100_00 == charged
        assert [verify() for _group, _rule, verify in invariants.CHECKS] == [[], []]


def test_any_order_of_steps_keeps_the_books_right(schema_app: Flask) -> None:
    Inquiries.app = schema_app
    run_state_machine_as_test(
        Inquiries,
        settings=hypothesis_settings(
            max_examples=examples(6),
            stateful_step_count=16,
        ),
    )
