"""How roles and what was done to companies and their accounts are told to people."""

from hub.core.actor import CompanyRole
from hub.core.i18n import _, _l

ROLES = {
    CompanyRole.OWNER: _l("Owner"),
    CompanyRole.TRADER: _l("Trader"),
    CompanyRole.FINANCE: _l("Finance"),
    CompanyRole.VIEWER: _l("Viewer"),
}

_ACTIONS = {
    "registered": _l("Registered"),
    "imported": _l("Came with an import"),
    "activated": _l("E-mail address confirmed"),
    "profile_changed": _l("Company data changed"),
    "submitted": _l("Submitted for verification"),
    "review_taken": _l("Review begun"),
    "review_taken_over": _l("Review taken over"),
    "approved": _l("Verified"),
    "revision_requested": _l("More information asked"),
    "rejected": _l("Rejected"),
    "revoked": _l("Verification revoked"),
    "suspended": _l("Suspended"),
    "reinstated": _l("Suspension lifted"),
    "bank_account_added": _l("Bank account entered"),
    "bank_account_retired": _l("Bank account replaced"),
    "bank_account_verified": _l("Bank account confirmed"),
    "bank_account_refused": _l("Bank account refused"),
    "paper_added": _l("Paper added"),
    "paper_removed": _l("Paper removed"),
    "company_unblocked": _l("Block lifted"),
}

# In this order: most browsers also claim to be those that stand further down.
_BROWSERS = ("Edg", "OPR", "Firefox", "Chrome", "Safari")
_BROWSER_NAMES = {"Edg": "Edge", "OPR": "Opera"}
_SYSTEMS = ("Windows", "Android", "iPhone", "iPad", "Mac OS", "Linux")


def role(value: CompanyRole | None) -> str:
    """The word of a company role."""
    return str(ROLES[value]) if value else _("none")


def action(name: str) -> str:
    """What was done, in words."""
    return str(_ACTIONS.get(name, name.replace("_", " ").capitalize()))


def browser(user_agent: str) -> str:
    """A browser's own description, short enough to recognise it by."""
    name = next((mark for mark in _BROWSERS if mark in user_agent), None)
    system = next((mark for mark in _SYSTEMS if mark in user_agent), None)
    if name is None:
        return user_agent[:40] or _("Unknown browser")
    shown = _BROWSER_NAMES.get(name, name)
    return _("%(browser)s on %(system)s", browser=shown, system=system) if system else shown
