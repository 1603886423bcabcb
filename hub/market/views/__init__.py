"""The market, open to everyone: its pages, and its list for programs and spreadsheets."""

from flask import Flask

from hub.core.web.locale import locale
from hub.market import kept
from hub.market.labels import forget, labels
from hub.market.rendering import part
from hub.market.views import lists, pages


def unit_title(code: str) -> str:
    """The plain name of a unit and its size, for titles: ``decitonne, 100 kg``."""
    unit = labels().by_unit_code.get(code)
    return unit.title(locale()) if unit else code


def init_app(app: Flask) -> None:
    """Attach the pages, and ``unit_title`` for all templates."""
    kept.enable(not app.testing)
    app.before_request(forget)
    for blueprint in (pages.blueprint, lists.blueprint):
        app.register_blueprint(blueprint)
    app.jinja_env.globals.update(unit_title=unit_title, market_part=part)
