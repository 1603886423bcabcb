"""How a commodity is described before it is stored, by an administrator or by a file."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hub.catalogue.models import AttributeKind
from hub.core.i18n import _

#: Drawings that a commodity may be shown with.
PICTURES = (
    "generic",
    "onion",
    "potato",
    "tomato",
    "wheat",
    "rice",
    "cotton",
    "soybean",
    "banana",
    "maize",
    "chickpea",
    "mango",
)

_ATTRIBUTE_CODE = re.compile(r"[a-z][a-z0-9_]{0,39}")


def names_of(name_zh: str) -> dict[str, str]:
    """The translated names of a thing with this Chinese name, if it has one."""
    return {"zh_Hans": name_zh.strip()} if name_zh.strip() else {}


@dataclass(frozen=True, slots=True)
class AttributeSpec:
    """An attribute as an administrator or a file describes it."""

    code: str
    name: str
    kind: AttributeKind = AttributeKind.TEXT
    name_zh: str = ""
    choices: tuple[str, ...] = ()
    required: bool = False

    def columns(self, position: int) -> dict[str, Any]:
        """The columns of ``CommodityAttribute``."""
        return {
            "code": self.code,
            "name": self.name,
            "names": names_of(self.name_zh),
            "kind": self.kind,
            "choices": list(self.choices),
            "required": self.required,
            "position": position,
        }


@dataclass(frozen=True, slots=True)
class CommoditySpec:
    """A commodity as an administrator or a file describes it; ``parent`` and ``unit`` are codes."""

    code: str
    name: str
    unit: str
    name_zh: str = ""
    parent: str = ""
    hs_code: str = ""
    picture: str = "generic"
    active: bool = True
    attributes: tuple[AttributeSpec, ...] = ()


def attribute_problems(attributes: Sequence[AttributeSpec]) -> list[str]:
    """What is wrong with these attributes, a sentence each."""
    problems = []
    codes = [each.code for each in attributes]
    for each in attributes:
        if not _ATTRIBUTE_CODE.fullmatch(each.code):
            problems.append(_("“%(code)s” is not an attribute code.", code=each.code[:40]))
        if not each.name.strip() or len(each.name) > 80:
            problems.append(_("The attribute %(code)s needs a short name.", code=each.code[:40]))
        if (each.kind is AttributeKind.CHOICE) != bool(each.choices):
            problems.append(
                _("The attribute %(code)s has choices exactly when it is a choice.", code=each.code)
            )
    if len(codes) != len(set(codes)):
        problems.append(_("An attribute is named twice."))
    return problems


def code_for(name: str) -> str:
    """A commodity code made of ``name``: its letters and digits, in small letters with hyphens."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return "-".join(re.findall(r"[a-z0-9]+", plain))[:70].strip("-") or "commodity"


def picture_for(name: str) -> str:
    """The drawing that fits ``name``."""
    return next((each for each in PICTURES if each in name.lower()), "generic")
