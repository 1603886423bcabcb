"""Settings of one installation, read from ``HUB_*`` environment variables.

What an administrator changes while the hub runs (names, deadlines, rates) is not here but in the
database: see :mod:`hub.core.settings`.
"""

import os
import secrets
from pathlib import Path

ROOT = Path(__file__).resolve().parent
LOG_LEVELS = ("info", "debug", "warning", "error")


class ConfigurationError(RuntimeError):
    """The environment does not allow the hub to start; the message says what to set."""


def _text(name: str) -> str:
    return os.environ.get(name, "").strip()


def _flag(name: str) -> bool:
    return _text(name).lower() in {"1", "true", "yes", "on"}


def _number(name: str, default: int) -> int:
    text = _text(name) or str(default)
    if not text.isdecimal():
        raise ConfigurationError(f"{name} is {text!r}; it must be a whole number.")
    return int(text)


def _choice(name: str, offered: tuple[str, ...]) -> str:
    """One of ``offered``; the first where nothing is set."""
    text = _text(name).lower() or offered[0]
    if text not in offered:
        raise ConfigurationError(f"{name} is {text!r}; it must be one of {', '.join(offered)}.")
    return text


def _kept_secret(folder: Path) -> str:
    """A random secret made on the first start and kept beside the data."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "secret_key"
    if not path.exists():
        fresh = folder / f"secret_key.{secrets.token_hex(4)}"
        fresh.write_text(secrets.token_hex(32), encoding="ascii")
        fresh.chmod(0o600)
        try:
            os.link(fresh, path)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return path.read_text(encoding="ascii").strip()


class Config:
    """What all environments share."""

    TESTING = False
    DEBUG = False
    SESSION_COOKIE_HTTPONLY = True
    SESSION_COOKIE_SAMESITE = "Lax"
    MAX_CONTENT_LENGTH = 20 * 1024 * 1024
    MAX_FORM_MEMORY_SIZE = 2 * 1024 * 1024
    MAX_FORM_PARTS = 400
    WTF_CSRF_TIME_LIMIT = None
    SERVER_NAME: str | None = None
    # Whether the hub starts only with a seal of its own; others seal with one made for trying out.
    HUB_NEEDS_SEAL = False
    # What one hash of a password costs (OWASP Password Storage Cheat Sheet, argon2id).
    HUB_HASH_ITERATIONS = 2
    HUB_HASH_KIBIBYTES = 19_456
    # The web server runs up to 32 requests at once; each finds a connection, and a second one to
    # record an auction in while its page is being made.
    SQLALCHEMY_ENGINE_OPTIONS = {"pool_size": 8, "max_overflow": 56, "pool_pre_ping": True}

    def __init__(self) -> None:
        self.HUB_DATA = Path(_text("HUB_DATA") or ROOT / "instance").resolve()
        self.HUB_PUBLIC_URL = (_text("HUB_PUBLIC_URL") or "http://127.0.0.1:8000").rstrip("/")
        self.HUB_DEMO = _flag("HUB_DEMO")
        self.HUB_SMTP_HOST = _text("HUB_SMTP_HOST")
        self.HUB_SMTP_PORT = _number("HUB_SMTP_PORT", 587)
        self.HUB_SMTP_USER = _text("HUB_SMTP_USER")
        self.HUB_SMTP_PASSWORD = _text("HUB_SMTP_PASSWORD")
        self.HUB_MAIL_FROM = _text("HUB_MAIL_FROM") or "hub@localhost"
        self.HUB_SEAL_KEY = _text("HUB_SEAL_KEY")
        self.HUB_SEAL_CERTIFICATE = _text("HUB_SEAL_CERTIFICATE")
        self.HUB_SEAL_PASSPHRASE = _text("HUB_SEAL_PASSPHRASE")
        self.HUB_PROXIES = _number("HUB_PROXIES", 0)
        self.HUB_LOG_LEVEL = _choice("HUB_LOG_LEVEL", LOG_LEVELS)
        self.HUB_SQL_ECHO = _flag("HUB_SQL_ECHO")
        self.RATELIMIT_STORAGE_URI = _text("HUB_RATE_LIMIT_STORAGE") or "memory://"
        self.SQLALCHEMY_DATABASE_URI = (
            _text("HUB_DATABASE_URL") or f"sqlite:///{self.HUB_DATA / 'hub.sqlite3'}"
        )
        self.SECRET_KEY = _text("HUB_SECRET_KEY")


class Development(Config):
    """A developer's machine and the demo: nothing has to be set."""

    def __init__(self) -> None:
        super().__init__()
        self.SECRET_KEY = self.SECRET_KEY or _kept_secret(self.HUB_DATA)


class Testing(Config):
    """The test suite: it hands over its own database and data folder."""

    TESTING = True
    WTF_CSRF_ENABLED: bool = False
    HUB_HASH_ITERATIONS = 1
    HUB_HASH_KIBIBYTES = 8
    RATELIMIT_ENABLED = False

    def __init__(self) -> None:
        super().__init__()
        self.SECRET_KEY = self.SECRET_KEY or secrets.token_hex(32)
        self.HUB_SMTP_HOST = ""


class Production(Config):
    """A hub that real companies trade on: refuses to start half configured."""

    HUB_NEEDS_SEAL = True
    SESSION_COOKIE_SECURE = True
    PREFERRED_URL_SCHEME = "https"

    def __init__(self) -> None:
        super().__init__()
        required = ("HUB_SECRET_KEY", "HUB_DATABASE_URL", "HUB_HOST_NAME")
        missing = [name for name in required if not _text(name)]
        if missing:
            raise ConfigurationError(f"Production needs {', '.join(missing)} to be set.")
        if len(self.SECRET_KEY) < 32:
            raise ConfigurationError("HUB_SECRET_KEY needs at least 32 characters.")
        if self.HUB_DEMO:
            raise ConfigurationError("Demo mode (HUB_DEMO) can't be on in Production.")
        host = _text("HUB_HOST_NAME")
        self.TRUSTED_HOSTS = [host]
        self.HUB_PUBLIC_URL = (_text("HUB_PUBLIC_URL") or f"https://{host}").rstrip("/")


ENVIRONMENTS: dict[str, type[Config]] = {
    "development": Development,
    "testing": Testing,
    "production": Production,
}


def from_environment() -> Config:
    """The configuration that ``HUB_ENVIRONMENT`` names (default: development).

    Raises:
        ConfigurationError: the name is unknown, or Production lacks something.
    """
    name = (_text("HUB_ENVIRONMENT") or "development").lower()
    if name not in ENVIRONMENTS:
        known = ", ".join(ENVIRONMENTS)
        raise ConfigurationError(f"HUB_ENVIRONMENT is {name!r}; it can be one of: {known}.")
    return ENVIRONMENTS[name]()
