"""Words of texts and searches."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core.words import LONGEST_WORD, Search, fold, read_search, words_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Onion, grade FAQ", ["onion", "grade", "faq"]),
        ("Crème BRÛLÉE", ["creme", "brulee"]),
        ("Straße", ["strasse"]),
        ("50kg bags / 50kg", ["50kg", "bags"]),
        ("洋葱", ["洋", "葱", "洋葱"]),
        ("A级洋葱 FAQ", ["a", "级", "洋", "葱", "级洋", "洋葱", "faq"]),
        ("ＦＡＱ ①", ["faq", "1"]),
        ("हल्दी", ["हल्दी"]),
        ("a'b\"c*d:e&f|g!h", ["a", "b", "c", "d", "e", "f", "g", "h"]),
        (" .,;-- ", []),
    ],
)
def test_texts_become_words(text: str, words: list[str]) -> None:
    assert words_of([text]) == words


@pytest.mark.parametrize(
    ("text", "search"),
    [
        ("onion del", Search(("onion",), "del")),
        ("onion d", Search(("onion", "d"), None)),
        ("洋葱", Search(("洋葱",), None)),
        ("葱", Search(("葱",), None)),
        ("onion 洋葱头", Search(("onion", "洋葱", "葱头"), None)),
        ("!!!", Search((), None)),
    ],
)
def test_a_search_needs_all_words_and_completes_the_last(text: str, search: Search) -> None:
    assert read_search(text) == search


def test_no_word_is_longer_than_the_index_takes() -> None:
    assert words_of(["x" * 5000]) == ["x" * LONGEST_WORD]


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_every_text_is_found_by_itself(text: str) -> None:
    found = set(words_of([text]))
    search = read_search(text)
    assert set(search.words) <= found
    assert search.prefix is None or any(word.startswith(search.prefix) for word in found)


@given(st.text())
def test_words_hold_nothing_that_a_query_language_could_read(text: str) -> None:
    assert all(not set(word) & set(" \t\n'\"\\*&|!:()<>\0") for word in words_of([text]))
