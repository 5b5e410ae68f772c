"""Phones, VINs and plates: the tables of domain rules 5.1 to 5.3."""

import pytest

from common.errors import DomainError
from customers.numbers import normal_phone, normal_plate, normal_vin, plate_known, vin_check_ok


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("13812345678", "13812345678"),
        (" 138 1234 5678 ", "13812345678"),
        ("138-1234-5678", "13812345678"),
        ("+86 13812345678", "13812345678"),
        ("+8613812345678", "13812345678"),
        ("008613812345678", "13812345678"),
        ("8613812345678", "13812345678"),
        ("１３８１２３４５６７８", "13812345678"),
        ("19912345678", "19912345678"),
        ("16612345678", "16612345678"),
        ("021-12345678", "02112345678"),
        ("0512-1234567", "05121234567"),
        ("(021) 12345678", "02112345678"),
        ("4001234567", "4001234567"),
    ],
)
def test_a_good_phone_is_normalised(text, number):
    assert normal_phone(text) == number


@pytest.mark.parametrize(
    "text", ["", "1381234567", "138123456789", "12812345678", "10012345678", "abc", "138****5678", "1381234567a", "12345678", "٠١٢٣٤٥٦٧٨٩٠", "1.38E+10"]
)
def test_a_bad_phone_is_refused_with_what_is_accepted(text):
    with pytest.raises(DomainError) as caught:
        normal_phone(text)
    assert (caught.value.code, caught.value.field) == ("phone_invalid", "phone")
    assert str(caught.value.message) == "The phone must be a mobile with 11 digits or a landline with area code."


@pytest.mark.parametrize(
    ("text", "vin"),
    [
        ("LATPAB071W1005301", "LATPAB071W1005301"),
        (" latpab071w1005301 ", "LATPAB071W1005301"),
        ("ＬＡＴＰＡＢ０７１Ｗ１００５３０１", "LATPAB071W1005301"),
        ("LATPAB071-W1005301", "LATPAB071W1005301"),
    ],
)
def test_a_good_vin_is_normalised(text, vin):
    assert normal_vin(text) == vin


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("LATPAB071W100530", "vin_length"),
        ("LATPAB071W10053011", "vin_length"),
        ("LATPAB071W100530O", "vin_letters"),
        ("LATPAB071W100530I", "vin_letters"),
        ("LATPAB071W100530Q", "vin_letters"),
        ("LATPAB071W10053中1", "vin_letters"),
    ],
)
def test_a_bad_vin_is_refused(text, code):
    with pytest.raises(DomainError) as caught:
        normal_vin(text)
    assert (caught.value.code, caught.value.field) == (code, "vin")


@pytest.mark.parametrize(("vin", "is_ok"), [("LATPAB071W1005301", True), ("1M8GDM9AXKP042788", True), ("LFV2A11G593139571", False)])
def test_the_check_digit_of_a_vin_is_computed(vin, is_ok):
    assert vin_check_ok(vin) is is_ok


@pytest.mark.parametrize(
    ("text", "plate"),
    [
        ("沪A12345", "沪A12345"),
        ("沪a·12345", "沪A12345"),
        (" 沪 A 12345 ", "沪A12345"),
        ("沪Ａ１２３４５", "沪A12345"),
        ("未上牌", ""),
        ("无", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_a_plate_is_normalised_and_none_is_legal(text, plate):
    assert normal_plate(text) == plate


@pytest.mark.parametrize(
    "plate", ["沪A12345", "京AF0236", "粤Z1234港", "粤Z1234澳", "沪A1234挂", "沪A1234学", "沪A1234警", "沪AD12345", "沪AF12345", "粤B12345D", "川AA12345"]
)
def test_known_plate_patterns(plate):
    assert plate_known(plate)


@pytest.mark.parametrize("plate", ["沪A1234", "沪I12345", "沪A1234O", "沪A1234I", "X12345", "12345", "沪A123456", "沪AI12345", "台A12345"])
def test_unknown_plate_patterns(plate):
    assert not plate_known(plate)
