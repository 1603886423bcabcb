"""The pages of posting: own listings, the broker's review queue, imports."""

from flask import Flask

from hub.posting.views import imports, listings, pictures, review


def init_app(app: Flask) -> None:
    """Register the blueprints."""
    for blueprint in (
        imports.blueprint,
        listings.blueprint,
        pictures.blueprint,
        review.blueprint,
    ):
        app.register_blueprint(blueprint)
