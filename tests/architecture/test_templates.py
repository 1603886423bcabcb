"""What the Content-Security-Policy and repeated requests ask of every template."""

import re

import pytest

from tests.architecture.source import templates

TAG = re.compile(r"<[a-zA-Z][^>]*>", re.DOTALL)
FORM = re.compile(r"<form\b(?P<head>[^>]*)>(?P<body>.*?)</form>", re.DOTALL | re.IGNORECASE)
COMMENT = re.compile(r"\{#.*?#\}|<!--.*?-->", re.DOTALL)


def _found(pattern: str) -> list[str]:
    return [
        f"{name}: {match.group(0)[:80]}"
        for name, text in templates().items()
        for match in re.finditer(pattern, COMMENT.sub("", text), re.IGNORECASE)
    ]


@pytest.mark.parametrize(
    "pattern",
    [
        pytest.param(r"\sstyle\s*=\s*[\"']", id="inline style"),
        pytest.param(r"<style\b", id="style element"),
        pytest.param(r"\son[a-z]+\s*=\s*[\"']", id="event handler"),
        pytest.param(r"<script\b(?![^>]*\ssrc=)", id="inline script"),
        pytest.param(r"javascript:", id="javascript address"),
        pytest.param(r"(?:src|href|action)\s*=\s*[\"'](?:https?:)?//", id="address elsewhere"),
        pytest.param(r"[^'\"\s]\s*\|\s*safe\b", id="unescaped value"),
    ],
)
def test_templates_are_free_of(pattern: str) -> None:
    assert _found(pattern) == []


def test_every_posting_form_carries_a_key_and_is_protected() -> None:
    """A form either comes from a macro, or says so itself by ``hidden_fields()``."""
    wrong = [
        f"{name}: <form{form['head'][:80]}>"
        for name, text in templates().items()
        for form in FORM.finditer(COMMENT.sub("", text))
        if "post" in form["head"].lower()
        and "hidden_fields()" not in form["body"]
        and not ("_key" in form["body"] and "csrf_token" in form["body"])
    ]
    assert wrong == []
