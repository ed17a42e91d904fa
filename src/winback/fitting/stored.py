"""Models as bytes in a table: written the same each time, read only when they are what was written.

``skops`` keeps an estimator as a zip of plain arrays and a description of classes, and builds no
class that is not trusted: unlike a pickle, a file that somebody changed cannot run what they like.
What it writes holds addresses in memory and the time of day; both are replaced, so that equal
models are equal bytes and have one hash.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from typing import Any

from winback.errors import UserError

# beyond what skops trusts by itself, which are estimators of scikit-learn: what they are made of
TRUSTED = (
    "numpy.dtype",
    "sklearn.tree._tree.Tree",
    # of boosted trees, which believe whatever they are given: the hash is compared before
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
)
_SCHEMA = "schema.json"
# the first moment that a zip can name
_EPOCH = (1980, 1, 1, 0, 0, 0)


def write_model(estimator: Any) -> bytes:
    """Return a fitted estimator as bytes: the same for the same estimator."""
    import skops.io

    return _plain(skops.io.dumps(estimator))


def read_model(stored: bytes, sha256: str) -> Any:
    """Return the estimator that was written.

    Args:
        stored: what `write_model` gave.
        sha256: its hash, as the model card has it.

    Raises:
        UserError: the bytes are not those of the card, or hold what is not trusted.
    """
    import skops.io
    from skops.io.exceptions import UntrustedTypesFoundException

    found = hash_of(stored)
    if found != sha256:
        raise UserError(
            f"the stored model has sha256 {found}, its card says {sha256}: it was changed since it"
            " was trained and is not loaded; run `winback run` to train it again"
        )
    try:
        return skops.io.loads(stored, trusted=list(TRUSTED))
    except UntrustedTypesFoundException as error:
        raise UserError(
            f"the stored model holds what no model of winback is made of and is not loaded: {error}"
        ) from None
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError, AttributeError):
        raise UserError("what is stored is no model that skops wrote; it is not loaded") from None


def hash_of(stored: bytes) -> str:
    """Return the SHA-256 as hexadecimal digits."""
    return hashlib.sha256(stored).hexdigest()


def _plain(stored: bytes) -> bytes:
    """What skops wrote, with objects numbered in their order and no time of day."""
    with zipfile.ZipFile(io.BytesIO(stored)) as given:
        schema = json.loads(given.read(_SCHEMA))
        files: dict[str, str] = {}
        _number(schema, {}, files)
        parts = {new: given.read(old) for old, new in files.items()}
    parts[_SCHEMA] = json.dumps(schema, separators=(",", ":")).encode()
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return written.getvalue()


def _number(node: Any, ids: dict[int, int], files: dict[str, str]) -> None:
    if isinstance(node, dict):
        if "__id__" in node:
            # from 1: skops takes 0 for none
            node["__id__"] = ids.setdefault(node["__id__"], len(ids) + 1)
        if isinstance(node.get("file"), str):
            node["file"] = files.setdefault(node["file"], f"{len(files) + 1}.npy")
        for each in node.values():
            _number(each, ids, files)
    elif isinstance(node, list):
        for each in node:
            _number(each, ids, files)
