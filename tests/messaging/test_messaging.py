"""Notices, tasks and mails."""

import socket
import threading
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from hub.core import outbox
from hub.core.actor import SYSTEM, CompanyRole, StaffRole
from hub.core.db.base import db
from hub.core.errors import NotFound
from hub.core.outbox import OutboxMessage
from hub.core.use_case import use_case
from hub.messaging import jobs, mail, queries, services
from hub.messaging.models import Notice, StaffTask
from tests.factories import Factories
from tests.messaging.reacting import mails_to
from tests.signing_in import sign_in

MESSAGE = "%(company)s has paid %(amount)s."
PARAMETERS = {"company": "Fresh Foods", "amount": "84,460.00 INR"}


def test_a_company_is_told_by_role(make: Factories) -> None:
    company = make.company()
    owner, trader = make.user(company), make.user(company, CompanyRole.TRADER)
    finance = make.user(company, CompanyRole.FINANCE)
    make.user(company, email_confirmed_at=None)
    stranger = make.user(make.company())
    services.notify_company(company.id, None, MESSAGE, PARAMETERS, "/trades/x")
    services.notify_company(company.id, [CompanyRole.FINANCE], MESSAGE, PARAMETERS, "/trades/x")
    told = db.session.scalars(select(Notice.user_id).order_by(Notice.id)).all()
    assert told == [owner.id, trader.id, finance.id]
    assert mails_to(stranger.email) == []
    assert mails_to(owner.email) == [
        {
            "to": owner.email,
            "language": "en",
            "subject": "Fresh Foods has paid 84,460.00 INR.",
            "text": "Fresh Foods has paid 84,460.00 INR.\n\nhttp://127.0.0.1:8000/trades/x\n\n"
            "Trading Hub\n",
        }
    ]


def test_nothing_is_told_when_the_use_case_fails(make: Factories) -> None:
    user = make.user(make.company())

    @use_case
    def fail() -> None:
        services.notify_company(user.company_id, None, MESSAGE, PARAMETERS, "/")
        raise ValueError

    with pytest.raises(ValueError):
        fail()
    assert db.session.scalars(select(Notice)).all() == []
    assert db.session.scalars(select(OutboxMessage)).all() == []


def test_notices_are_read_by_their_reader_only(client: FlaskClient, make: Factories) -> None:
    user = make.user(make.company())
    services.notify_company(user.company_id, None, MESSAGE, PARAMETERS, "/rules")
    notice = db.session.scalars(select(Notice)).one()
    other = make.trader()
    with pytest.raises(NotFound):
        services.mark_read(other, notice.public_id)
    assert services.mark_all_read(other) == 0
    sign_in(client, user)
    page = client.get("/notices")
    assert "Fresh Foods has paid 84,460.00 INR." in page.text
    assert "1 unread" in page.text
    assert notice.read_at is None
    assert client.post(f"/notices/{notice.public_id}/open").location == "/rules"
    db.session.refresh(notice)
    assert notice.read_at is not None
    sign_in(client, other)
    assert client.post(f"/notices/{notice.public_id}/open").status_code == 404
    assert "Fresh Foods" not in client.get("/notices").text


def test_all_are_marked_read_and_pages_follow_each_other(
    client: FlaskClient, make: Factories
) -> None:
    user = make.user(make.company())
    for number in range(queries.PAGE_SIZE + 1):
        services.notify_company(user.company_id, None, "Message %(n)s.", {"n": number}, "/rules")
    sign_in(client, user)
    first = client.get("/notices").text
    assert "Message 30." in first
    assert "Message 0." not in first
    page = queries.notices(SYSTEM)
    assert page.rows == []
    assert client.post("/notices/read").location == "/notices"
    assert "0 unread" in client.get("/notices").text


