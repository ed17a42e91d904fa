"""A row moves one way: landing, raw, staging, intermediate, marts, activation."""

import re
from pathlib import Path
from typing import Any

import pytest

LAYERS = ["staging", "intermediate", "marts", "activation"]
# with the marts quality__*, what explains why a gate stopped the run: built whatever it says
EXPLAINING = {"int_line_counts__unified", "int_rejected_records__unified"}


def _models(manifest: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        key: node for key, node in manifest["nodes"].items() if node["resource_type"] == "model"
    }


def _layer(node: dict[str, Any]) -> str:
    return str(node["fqn"][1])


def _is_gate(node: dict[str, Any]) -> bool:
    return str(node["name"]).startswith("gate_")


def layer_violations(models: dict[str, dict[str, Any]]) -> list[str]:
    """Every reference that goes backwards, skips a layer, or reaches staging from elsewhere."""
    found = []
    for node in models.values():
        for parent_id in node["depends_on"]["nodes"]:
            parent = models.get(parent_id)
            if parent is None:
                continue
            step = LAYERS.index(_layer(node)) - LAYERS.index(_layer(parent))
            if step not in (0, 1):
                found.append(f"{node['name']} ({_layer(node)}) refs {parent['name']}")
            reaches_staging = _layer(parent) == "staging" and _layer(node) != "staging"
            if reaches_staging and not re.fullmatch(r"int_\w+__unified", node["name"]):
                found.append(f"{node['name']} refs {parent['name']}: only int_*__unified may")
    return found


def test_every_model_is_in_a_layer(manifest: dict[str, Any]) -> None:
    assert {_layer(node) for node in _models(manifest).values()} <= set(LAYERS)


def test_references_go_one_way(manifest: dict[str, Any]) -> None:
    assert layer_violations(_models(manifest)) == []


def test_the_layer_check_can_fail(manifest: dict[str, Any]) -> None:
    models = _models(manifest)
    mart = next(key for key, node in models.items() if _layer(node) == "marts")
    stage = next(key for key, node in models.items() if _layer(node) == "staging")
    broken = models | {
        mart: models[mart] | {"depends_on": {"nodes": [stage]}},
        stage: models[stage] | {"depends_on": {"nodes": [mart]}},
    }
    assert len(layer_violations(broken)) >= 3


def test_sources_are_read_by_staging_alone(manifest: dict[str, Any]) -> None:
    sources = set(manifest["sources"])
    readers = {
        node["name"]
        for node in _models(manifest).values()
        if _layer(node) != "staging"
        and sources & set(node["depends_on"]["nodes"])
        # the ledger is the loader's own account, not an export
        and not all(
            parent.startswith("source.winback.landing.")
            for parent in sources & set(node["depends_on"]["nodes"])
        )
    }
    assert readers == set()


def test_every_layer_waits_for_the_gate_before_it(manifest: dict[str, Any]) -> None:
    models = _models(manifest)
    gates = {"marts": "gate_intermediate", "activation": "gate_marts"}
    late = [
        node["name"]
        for node in models.values()
        if _layer(node) in gates
        and not _is_gate(node)
        and not node["name"].startswith("quality__")
        and not _depends_on(models, node["unique_id"], f"model.winback.{gates[_layer(node)]}")
    ]
    late += [
        node["name"]
        for node in models.values()
        if re.fullmatch(r"int_\w+__unified", node["name"])
        and node["name"] not in EXPLAINING
        and not _depends_on(models, node["unique_id"], "model.winback.gate_staging")
    ]
    assert late == []


def _depends_on(models: dict[str, dict[str, Any]], node_id: str, wanted: str) -> bool:
    seen, queue = set(), [node_id]
    while queue:
        for parent in models.get(queue.pop(), {"depends_on": {"nodes": []}})["depends_on"]["nodes"]:
            if parent == wanted:
                return True
            if parent not in seen:
                seen.add(parent)
                queue.append(parent)
    return False


COMMENT = re.compile(r"--.*|\{#[\s\S]*?#\}")
CLOCK = re.compile(
    r"\b(current_date|current_time|current_timestamp|get_current_time|get_current_timestamp"
    r"|transaction_timestamp|statement_timestamp|clock_timestamp|localtime|localtimestamp"
    r"|getdate|sysdate)\b"
    r"|\b(now|today|utcnow|time\.time)\s*\(|\bunix_timestamp\s*\(\s*\)",
    re.I,
)


def test_no_model_reads_the_clock(root: Path) -> None:
    files = [
        *(root / "models").rglob("*.sql"),
        *(root / "models").rglob("*.py"),
        *(root / "macros").rglob("*.sql"),
    ]
    readers = [path.name for path in files if CLOCK.search(COMMENT.sub("", path.read_text()))]
    assert readers == []


@pytest.mark.parametrize(
    "line",
    [
        "where day < current_date",
        "select today() as day",
        "select get_current_timestamp()",
        "select transaction_timestamp()",
        "select now () as loaded_at",
        "started = datetime.now(UTC)",
        "day = date.today()",
        "began = time.time()",
    ],
)
def test_a_clock_is_seen(line: str) -> None:
    assert CLOCK.search(line)


def test_marts_and_activation_hold_what_is_public_and_nothing_else(
    manifest: dict[str, Any],
) -> None:
    shown = {"marts", "activation"}
    built = [
        node for node in _models(manifest).values() if node["config"]["materialized"] != "ephemeral"
    ]
    assert [
        node["name"] for node in built if node["schema"] in shown and node["access"] != "public"
    ] == []
    assert {node["schema"] for node in built if node["access"] == "public"} <= shown | {"quality"}
    layers = {node["schema"] for node in built}
    assert layers == shown | {"staging", "intermediate", "quality"}
    owned = {node["config"]["group"] for node in built}
    assert owned == layers
