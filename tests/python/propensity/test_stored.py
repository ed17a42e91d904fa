"""Stored models: what was written comes back, and nothing else does."""

import io
import pickle
import zipfile
from typing import Any

import numpy as np
import pytest
import skops.io

from winback.errors import UserError
from winback.fitting.stored import hash_of, read_model, write_model
from winback.propensity.fit import chances, estimator

from .people import SMALL, people


class Foreign:
    """Nothing that a model is made of."""


def fitted(algorithm: str) -> Any:
    given = people(1)
    return estimator(algorithm, SMALL).fit(given.values, given.outcomes > 0)


@pytest.mark.parametrize("algorithm", ["logistic", "forest"])
def test_a_model_comes_back_as_it_was(algorithm: str) -> None:
    model = fitted(algorithm)
    stored = write_model(model)
    back = read_model(stored, hash_of(stored))
    values = people(2).values
    assert np.array_equal(chances(back, values), chances(model, values))


@pytest.mark.parametrize("algorithm", ["logistic", "forest"])
def test_equal_models_are_equal_bytes(algorithm: str) -> None:
    first, second = write_model(fitted(algorithm)), write_model(fitted(algorithm))
    assert first == second
    assert len(first) < 1_000_000


def test_a_changed_byte_is_refused() -> None:
    stored = write_model(fitted("logistic"))
    changed = bytearray(stored)
    changed[len(changed) // 2] ^= 1
    with pytest.raises(UserError, match="was changed since it was trained and is not loaded"):
        read_model(bytes(changed), hash_of(stored))


def test_a_changed_model_with_its_own_hash_may_hold_nothing_else() -> None:
    foreign = skops.io.dumps({"model": Foreign()})
    with pytest.raises(UserError, match=r"not loaded: .*Foreign"):
        read_model(foreign, hash_of(foreign))


@pytest.mark.parametrize(
    "stored", [b"", b"no zip", pickle.dumps({"a": 1})], ids=["nothing", "text", "pickle"]
)
def test_what_skops_did_not_write_is_refused(stored: bytes) -> None:
    with pytest.raises(UserError, match="no model that skops wrote"):
        read_model(stored, hash_of(stored))


def test_a_zip_of_something_else_is_refused() -> None:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr("readme.txt", "hello")
    with pytest.raises(UserError, match="no model that skops wrote"):
        read_model(written.getvalue(), hash_of(written.getvalue()))
