"""The application factory: the only module that knows every package."""

from flask import Flask
from flask_migrate import Migrate

import config
from hub import flow
from hub.accounts import views as accounts
from hub.admin import views as admin
from hub.ads import views as ads
from hub.affiliates import views as affiliates
from hub.contracts import views as contracts
from hub.core.db.base import Base, db
from hub.core.web.requests import init_http
from hub.demo import views as demo
from hub.desk import views as desk
from hub.dispatch import views as dispatch
from hub.market import views as market
from hub.matching import views as matching
from hub.membership import views as membership
from hub.messaging import views as messaging
from hub.negotiation import views as negotiation
from hub.payments import views as payments
from hub.posting import views as posting

PAGES = (
    accounts,
    messaging,
    payments,
    membership,
    affiliates,
    posting,
    matching,
    negotiation,
    contracts,
    dispatch,
    ads,
    market,
    desk,
    admin,
    demo,
)

migrate = Migrate()


def create_app(settings: config.Config | None = None) -> Flask:
    """Build the application from ``settings`` (default: from the environment)."""
    settings = settings or config.from_environment()
    app = Flask("hub", instance_path=str(settings.HUB_DATA))
    app.config.from_object(settings)
    db.init_app(app)
    migrate.init_app(app, db, directory=str(config.ROOT / "migrations"), metadata=Base.metadata)
    init_http(app)
    for pages in PAGES:
        pages.init_app(app)
    flow.install()
    return app
