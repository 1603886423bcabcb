"""The company that an administrator names in a form."""

from hub.accounts import queries as accounts
from hub.accounts.models import Company
from hub.core.errors import Invalid
from hub.core.i18n import _

_SHOWN = 5


def company_named(text: str) -> Company:
    """The company of this alias, registration number or name; a part of it will do if it fits one.

    Raises:
        Invalid: field ``company``: none, or several, which are then named.
    """
    found = accounts.companies(text, limit=_SHOWN + 1)
    exact = [
        each
        for each in found
        if text.strip().lower()
        in (each.alias.lower(), each.registration_number.lower(), each.legal_name.lower())
    ]
    chosen = exact or found
    if len(chosen) == 1 and text.strip():
        return chosen[0]
    if not chosen or not text.strip():
        sentence = _("No company is called so.")
    else:
        names = ", ".join(f"{each.legal_name} ({each.alias})" for each in chosen[:_SHOWN])
        sentence = _("Several companies fit: %(names)s. Give the alias.", names=names)
    raise Invalid(sentence, {"company": [sentence]})
