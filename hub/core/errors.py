"""The errors a use case can end with. Each is told to people in words and to machines by status."""

from collections.abc import Mapping, Sequence


class HubError(Exception):
    """Something was asked that can't be done; nothing was changed.

    ``message`` is a sentence for the person who asked. ``fields`` maps names of form fields to
    the sentences that belong beside them.
    """

    status = 400

    def __init__(self, message: str, fields: Mapping[str, Sequence[str]] | None = None) -> None:
        super().__init__(str(message))
        self.message = message
        self.fields = dict(fields or {})


class NotAllowed(HubError):
    """The actor is known and may see this, but may not do it."""

    status = 403


class NotFound(HubError):
    """There is no such thing, or the actor may not know of it."""

    status = 404


class Conflict(HubError):
    """Somebody else was faster, or the thing is not where this step expects it."""

    status = 409


class InvalidTransition(Conflict):
    """This step does not lead from the present state."""


class Invalid(HubError):
    """The input is wrong; ``fields`` says where."""

    status = 422
