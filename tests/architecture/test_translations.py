"""Every language offered beside English has a complete catalogue, and pages are shown in it."""

from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_keywords, parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations
from flask import Flask
from flask.testing import FlaskClient

from hub.core.web.locale import LANGUAGE_NAMES
from tests.architecture.source import HUB, ROOT

LANGUAGES = sorted(set(LANGUAGE_NAMES) - {"en"})

Id = str | tuple[str, ...]


def _path(language: str) -> Path:
    return HUB / "translations" / language / "LC_MESSAGES" / "messages.po"


@cache
def _catalogue(language: str) -> Catalog:
    with _path(language).open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


@cache
def _ids_of_the_code() -> frozenset[Id]:
    with (ROOT / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)
    keywords = parse_keywords(["_", "_l", "N_", "gettext", "ngettext:1,2"])
    return frozenset(
        message
        for _file, _line, message, _comments, _context in extract_from_dir(
            HUB, methods, options, keywords
        )
        if message
    )


def _ids_of(language: str) -> frozenset[Id]:
    return frozenset(
        message.id if isinstance(message.id, str) else tuple(message.id)
        for message in _catalogue(language)
        if message.id
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_catalogue_holds_the_messages_of_the_code_and_no_others(language: str) -> None:
    """Where this fails: ``make translations``, then translate what is new."""
    wanted, found = _ids_of_the_code(), _ids_of(language)
    assert len(wanted) > 1000
    assert (wanted - found, found - wanted) == (set(), set())


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_is_translated(language: str) -> None:
    missing = []
    for message in _catalogue(language):
        written = (message.string,) if isinstance(message.string, str) else message.string or ()
        if message.id and (message.fuzzy or not written or not all(written)):
            missing.append(message.id)
    assert missing == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_translation_breaks_the_formatting_of_its_message(language: str) -> None:
    faults = {message.id: errors for message, errors in _catalogue(language).check()}
    assert faults == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_neither_gain_nor_lose_a_line(language: str) -> None:
    """A letter keeps its paragraphs, and a one-line text stays one."""
    faults = [
        message.id
        for message in _catalogue(language)
        if message.id
        and isinstance(message.id, str)
        and isinstance(message.string, str)
        and message.id.count("\n") != message.string.count("\n")
    ]
    assert faults == []


def test_the_compiled_catalogue_answers_in_chinese(tmp_path: Path) -> None:
    folder = tmp_path / "zh_Hans" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    with (folder / "messages.mo").open("wb") as file:
        write_mo(file, _catalogue("zh_Hans"))
    compiled = Translations.load(tmp_path, ["zh_Hans"])
    assert compiled.gettext("Supplier") == "供应方"
    assert compiled.gettext("Purchaser") == "采购方"
    one_and_many = ("%(count)s open listing", "%(count)s open listings")
    assert [compiled.ngettext(*one_and_many, number) for number in (1, 2)] == [
        "%(count)s条有效挂牌",
        "%(count)s条有效挂牌",
    ]


@pytest.fixture
def visitor(committed_app: Flask) -> FlaskClient:
    """A browser whose requests share no application context, which would keep the language."""
    return committed_app.test_client()


def test_a_browser_that_asks_for_chinese_gets_a_chinese_page(visitor: FlaskClient) -> None:
    """``scripts/install.sh`` compiles the catalogue that the page is read from."""
    in_chinese = visitor.get("/sign-in", headers={"Accept-Language": "zh-CN,zh;q=0.9"}).text
    in_english = visitor.get("/sign-in", headers={"Accept-Language": "en"}).text
    assert '<html lang="zh-Hans">' in in_chinese
    assert '<html lang="en">' in in_english
    assert ("登录" in in_chinese, "Sign in" in in_chinese) == (True, False)
    assert ("登录" in in_english, "Sign in" in in_english) == (False, True)


def test_a_visitor_switches_to_chinese_and_back(visitor: FlaskClient) -> None:
    for language, shown in (("zh_Hans", "登录"), ("en", "Sign in")):
        answer = visitor.post("/language", data={"language": language, "next": "/sign-in"})
        assert (answer.status_code, answer.location) == (302, "/sign-in")
        assert shown in visitor.get("/sign-in").text
