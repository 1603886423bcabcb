"""The pages of payments: invoices and accounts of who pays, the office of the finance people."""

from flask import Flask

from hub.payments.views import exceptions, finance, invoices, payouts, wallet


def init_app(app: Flask) -> None:
    """Register the pages."""
    for blueprint in (
        invoices.pages,
        wallet.pages,
        finance.pages,
        exceptions.pages,
        payouts.pages,
    ):
        app.register_blueprint(blueprint)
