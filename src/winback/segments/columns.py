"""What is known about the columns that rules read, from their description."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from winback.declared import read_list, read_vars, read_yaml

FEATURES_FILE = Path("models/intermediate/features/_int_contact_features__models.yml")
FEATURES_MODEL = "int_contact_features"
_WHOLE_TYPES = {"tinyint", "smallint", "integer", "int", "bigint", "hugeint"}


@dataclass(frozen=True)
class Column:
    """A column: whether its values are whole numbers, and whether it may be null."""

    is_whole: bool
    may_be_null: bool


def read_columns(project: Path, variables: Mapping[str, Any]) -> dict[str, Column]:
    """Describe the columns of int_contact_features and the custom fields.

    Every description of this project says what null means wherever a null can be, so a
    description without the word means that there is none.

    Raises:
        UserError: the description cannot be read.
    """
    where = FEATURES_FILE.as_posix()
    found: dict[str, Column] = {}
    for model in read_list(read_yaml(project / FEATURES_FILE, where), "models", where):
        if model.get("name") == FEATURES_MODEL:
            for column in read_list(model, "columns", where):
                kind = str(column.get("data_type", "")).lower()
                found[str(column["name"])] = Column(
                    is_whole=kind in _WHOLE_TYPES,
                    may_be_null="null" in str(column.get("description", "")).lower(),
                )
    settings = {**read_vars(project), **variables}
    for custom in read_list(settings, "custom_fields", "dbt_project.yml"):
        kind = str(custom.get("type", "text")).lower()
        found[str(custom.get("name"))] = Column(is_whole=kind in _WHOLE_TYPES, may_be_null=True)
    return found
