"""What is done to listings: the door for views, jobs and the packages above."""

from hub.posting.counters import fill, release, reserve, unfill
from hub.posting.drafting import create_draft, edit
from hub.posting.fields import ATTRIBUTE_PREFIX
from hub.posting.importing import import_listings
from hub.posting.lifecycle import (
    approve,
    approve_many,
    confirm_price,
    expire_due,
    pause,
    pause_for_company,
    reject,
    resume,
    return_to_draft,
    submit,
    withdraw,
)
from hub.posting.pictures import add_pictures, remove_picture
from hub.posting.plan_limits import refresh_standing

__all__ = [
    "ATTRIBUTE_PREFIX",
    "add_pictures",
    "approve",
    "approve_many",
    "confirm_price",
    "create_draft",
    "edit",
    "expire_due",
    "fill",
    "import_listings",
    "pause",
    "pause_for_company",
    "refresh_standing",
    "reject",
    "release",
    "remove_picture",
    "reserve",
    "resume",
    "return_to_draft",
    "submit",
    "unfill",
    "withdraw",
]
