"""The forms of a page with what their fields are filled with, as a browser would send them."""

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class PageForm:
    """A form: where it is sent, and the text of each field by name."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[PageForm] = []
        self.open: PageForm | None = None
        self.select = self.textarea = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.open = PageForm(found.get("action", ""))
            self.forms.append(self.open)
        if self.open is None:
            return
        name, value = found.get("name", ""), found.get("value", "")
        if tag == "input" and name:
            self._take(found.get("type", "text"), name, value, "checked" in found)
        elif tag == "select":
            self.select = name
        elif tag == "option" and self.select:
            if "selected" in found or self.select not in self.open.fields:
                self.open.fields[self.select] = value
        elif tag == "textarea" and name:
            self.textarea = name
            self.open.fields[name] = ""

    def _take(self, kind: str, name: str, value: str, checked: bool) -> None:
        assert self.open is not None
        if kind == "radio" and not checked:
            self.open.fields.setdefault(name, "")
        elif kind not in ("file", "submit") and (kind != "checkbox" or checked):
            self.open.fields[name] = value

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.open = None
        elif tag == "select":
            self.select = ""
        elif tag == "textarea":
            self.textarea = ""

    def handle_data(self, data: str) -> None:
        if self.open is not None and self.textarea:
            self.open.fields[self.textarea] += data


def form_with(page: str, name: str) -> PageForm:
    """The form of a page that has a field of this name."""
    reader = _Reader()
    reader.feed(page)
    return next(each for each in reader.forms if name in each.fields)
