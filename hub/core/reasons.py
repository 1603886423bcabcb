"""Nothing is ended, refused or taken back without a reason."""

from hub.core.errors import Invalid


def required_reason(text: str, sentence: str) -> str:
    """The reason without the blanks around it.

    Raises:
        Invalid: it is empty; ``sentence`` says so beside the field ``reason``.
    """
    reason = text.strip()
    if not reason:
        raise Invalid(sentence, {"reason": [sentence]})
    return reason
