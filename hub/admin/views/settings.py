"""The first page of administration, and the settings in their groups."""

from typing import Any

from flask import Blueprint, render_template, url_for

from hub.admin import queries, services
from hub.admin.forms.settings import SETTINGS_FORMS
from hub.admin.setting_groups import GROUPS, Group
from hub.core import settings as hub_settings
from hub.core.actor import StaffRole
from hub.core.errors import NotFound
from hub.core.i18n import _, _l
from hub.core.web.actor import current_actor, staff
from hub.core.web.answers import answer

blueprint = Blueprint("admin", __name__, url_prefix="/admin")
administrator = staff(StaffRole.ADMINISTRATOR)

TITLES = {
    Group.IDENTITY: (_l("Legal identity"), _l("Names, numbers and address on every contract")),
    Group.LANGUAGES: (_l("Zone and languages"), _l("The hub's calendar and its languages")),
    Group.RATES: (_l("Commission"), _l("What the hub earns on a trade")),
    Group.DEADLINES: (_l("Deadlines"), _l("How long each side has for each step")),
    Group.FEES: (_l("Fees and advertising"), _l("What the hub's own services cost")),
    Group.RULES: (_l("Rules and law"), _l("The text that everybody accepts")),
}


@blueprint.get("")
@administrator
def index() -> str:
    """Everything an administrator can set, by subject."""
    return render_template(
        "admin/index.html",
        titles=TITLES,
        undelivered=queries.undelivered_count(),
        accounts=[row for row in queries.accounts() if row.retired_at is None],
    )


@blueprint.route("/settings/<group>", methods=["GET", "POST"])
@administrator
def settings(group: str) -> Any:
    """One group of settings."""
    try:
        chosen = Group(group)
    except ValueError:
        raise NotFound(_("There are no such settings.")) from None
    now = hub_settings.current()
    present = {name: getattr(now, name) for name in GROUPS[chosen]}
    form = SETTINGS_FORMS[chosen](seen=services.fingerprint(chosen, now), **present)

    def page() -> str:
        return render_template(
            "admin/settings.html", form=form, group=chosen, title=TITLES[chosen][0], titles=TITLES
        )

    if not form.is_submitted():
        return page()
    return answer(
        form,
        lambda: services.change_settings(current_actor(), form.values(), chosen, form.seen.data),
        _("Stored. It holds from now on."),
        url_for("admin.settings", group=chosen.value),
        page,
    )
