"""Generated texts that hold a personal number, and others that only look like it; knows nothing of the detector.

Every number is made up; its check digit is computed here, independently of the product.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from random import Random

TODAY = date(2026, 11, 28)
OWN_PATTERN = r"(SN|KS) (\d{4}-\d{2}-\d{2}-\d{4}|\d{6}-\d{4}|\d{4}/\d{4})"
"""A tenant's own reference pattern, which demands certain letters."""
_FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")


def number(rng: Random) -> str:
    """Return twelve digits: a day of birth since 1915, in every fifth with 60 added as in a coordination number."""
    born = date(1915, 1, 1) + timedelta(days=rng.randrange((TODAY - date(1915, 1, 1)).days))
    nine = f"{born:%y%m}{born.day + 60 * (rng.random() < 0.2):02}{rng.randint(1, 999):03}"
    doubled = "".join(str(int(digit) * (1 if place % 2 else 2)) for place, digit in enumerate(nine))
    return f"{born.year // 100}{nine}{(10 - sum(map(int, doubled)) % 10) % 10}"


def _ten(pattern: str) -> Callable[[str], str]:
    """Return a shape of ten digits: Y, M, D stand for two each, N for the last four, or n and k for two of them."""
    return _shape(pattern, "")


def _twelve(pattern: str) -> Callable[[str], str]:
    return _shape(pattern, "C")


def _shape(pattern: str, century: str) -> Callable[[str], str]:
    form = re.sub("([YMDNnk])(?![a-zåäö])", r"{\1}", pattern).replace("{Y}", (century and "{C}{Y}") or "{Y}")
    return lambda n: form.format(C=n[:2], Y=n[2:4], M=n[4:6], D=n[6:8], N=n[8:], n=n[8:10], k=n[10:])


NUMBERS: Mapping[str, Callable[[str], str]] = {
    "YYMMDDNNNN": _ten("YMDN"),
    "YYMMDD-NNNN": _ten("YMD-N"),
    "YYMMDD+NNNN": _ten("YMD+N"),
    "YYMMDD NNNN": _ten("YMD N"),
    "YYYYMMDDNNNN": _twelve("YMDN"),
    "YYYYMMDD-NNNN": _twelve("YMD-N"),
    "YYYYMMDD NNNN": _twelve("YMD N"),
    "YYYY-MM-DD-NNNN": _twelve("Y-M-D-N"),
    "YYYY-MM-DD NNNN": _twelve("Y-M-D N"),
    "YYYY-MM-DD (NNNN)": _twelve("Y-M-D (N)"),
    "YYYY.MM.DD.NNNN": _twelve("Y.M.D.N"),
    "YY/MM/DD/NNNN": _ten("Y/M/D/N"),
    "YY MM DD NN NN": _ten("Y M D n k"),
    "YYMMDD - NNNN": _ten("YMD - N"),
    "YYMMDD–NNNN (en dash)": _ten("YMD–N"),
    "YYMMDD‑NNNN (non-breaking hyphen)": _ten("YMD\u2011N"),
    "full-width": lambda n: _ten("YMD－N")(n).translate(_FULL_WIDTH),
    "no-break space": _ten("YMD\u00a0N"),
    "U+3164": _ten("YMD\u3164N"),
    "U+2800": _ten("YMD\u2800N"),
    "zero-width space": _ten("YM\u200bDN"),
    "soft hyphen": _ten("YMD\u00adN"),
    "combining marks": lambda n: "".join(digit + "\u0336" for digit in n[2:]),
    "two lines": _ten("YMD\nN"),
    "two lines at the hyphen": _ten("YMD-\r\nN"),
    "ten lines": lambda n: "\n".join(n[2:]),
    "dots between all digits": lambda n: ".".join(n),
    "forty signs between": _ten("YMD" + " . " * 14 + "N"),
    "YYMMDD<br>NNNN": _ten("YMD<br>N"),
    "two paragraphs": _twelve("<p>YMD</p><p>N</p>"),
    "bold last four": _ten("YMD-<b>N</b>"),
    "&nbsp;": _ten("YMD&nbsp;N"),
    "&#45;": _ten("YMD&#45;N"),
    "född YYYY-MM-DD, nr NNNN": _twelve("född Y-M-D, nr N"),
    "YYYYMMDD sista fyra NNNN": _twelve("YMD sista fyra N"),
    "YYMMDD (de fyra sista: NNNN)": _ten("YMD (de fyra sista: N)"),
    "YYMMDD-TNNN": lambda n: f"{n[2:8]}-T{n[8:11]}",
    "YYYYMMDD-RNNN": lambda n: f"{n[:8]}-R{n[8:11]}",
    "YYMMDD-TFNN": lambda n: f"{n[2:8]}-TF{n[8:10]}",
    "in a sentence": _ten("Pappa (YMD-N) ringde 2026-11-12 kl. 10.30."),
    "in a file name": _twelve("Utredning_YMD_N_v2.docx"),
    "behind a reference": _ten("SO 2026/0123, YMD-N"),
}
"""What must be refused, by the shape it is written in."""


