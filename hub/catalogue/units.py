"""Units of measure of UN/ECE Recommendation 20 that goods are traded in, with exact factors.

Factors are those of the SI Brochure and, for the avoirdupois, imperial and US customary units, of
NIST Handbook 44 (2024), appendix C: the pound is 0.45359237 kg, the inch 0.0254 m, the US gallon
231 cubic inches and the imperial gallon 4.54609 litres, exactly. Recommendation 20 itself writes
many of them rounded. Withdrawn codes (status X or D) are listed so that who tries one is told so.
"""

from fractions import Fraction
from typing import NamedTuple


class UnitFacts(NamedTuple):
    """A unit; ``factor`` is how many base units of its dimension it is (kg, m³, m, m², 1, J)."""

    code: str
    name: str
    name_zh: str
    symbol: str
    dimension: str
    factor: Fraction
    withdrawn: bool = False


_INCH = Fraction(254, 10_000)
_FOOT = 12 * _INCH
_POUND = Fraction(45_359_237, 100_000_000)
_GALLON_US = 231 * _INCH**3
_GALLON_UK = Fraction(454_609, 100_000_000)


def _facts(
    code: str, name: str, name_zh: str, symbol: str, dimension: str, factor: Fraction | int
) -> UnitFacts:
    return UnitFacts(code, name, name_zh, symbol, dimension, Fraction(factor))


def _withdrawn(code: str, name: str, name_zh: str) -> UnitFacts:
    return UnitFacts(code, name, name_zh, "", "count", Fraction(1), withdrawn=True)


UNITS: tuple[UnitFacts, ...] = (
    _facts("MGM", "milligram", "毫克", "mg", "mass", Fraction(1, 1_000_000)),
    _facts("GRM", "gram", "克", "g", "mass", Fraction(1, 1000)),
    _facts("KGM", "kilogram", "千克", "kg", "mass", 1),
    _facts("DTN", "decitonne", "公担", "dt", "mass", 100),
    _facts("TNE", "tonne", "吨", "t", "mass", 1000),
    _facts("KTN", "kilotonne", "千吨", "kt", "mass", 1_000_000),
    _facts("CTM", "metric carat", "克拉", "ct", "mass", Fraction(2, 10_000)),
    _facts("APZ", "troy ounce", "金衡盎司", "oz tr", "mass", Fraction(311_034_768, 10**10)),
    _facts("ONZ", "ounce (avoirdupois)", "盎司", "oz", "mass", _POUND / 16),
    _facts("LBR", "pound", "磅", "lb", "mass", _POUND),
    _facts("CWA", "hundredweight (US)", "短担", "cwt (US)", "mass", 100 * _POUND),
    _facts("CWI", "hundredweight (UK)", "长担", "cwt (UK)", "mass", 112 * _POUND),
    _facts("STN", "short ton (US)", "短吨", "ton (US)", "mass", 2000 * _POUND),
    _facts("LTN", "long ton (UK)", "长吨", "ton (UK)", "mass", 2240 * _POUND),
    _facts("MLT", "millilitre", "毫升", "ml", "volume", Fraction(1, 1_000_000)),
    _facts("LTR", "litre", "升", "l", "volume", Fraction(1, 1000)),
    _facts("HLT", "hectolitre", "百升", "hl", "volume", Fraction(1, 10)),
    _facts("MTQ", "cubic metre", "立方米", "m³", "volume", 1),
    _facts("INQ", "cubic inch", "立方英寸", "in³", "volume", _INCH**3),
    _facts("FTQ", "cubic foot", "立方英尺", "ft³", "volume", _FOOT**3),
    _facts("GLL", "gallon (US)", "美制加仑", "gal (US)", "volume", _GALLON_US),
    _facts("GLI", "gallon (UK)", "英制加仑", "gal (UK)", "volume", _GALLON_UK),
    _facts("BLL", "barrel (US)", "桶", "bbl (US)", "volume", 42 * _GALLON_US),
    _facts("MMT", "millimetre", "毫米", "mm", "length", Fraction(1, 1000)),
    _facts("CMT", "centimetre", "厘米", "cm", "length", Fraction(1, 100)),
    _facts("MTR", "metre", "米", "m", "length", 1),
    _facts("KMT", "kilometre", "千米", "km", "length", 1000),
    _facts("INH", "inch", "英寸", "in", "length", _INCH),
    _facts("FOT", "foot", "英尺", "ft", "length", _FOOT),
    _facts("YRD", "yard", "码", "yd", "length", 3 * _FOOT),
    _facts("CMK", "square centimetre", "平方厘米", "cm²", "area", Fraction(1, 10_000)),
    _facts("MTK", "square metre", "平方米", "m²", "area", 1),
    _facts("FTK", "square foot", "平方英尺", "ft²", "area", _FOOT**2),
    _facts("YDK", "square yard", "平方码", "yd²", "area", (3 * _FOOT) ** 2),
    _facts("H87", "piece", "件", "pc", "count", 1),
    _facts("EA", "each", "个", "ea", "count", 1),
    _facts("C62", "one", "一", "1", "count", 1),
    _facts("PR", "pair", "双", "pr", "count", 2),
    _facts("DZN", "dozen", "打", "doz", "count", 12),
    _facts("CEN", "hundred", "百", "", "count", 100),
    _facts("GRO", "gross", "罗", "gr", "count", 144),
    _facts("MIL", "thousand", "千", "", "count", 1000),
    _facts("SET", "set", "套", "set", "set", 1),
    _facts("KWH", "kilowatt hour", "千瓦时", "kW·h", "energy", 3_600_000),
    _facts("MWH", "megawatt hour", "兆瓦时", "MW·h", "energy", 3_600_000_000),
    _withdrawn("BG", "bag", "袋"),
    _withdrawn("BX", "box", "箱"),
    _withdrawn("CT", "carton", "纸箱"),
    _withdrawn("BE", "bundle", "捆"),
    _withdrawn("RO", "roll", "卷"),
    _withdrawn("PK", "pack", "包"),
    _withdrawn("ST", "sheet", "张"),
    _withdrawn("QT", "quart (US)", "美制夸脱"),
    _withdrawn("NPR", "number of pairs", "双数"),
    _withdrawn("HAR", "hectare", "公顷"),
)
