"""The mail gateway: messages of the outbox go to an SMTP server or into a folder."""

import secrets
import smtplib
import ssl
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import current_app

from hub.core import clock, outbox

KIND = "mail"
TIMEOUT_SECONDS = 20


def absolute(path: str) -> str:
    """A path of this site as an address that works in a mail."""
    return f"{current_app.config['HUB_PUBLIC_URL']}{path}"


def folder() -> Path:
    """Where mail is laid down when there is no SMTP server."""
    return Path(current_app.config["HUB_DATA"]) / "mail"


def deliver(message_id: str, payload: dict[str, Any]) -> None:
    """Send one mail; the same ``message_id`` makes the same Message-ID and the same file."""
    message = _compose(message_id, payload)
    if current_app.config["HUB_SMTP_HOST"]:
        _send(message)
    else:
        _lay_down(message_id, message)


def _compose(message_id: str, payload: dict[str, Any]) -> EmailMessage:
    host = urlsplit(current_app.config["HUB_PUBLIC_URL"]).hostname or "localhost"
    message = EmailMessage(policy=policy.default)
    message["From"] = current_app.config["HUB_MAIL_FROM"]
    message["To"] = payload["to"]
    message["Subject"] = " ".join(payload["subject"].split())
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = f"<{message_id}@{host}>"
    message["Content-Language"] = payload["language"].replace("_", "-")
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(payload["text"])
    return message


def _send(message: EmailMessage) -> None:
    """Hand over to the server, encrypted; what smtplib raises makes the outbox try again."""
    settings = current_app.config
    with smtplib.SMTP(
        settings["HUB_SMTP_HOST"], settings["HUB_SMTP_PORT"], timeout=TIMEOUT_SECONDS
    ) as server:
        server.starttls(context=ssl.create_default_context())
        if settings["HUB_SMTP_USER"]:
            server.login(settings["HUB_SMTP_USER"], settings["HUB_SMTP_PASSWORD"])
        server.send_message(message)


def _lay_down(message_id: str, message: EmailMessage) -> None:
    place = folder()
    place.mkdir(parents=True, exist_ok=True)
    fresh = place / f".{secrets.token_hex(8)}"
    fresh.write_bytes(message.as_bytes())
    fresh.replace(place / f"{message_id}.eml")


def laid_down(limit: int = 200) -> list[tuple[str, EmailMessage]]:
    """The mails in the folder with their ids, newest first."""
    files = sorted(folder().glob("*.eml"), key=lambda path: path.stat().st_mtime_ns, reverse=True)
    return [(path.stem, _read(path)) for path in files[:limit]]


def one_laid_down(message_id: str) -> EmailMessage | None:
    """The mail with this id, if it is in the folder."""
    path = folder() / f"{Path(message_id).name}.eml"
    return _read(path) if path.is_file() else None


def _read(path: Path) -> EmailMessage:
    message = BytesParser(policy=policy.default).parsebytes(path.read_bytes())
    if not isinstance(message, EmailMessage):
        raise TypeError(f"{path.name} is not a mail.")
    return message


outbox.register(KIND, deliver)
