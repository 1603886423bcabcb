"""Who makes a request, and who is let into a page."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from flask_login import LoginManager, current_user

from hub.core.actor import ANONYMOUS, Actor, StaffRole
from hub.core.errors import NotAllowed
from hub.core.i18n import _

login_manager = LoginManager()


View = TypeVar("View", bound=Callable[..., Any])


def current_actor() -> Actor:
    """Who makes this request."""
    actor = getattr(current_user, "actor", None)
    return actor if isinstance(actor, Actor) else ANONYMOUS


def signed_in(view: View) -> View:
    """Let only signed-in people in; others sign in first."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if not current_actor().signed_in:
            return login_manager.unauthorized()
        return view(*args, **kwargs)

    return cast(View, guarded)


def staff(*roles: StaffRole) -> Callable[[View], View]:
    """Let only people of the hub with one of ``roles`` in (any role when none is named)."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            actor = current_actor()
            if not actor.signed_in:
                return login_manager.unauthorized()
            if not (actor.has(*roles) if roles else actor.is_staff):
                raise NotAllowed(_("This page belongs to the hub's staff."))
            return view(*args, **kwargs)

        return cast(View, guarded)

    return decorate
