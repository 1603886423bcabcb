"""The application factory: the only module that knows every package."""

import importlib
import importlib.util
from typing import Any

from flask import Flask
from flask_migrate import Migrate

import config
from hub.core import bus
from hub.core.db import Base, db
from hub.core.http import init_http

PACKAGES = (
    "catalogue",
    "accounts",
    "messaging",
    "depots",
    "payments",
    "posting",
    "matching",
    "contracts",
    "dispatch",
    "market",
    "desk",
    "admin",
)

migrate = Migrate()


def _optional(module: str) -> Any:
    if importlib.util.find_spec(module) is None:
        return None
    return importlib.import_module(module)


def create_app(settings: config.Config | None = None) -> Flask:
    """Build the application from ``settings`` (default: from the environment)."""
    app = Flask("hub", instance_path=str((settings or config.from_environment()).HUB_DATA))
    app.config.from_object(settings or config.from_environment())
    db.init_app(app)
    migrate.init_app(app, db, directory=str(config.ROOT / "migrations"), metadata=Base.metadata)
    init_http(app)
    for package in PACKAGES:
        for part in ("models", "ledger_models"):
            _optional(f"hub.{package}.{part}")
        views = _optional(f"hub.{package}.views")
        if views is not None:
            views.init_app(app)
    flow = _optional("hub.flow")
    if flow is not None:
        bus.install(flow.REACTIONS)
    return app