def test_a_task_is_open_once_and_closed_with_its_thing(make: Factories) -> None:
    depot, other_depot = make.depot("MUM"), make.depot("DEL")
    broker = make.staff(StaffRole.BROKER)
    here = make.staff(StaffRole.DEPOT, depots=(depot,))
    there = make.staff(StaffRole.DEPOT, depots=(other_depot,))
    arguments = ("no_room", "inbound", 7, "No depot has room for %(what)s.", {"what": "onions"})
    first = services.open_task(StaffRole.BROKER, *arguments, "/broker")
    again = services.open_task(StaffRole.BROKER, *arguments, "/broker")
    assert first.id == again.id
    services.open_task(StaffRole.DEPOT, "count", "inbound", 8, "Count", {}, "/depot", depot.id)
    assert [task.kind for task in queries.open_tasks(broker)] == ["no_room"]
    assert [task.kind for task in queries.open_tasks(here)] == ["count"]
    assert queries.open_tasks(there) == []
    told = db.session.scalars(select(Notice.user_id).order_by(Notice.id)).all()
    assert told == [broker.user_id, here.user_id]
    assert services.close_tasks(broker, "inbound", 7, "other_kind") == 0
    assert services.close_tasks(broker, "inbound", 7) == 1
    assert services.close_tasks(broker, "inbound", 7) == 0
    assert services.open_task(StaffRole.BROKER, *arguments, "/broker").id != first.id
    closed = db.session.get_one(StaffTask, first.id)
    assert closed.closed_by == broker.user_id


@pytest.fixture
def mail_folder(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setitem(app.config, "HUB_DATA", tmp_path)
    return tmp_path / "mail"


def test_mail_is_laid_down_once_under_its_id(mail_folder: Path) -> None:
    services.send_mail("a@example.org", "en", "Hello\r\nBcc: x", "Grüße, 你好 %(n)s", {"n": 1})
    jobs.deliver_outbox()
    message = db.session.scalars(select(OutboxMessage)).one()
    assert message.delivered_at is not None
    mail.deliver(message.message_id, message.payload)
    assert [path.name for path in mail_folder.iterdir()] == [f"{message.message_id}.eml"]
    found = mail.one_laid_down(message.message_id)
    assert isinstance(found, EmailMessage)
    assert found["Message-ID"] == f"<{message.message_id}@127.0.0.1>"
    assert (found["To"], found["Subject"], found["Bcc"]) == (
        "a@example.org",
        "Hello Bcc: x",
        None,
    )
    assert found.get_content() == "Grüße, 你好 1\n\nTrading Hub\n"
    assert mail.one_laid_down("../../etc/passwd") is None


def test_mails_are_shown_in_a_demonstration_only(
    app: Flask, client: FlaskClient, mail_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    services.send_mail("a@example.org", "en", "A subject", "<b>text</b>", {}, "/rules")
    outbox.deliver_due()
    ((message_id, _mail),) = mail.laid_down()
    assert client.get("/demo/mail").status_code == 404
    assert client.get(f"/demo/mail/{message_id}").status_code == 404
    monkeypatch.setitem(app.config, "HUB_DEMO", True)
    assert "A subject" in client.get("/demo/mail").text
    page = client.get(f"/demo/mail/{message_id}").text
    assert "&lt;b&gt;text" in page
    assert 'href="http://127.0.0.1:8000/rules"' in page
    assert client.get("/demo/mail/none").status_code == 404


@pytest.fixture
def plain_server(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[bytes]]:
    """An SMTP server on this machine that offers no encryption, and what it heard."""
    heard: list[bytes] = []
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _address = listener.accept()
        with connection, connection.makefile("rb") as lines:
            connection.sendall(b"220 test\r\n")
            for line in lines:
                heard.append(line.strip())
                if line.upper().startswith(b"QUIT"):
                    connection.sendall(b"221 bye\r\n")
                    return
                connection.sendall(b"250 ok\r\n")

    thread = threading.Thread(target=serve)
    thread.start()
    monkeypatch.setitem(app.config, "HUB_SMTP_HOST", "127.0.0.1")
    monkeypatch.setitem(app.config, "HUB_SMTP_PORT", listener.getsockname()[1])
    monkeypatch.setitem(app.config, "HUB_SMTP_USER", "hub")
    monkeypatch.setitem(app.config, "HUB_SMTP_PASSWORD", "secret")
    yield heard
    thread.join(timeout=10)
    listener.close()


def test_mail_never_leaves_unencrypted_and_is_tried_again(plain_server: list[bytes]) -> None:
    services.send_mail("a@example.org", "en", "Private", "text", {})
    assert outbox.deliver_due() == 1
    message = db.session.scalars(select(OutboxMessage)).one()
    assert (message.attempts, message.delivered_at) == (1, None)
    assert message.last_error is not None
    assert "STARTTLS" in message.last_error
    assert not any(line.upper().startswith((b"AUTH", b"MAIL", b"DATA")) for line in plain_server)
    assert outbox.deliver_due() == 0
