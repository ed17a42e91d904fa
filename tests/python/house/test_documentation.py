"""Nothing is published without a description, a key test, or a contract."""

import re
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]


def _blank_descriptions(manifest: dict[str, Any]) -> list[str]:
    blank = []
    for group in ("nodes", "sources", "macros", "exposures"):
        for node in manifest[group].values():
            if node["package_name"] != "winback":
                continue
            if node["resource_type"] in ("test", "unit_test", "operation", "sql_operation"):
                continue
            if node["resource_type"] != "macro" and not node["description"].strip():
                blank.append(node["name"])
            blank += [
                f"{node['name']}.{column['name']}"
                for column in node.get("columns", {}).values()
                if not column["description"].strip()
            ]
    return blank


def test_no_description_is_blank(manifest: dict[str, Any]) -> None:
    assert _blank_descriptions(manifest) == []


def test_a_blank_description_is_found(manifest: dict[str, Any]) -> None:
    key, node = next(
        (key, node) for key, node in manifest["nodes"].items() if node["resource_type"] == "model"
    )
    broken = manifest | {"nodes": {key: node | {"description": " "}}}
    assert node["name"] in _blank_descriptions(broken)


@pytest.mark.parametrize("layer", ["staging", "intermediate", "marts", "activation"])
def test_every_model_lists_its_columns(manifest: dict[str, Any], layer: str) -> None:
    undocumented = [
        node["name"]
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["fqn"][1] == layer and not node["columns"]
    ]
    assert undocumented == []


def test_every_table_has_a_tested_key(manifest: dict[str, Any]) -> None:
    tested = {
        parent
        for node in manifest["nodes"].values()
        if node["resource_type"] == "test"
        and (node.get("test_metadata") or {}).get("name") in ("unique", "unique_combination")
        for parent in node["depends_on"]["nodes"]
    }
    names = {manifest["nodes"][key]["name"] for key in tested if key in manifest["nodes"]}
    # maps only rename their stg models, whose lines are keyed by file and line number
    untested = [
        node["name"]
        for key, node in manifest["nodes"].items()
        if node["resource_type"] in ("model", "seed")
        and key not in tested
        and node["fqn"][1] != "staging"
        # a view with one row per row of a model whose key is tested there
        and node["config"]["meta"].get("key_tested_in") not in names
        # a seed's declared key is checked before its first row is loaded
        and not node["config"]["meta"].get("key")
        and not node["config"]["meta"].get("no_key_because")
    ]
    assert untested == []


def test_public_models_are_contracted(manifest: dict[str, Any]) -> None:
    open_ended = [
        node["name"]
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model"
        and node["fqn"][1] in ("marts", "activation")
        and not node["name"].startswith("gate_")
        and not node["contract"]["enforced"]
        and not node["config"]["meta"].get("uncontracted_because")
    ]
    assert open_ended == []


def test_queries_of_the_guides_name_the_schema(manifest: dict[str, Any]) -> None:
    schemas = {
        node["alias"]: node["schema"]
        for node in manifest["nodes"].values()
        if node["resource_type"] in ("model", "seed", "snapshot")
    }
    found, wrong = 0, []
    for page in sorted((ROOT / "docs").rglob("*.md")):
        for sql in re.findall(r"```sql\n(.*?)```", page.read_text(), re.S):
            for schema, table in re.findall(r"\b(?:from|join)\s+(?:(\w+)\.)?(\w+)\b(?!\()", sql):
                if table in schemas:
                    found += 1
                    wrong += [f"{page.name}: {table}"] if schema != schemas[table] else []
    assert found > 10
    assert wrong == []