def _filled(rng: Random, pattern: str) -> str:
    """Fill in a pattern: 9 a digit, and the names below; the day is at most eighteen months back or twelve ahead."""
    day = TODAY + timedelta(days=rng.randint(-540, 360))
    hour, minute = f"{rng.randrange(24):02}", f"{rng.randrange(60):02}"
    text = "".join(rng.choice("0123456789") if sign == "9" else sign for sign in pattern)
    for name, what in {
        "ISO": f"{day}",
        "DAY8": f"{day:%Y%m%d}",
        "DAY6": f"{day:%y%m%d}",
        "H": hour,
        "M": minute,
        "Y": str(rng.randint(2015, 2026)),
    }.items():
        text = text.replace("{" + name + "}", what)
    return text


OTHERS: Mapping[str, str] = {
    "SN YYYY/NNNN": "SN {Y}/9999",
    "SNYY/NN": "SN16/99",
    "SCN-YYYY-NNNN": "SCN-{Y}-9999",
    "SOCN/YYYY:NN": "SOCN/{Y}:99",
    "YYYY/NN-IFN-NNN": "{Y}/99-IFN-999",
    "KS-YYYY/NNN.NNN": "KS-{Y}/999.999",
    "SYYYY/NNNNN/FST": "S{Y}/99999/FST",
    "SN YYYY-MM-DD-NNNN (own pattern)": "SN {ISO}-9999",
    "SN YYMMDD-NNNN (own pattern)": "SN {DAY6}-9999",
    "ny SN YYMMDD-NNNN (own pattern)": "ny SN {DAY6}-9999",
    "own pattern in a sentence": "Se även SN {DAY6}-9999, samma familj",
    "day and reference": "Beslut {ISO}, SN {Y}/9999",
    "YYMMDD HHMM": "{DAY6} {H}{M}",
    "YYYYMMDD HHMM": "{DAY8} {H}{M}",
    "YYYYMMDDTHHMM": "{DAY8}T{H}{M}",
    "YYYY-MM-DD HHMM": "{ISO} {H}{M}",
    "YYYY-MM-DD (HHMM)": "{ISO} ({H}{M})",
    "YYYY-MM-DD, HHMM": "{ISO}, {H}{M}",
    "YYYY-MM-DD kl HHMM": "{ISO} kl {H}{M}",
    "YYYY-MM-DD mötet började HHMM": "{ISO} mötet började {H}{M}",
    "YYYY-MM-DD HH:MM": "{ISO} {H}:{M}",
    "YYYY-MM-DD HH.MM": "{ISO} {H}.{M}",
    "YYYY-MM-DD kl. HH.MM": "{ISO} kl. {H}.{M}",
    "YYYY-MM-DD klockan HH.MM": "{ISO} klockan {H}.{M}",
    "YYYY-MM-DD (HH:MM)": "{ISO} ({H}:{M})",
    "YYYY-MM-DDTHH:MM:SSZ": "{ISO}T{H}:{M}:99Z",
    "YYYY-MM-DD HH:MM–HH:MM": "{ISO} {H}:{M}–{H}:{M}",
    "YYYYMMDD HH:MM": "{DAY8} {H}:{M}",
    "YYMMDD HH:MM": "{DAY6} {H}:{M}",
    "YYMMDD-HH:MM": "{DAY6}-{H}:{M}",
    "HH:MM YYYY-MM-DD": "{H}:{M} {ISO}",
    "HHMM YYMMDD": "{H}{M} {DAY6}",
    "kl HHMM den YYMMDD": "kl {H}{M} den {DAY6}",
    "YYYY-MM-DD": "Samtal {ISO}, se journalen",
    "two days": "{ISO} {ISO}",
    "from day to day": "{ISO}–{ISO}",
    "day/day": "{ISO}/{ISO}",
    "day and year": "Beslut {ISO} om perioden {Y}",
    "day with time and reference": "{ISO} kl {H}.{M} i SN {Y}/9999",
    "telephone": "070-999 99 99",
    "day and telephone": "Ring {ISO} 019-999 99 99",
}
"""What must be let through: references, days with times, days with other things."""


def with_numbers(shape: str, count: int) -> Iterator[str]:
    """Yield texts of one shape of NUMBERS."""
    rng = Random(shape)
    return (NUMBERS[shape](number(rng)) for _ in range(count))


def without_numbers(shape: str, count: int) -> Iterator[str]:
    """Yield texts of one shape of OTHERS."""
    rng = Random(shape)
    return (_filled(rng, OTHERS[shape]) for _ in range(count))
