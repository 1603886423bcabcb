"""The pages of administration."""

from flask import Flask

from hub.admin.views import catalogue, depots, money, people, records, settings


def init_app(app: Flask) -> None:
    """Register the blueprints."""
    for module in (settings, money, catalogue, depots, people, records):
        app.register_blueprint(module.blueprint)
