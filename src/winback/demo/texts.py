"""Texts made many at a time: ids, addresses as each tool holds them, SQL for times and IPs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from winback.demo.files import random
from winback.demo.people import People

_HEX = np.frombuffer(b"".join(b"%02x" % value for value in range(256)), dtype=np.uint8).reshape(
    256, 2
)


def mix(keys: NDArray[Any], salt: int = 0) -> NDArray[np.uint64]:
    """Return a well-mixed 64-bit number per key (splitmix64; public domain, S. Vigna)."""
    value = keys.astype(np.uint64) + np.uint64((0x9E3779B97F4A7C15 * (salt + 1)) % 2**64)
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))


def _fixed_texts(letters: NDArray[np.uint8]) -> pa.Array:
    count, width = letters.shape
    offsets = np.arange(count + 1, dtype=np.int64) * width
    text = pa.LargeStringArray.from_buffers(
        count, pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(letters))
    )
    return text


def hex_texts(keys: NDArray[Any], width: int, salt: int = 0) -> pa.Array:
    """Return `width` (at most 32, even) hexadecimal digits per key; equal keys, equal digits."""
    numbers = np.stack([mix(keys, salt), mix(keys, salt + 1)], axis=1)
    raw = numbers.astype("<u8").view(np.uint8).reshape(len(keys), 16)
    return _fixed_texts(_HEX[raw].reshape(len(keys), 32)[:, :width])


def unique_hex(keys: NDArray[Any], salt: int) -> pa.Array:
    """Return ten hexadecimal digits per key; different keys below 2**40, different digits.

    Each step can be undone, so that no two keys meet, which digits of a hash would.
    """
    digits, half, mask = 10, np.uint64(20), np.uint64(2**40 - 1)
    value = (keys.astype(np.uint64) + np.uint64(salt * 0x9E3779B9)) & mask
    for odd in (0x9E3779B97F, 0xBF58476D1D):
        value = value * np.uint64(odd) & mask
        value ^= value >> half
    raw = value.astype(">u8").view(np.uint8).reshape(len(keys), 8)[:, -digits // 2 :]
    return _fixed_texts(_HEX[raw].reshape(len(keys), digits))


def uuid_texts(keys: NDArray[Any], salt: int = 0) -> pa.Array:
    """Return a text in the shape of a UUID per key; equal keys, equal texts."""
    numbers = np.stack([mix(keys, salt), mix(keys, salt + 1)], axis=1)
    raw = numbers.astype("<u8").view(np.uint8).reshape(len(keys), 16)
    digits = _HEX[raw].reshape(len(keys), 32)
    text = np.full((len(keys), 36), ord("-"), np.uint8)
    source = 0
    for begin, end in ((0, 8), (9, 13), (14, 18), (19, 23), (24, 36)):
        text[:, begin:end] = digits[:, source : source + end - begin]
        source += end - begin
    return _fixed_texts(text)


def addresses_as_written(people: People, system: str, seed: int) -> pa.Array:
    """Return the address of each person as one tool holds it, still valid and the same person.

    HubSpot lower-cases; elsewhere people type capitals, and imports bring blanks.
    """
    address = people.addresses
    if system == "hubspot":
        return address
    if system in ("shop_fr", "shop_ma"):
        # a mail list is not told when an address changes in the CRM
        address = pc.if_else(
            pa.array(people.address_changed_at < 2**39), people.older_addresses, address
        )
    luck = random(seed, "as written", system).random(len(people))
    address = pc.if_else(pa.array(luck < 0.03), pc.utf8_title(address), address)
    address = pc.if_else(pa.array((luck >= 0.03) & (luck < 0.04)), pc.utf8_upper(address), address)
    blank = {"generic": " \u00a0", "shopify": " "}.get(system)
    if blank is not None:
        padded = pc.binary_join_element_wise(address, blank, "")
        address = pc.if_else(pa.array(luck >= 0.985), padded, address)
    return address


def utc(column: str) -> str:
    """Return SQL for `YYYY-MM-DD HH:MM:SS` of a column in seconds; null below zero."""
    return f'case when "{column}" >= 0 then make_timestamp("{column}" * 1000000)::varchar end'


def in_zone(column: str, zone: str, form: str) -> str:
    """Return SQL for a column in seconds written in a zone with a strftime format."""
    local = f"timezone('{zone}', timezone('UTC', make_timestamp({column} * 1000000)))"
    return f"case when {column} >= 0 then strftime({local}, '{form}') end"


def dotted(column: str) -> str:
    """Return SQL for an IPv4 address held as a number; null for zero."""
    parts = (f"(({column} >> {shift}) & 255)::varchar" for shift in (24, 16, 8, 0))
    return f"case when {column} > 0 then {' || chr(46) || '.join(parts)} end"
