"""What the environment may say, and what Production insists on."""

import re
from pathlib import Path

import pytest

import config
from hub.app import create_app
from hub.cli import attach_commands
from hub.core.db.base import db

CHECKOUT = Path(config.__file__).parent
PRODUCTION = {
    "HUB_ENVIRONMENT": "production",
    "HUB_SECRET_KEY": "k" * 32,
    "HUB_DATABASE_URL": "postgresql+psycopg://hub@database/hub",
    "HUB_HOST_NAME": "hub.example.org",
}


@pytest.fixture(autouse=True)
def _checkout(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No data is written beside the code, whatever a test starts."""
    monkeypatch.setattr(config, "ROOT", tmp_path)


def _set(monkeypatch: pytest.MonkeyPatch, values: dict[str, str]) -> None:
    for name, value in values.items():
        monkeypatch.setenv(name, value)


def test_production_starts_when_all_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    _set(monkeypatch, PRODUCTION)
    found = config.from_environment()
    assert isinstance(found, config.Production)
    assert found.SECRET_KEY == "k" * 32
    assert found.SQLALCHEMY_DATABASE_URI == "postgresql+psycopg://hub@database/hub"
    assert found.TRUSTED_HOSTS == ["hub.example.org"]
    assert found.HUB_PUBLIC_URL == "https://hub.example.org"
    assert found.SESSION_COOKIE_SECURE is True
    assert found.HUB_NEEDS_SEAL is True
    assert found.HUB_DEMO is False


@pytest.mark.parametrize("name", ["HUB_SECRET_KEY", "HUB_DATABASE_URL", "HUB_HOST_NAME"])
@pytest.mark.parametrize("value", [None, "", "  "])
def test_production_refuses_to_start_without(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str | None
) -> None:
    _set(monkeypatch, PRODUCTION)
    if value is None:
        monkeypatch.delenv(name)
    else:
        monkeypatch.setenv(name, value)
    with pytest.raises(config.ConfigurationError, match=f"^Production needs {name} to be set.$"):
        config.from_environment()


@pytest.mark.parametrize("value", ["1", "true", "on", "Yes"])
def test_production_refuses_demo_mode(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    _set(monkeypatch, PRODUCTION | {"HUB_DEMO": value})
    with pytest.raises(config.ConfigurationError, match="Demo mode .* can't be on in Production"):
        config.from_environment()


def test_production_refuses_a_short_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    _set(monkeypatch, PRODUCTION | {"HUB_SECRET_KEY": "k" * 31})
    with pytest.raises(config.ConfigurationError, match="at least 32 characters"):
        config.from_environment()


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("HUB_ENVIRONMENT", "staging", "it can be one of: development, testing, production"),
        ("HUB_SMTP_PORT", "smtp", "HUB_SMTP_PORT is 'smtp'; it must be a whole number"),
        ("HUB_PROXIES", "-1", "HUB_PROXIES is '-1'; it must be a whole number"),
    ],
)
def test_wrong_values_are_named(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, sentence: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(config.ConfigurationError, match=sentence):
        config.from_environment()


def test_commands_run_without_any_environment(tmp_path: Path) -> None:
    app = create_app()
    attach_commands(app)
    assert app.config["SQLALCHEMY_DATABASE_URI"] == f"sqlite:///{tmp_path}/instance/hub.sqlite3"
    run = app.test_cli_runner().invoke
    upgraded = run(args=["db", "upgrade", "--directory", str(CHECKOUT / "migrations")])
    assert upgraded.exit_code == 0, upgraded.output
    checked = run(args=["hub", "check"])
    assert checked.exit_code == 0, checked.output
    assert (tmp_path / "instance" / "hub.sqlite3").is_file()
    with app.app_context():
        db.engine.dispose()


def test_the_secret_of_development_is_made_once_and_kept(tmp_path: Path) -> None:
    first, second = config.Development().SECRET_KEY, config.Development().SECRET_KEY
    assert first == second
    assert len(first) == 64
    kept = tmp_path / "instance" / "secret_key"
    assert kept.read_text(encoding="ascii") == first
    assert kept.stat().st_mode & 0o777 == 0o600


def test_the_example_lists_every_setting() -> None:
    read = set()
    for path in (CHECKOUT / "config.py", CHECKOUT / "scripts" / "serve.py"):
        read |= set(re.findall(r'"(HUB_[A-Z_]+)"', path.read_text(encoding="utf-8")))
    example = (CHECKOUT / ".env.example").read_text(encoding="utf-8")
    assert set(re.findall(r"^(HUB_[A-Z_]+)=", example, re.MULTILINE)) == read
