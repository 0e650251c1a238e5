"""Strict JSON: rejects everything that two parsers might interpret differently."""

import json
import math
import re
from typing import Any, NoReturn

import aiohttp

MAX_DEPTH = 64
_INT_DIGITS = 20
_INT_LIMIT = 2**63
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


class NotStrict(ValueError):
    """A text that is not strict JSON. reason: a fixed word, never a part of it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def loads(text: str) -> Any:
    """Parse one JSON value.

    Raises: NotStrict: not JSON; or a repeated key, NaN or Infinity, a number beyond 64 bits, nesting deeper than
        MAX_DEPTH, or a lone surrogate, which neither database can store.
    """
    try:
        tree = _DECODER.decode(text)
        if text.count("{") + text.count("[") > MAX_DEPTH:  # skips the walk for most texts
            _check_depth(tree)
        # The bytes were decoded as UTF-8, so a lone surrogate can only come from an escape sequence.
        if _SURROGATE.search(text):
            json.dumps(tree, ensure_ascii=False).encode()
    except RecursionError:
        raise NotStrict("too_deep") from None
    except UnicodeEncodeError:
        raise NotStrict("lone_surrogate") from None
    except json.JSONDecodeError:
        raise NotStrict("not_json") from None
    return tree


async def read_json(response: aiohttp.ClientResponse, limit: int) -> Any:
    """Read and parse a response body. limit: bytes. Raises: ValueError: longer than that, or not strict JSON."""
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) > limit:
            raise ValueError("answer too long")
    return loads(body.decode())


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    read = dict(pairs)
    if len(read) != len(pairs):
        raise NotStrict("repeated_key")
    return read


def _constant(_name: str) -> NoReturn:
    raise NotStrict("no_number")


def _int(digits: str) -> int:
    # Length first: converting thousands of digits takes quadratic time, which an attacker could exploit.
    if len(digits) > _INT_DIGITS or not -_INT_LIMIT <= (number := int(digits)) < _INT_LIMIT:
        raise NotStrict("number_too_large")
    return number


def _float(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise NotStrict("number_too_large")
    return number


def _check_depth(tree: Any) -> None:
    level = [tree]
    for _ in range(MAX_DEPTH + 1):
        level = [child for node in level for child in _children(node)]
        if not level:
            return
    raise NotStrict("too_deep")


def _children(node: Any) -> list[Any]:
    inside = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    return [child for child in inside if isinstance(child, (dict, list))]


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_constant, parse_int=_int, parse_float=_float)
