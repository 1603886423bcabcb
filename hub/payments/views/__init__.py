"""The pages of payments: invoices for who pays, the finance office for the hub's people."""

from flask import Flask

from hub.payments.views import exceptions, finance, invoices, payouts


def init_app(app: Flask) -> None:
    """Register the pages."""
    for blueprint in (invoices.pages, finance.pages, exceptions.pages, payouts.pages):
        app.register_blueprint(blueprint)
