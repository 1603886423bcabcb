"""Addresses and telephone numbers in what people write before there is a contract."""

import re

_MAIL = re.compile(r"[^\s@]+\s?(?:@|＠|\(at\)|\[at\])\s?[^\s@]+\.[^\W\d_]{2,}", re.IGNORECASE)
#: Numbers such as +91 98200 12345 or 138-0013-8000, but neither dates nor prices nor quantities.
_TELEPHONE = re.compile(r"(?<![\w.,])\+?\d(?:[ ()/-]{0,2}\d){8,14}(?![\w.,]?\d)")
_DATE = re.compile(r"\b\d{4}[-/.]\d{1,2}[-/.]\d{1,2}\b|\b\d{1,2}[-/.]\d{1,2}[-/.]\d{4}\b")


def names_contacts(text: str) -> bool:
    """Whether ``text`` seems to hold a mail address or a telephone number."""
    without_dates = _DATE.sub(" date ", text)
    return bool(_MAIL.search(text) or _TELEPHONE.search(without_dates))
