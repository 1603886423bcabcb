"""The person behind a session, in the shape that the sign-in library asks for."""

from dataclasses import dataclass

from hub.accounts.models import User
from hub.core.actor import Actor


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A user with a valid session; ``token`` is what the signed cookie carries."""

    user: User
    actor: Actor
    token: str
    is_authenticated: bool = True
    is_active: bool = True
    is_anonymous: bool = False

    def get_id(self) -> str:
        return self.token
