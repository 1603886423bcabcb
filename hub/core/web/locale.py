"""The language and the time zone of a request."""

from flask import (
    has_request_context,
    request,
    session,
)
from flask_babel import Babel

from hub.core import settings
from hub.core.web.actor import current_actor

babel = Babel()


LANGUAGE_NAMES = {"en": "English", "zh_Hans": "简体中文"}


def locale() -> str:
    """The language of this request: the user's, else the chosen one, else the browser's."""
    offered = settings.current().languages
    if not has_request_context():
        return offered[0]
    for wanted in (
        current_actor().language if current_actor().signed_in else None,
        session.get("language"),
    ):
        if wanted in offered:
            return str(wanted)
    by_language = {code.partition("_")[0]: code for code in offered}
    best = request.accept_languages.best_match(list(by_language))
    return by_language[best] if best else offered[0]


def zone() -> str:
    """The time zone of this request: the user's, else the hub's."""
    if not has_request_context():
        return settings.current().time_zone
    actor = current_actor()
    return actor.zone if actor.signed_in else settings.current().time_zone
