"""The pages of goods on their way: the depot's phone pages, the companies', the broker's."""

from flask import Flask

from hub.dispatch.views import deliveries, depot, inbounds, papers, releases


def init_app(app: Flask) -> None:
    """Register all of them."""
    for module in (depot, inbounds, releases, deliveries, papers):
        app.register_blueprint(module.blueprint)
