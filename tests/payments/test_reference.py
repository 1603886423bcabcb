"""RF references: made, checked, and found in what payers write."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.payments import reference

BODIES = st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=1, max_size=21)
KNOWN = "RF18539007547034"


def test_a_published_reference_comes_out_of_its_body() -> None:
    assert reference.create("539007547034") == KNOWN


def test_a_body_may_be_written_with_spaces_and_in_lower_case() -> None:
    assert reference.create("5390 0754 7034") == KNOWN
    assert reference.create("ab12") == reference.create("AB12")


@pytest.mark.parametrize("body", ["", "  ", "A-1", "Ä1", "١", "1" * 22])
def test_a_body_that_no_reference_can_carry_is_refused(body: str) -> None:
    with pytest.raises(ValueError, match="1 to 21 letters and digits"):
        reference.create(body)


@given(BODIES)
def test_what_is_created_is_valid(body: str) -> None:
    created = reference.create(body)
    assert reference.is_valid(created)
    assert created[:2] + created[4:] == "RF" + body


@given(st.text("0123456789", min_size=1, max_size=21), st.data())
def test_no_single_wrong_digit_passes(body: str, data: st.DataObject) -> None:
    created = reference.create(body)
    place = data.draw(st.integers(2, len(created) - 1))
    digit = data.draw(st.sampled_from("0123456789".replace(created[place], "")))
    assert not reference.is_valid(created[:place] + digit + created[place + 1 :])


@pytest.mark.parametrize("text", [KNOWN, "rf18 5390 0754 7034", " RF18539007547034\n"])
def test_spaces_and_lower_case_do_no_harm(text: str) -> None:
    assert reference.is_valid(text)


@pytest.mark.parametrize(
    "text", ["", "RF", "RF18", "RF19539007547034", "XX18539007547034", "RF18-539007547034", "RFAB1"]
)
def test_what_is_no_reference_is_not_valid(text: str) -> None:
    assert not reference.is_valid(text)


def test_check_digits_that_only_happen_to_fit_the_remainder_are_not_valid() -> None:
    body = next(f"{n}" for n in range(1000) if reference.create(f"{n}").startswith("RF02"))
    assert reference.is_valid(f"RF02{body}")
    assert not reference.is_valid(f"RF99{body}")


@pytest.mark.parametrize(
    "text",
    [
        KNOWN,
        "Invoice rf18 5390 0754 7034, thank you",
        "/ROC/RF18539007547034//URI/",
        "Payment for RF18 5390\n0754   7034",
        "RF99 is not it; RF18539007547034 is",
    ],
)
def test_a_reference_is_found_in_free_text(text: str) -> None:
    assert reference.find(text) == [KNOWN]


def test_several_are_found_once_each_in_their_order() -> None:
    other = reference.create("2026000123")
    text = f"{reference.printed(other)} and {KNOWN} and again {other}"
    assert reference.find(text) == [other, KNOWN]


@pytest.mark.parametrize(
    "text", ["", "contract 539007547034", "XRF18539007547034", KNOWN + "5", "RF1", "RF 18"]
)
def test_nothing_is_found_where_nothing_is(text: str) -> None:
    assert reference.find(text) == []


@given(BODIES, st.sampled_from(["", "paid ", "No. 12/"]), st.sampled_from(["", " thanks", ", ok"]))
def test_every_reference_is_found_however_it_is_printed(body: str, before: str, after: str) -> None:
    created = reference.create(body)
    assert created in reference.find(f"{before}{created}{after}")
    assert created in reference.find(f"{before}{reference.printed(created).lower()}{after}")


def test_a_reference_is_printed_in_groups_of_four() -> None:
    assert reference.printed(KNOWN) == "RF18 5390 0754 7034"
