"""What segment rules may speak about: fields with their kinds of values, operators, events."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from winback.declared import read_list, read_vars, read_yaml

FEATURES_FILE = Path("models/intermediate/features/_int_contact_features__models.yml")
FEATURES_MODEL = "int_contact_features"
# columns of segment_history that are no segments
RESERVED_NAMES = ("contact_id", "as_of_date", "is_current", "is_mailable", "revenue_365d")

CAMPAIGN_TYPES = (
    "newsletter",
    "promotion",
    "reactivation",
    "automation",
    "transactional",
    "digest",
)

_ALL = ("text", "number", "boolean", "date", "timestamp")
_ORDERED = ("number", "date", "timestamp")
_DAYS = ("date", "timestamp")
# operator -> kinds of columns that it fits
OPERATORS: Mapping[str, tuple[str, ...]] = {
    "eq": _ALL,
    "ne": _ALL,
    "gt": _ORDERED,
    "gte": _ORDERED,
    "lt": _ORDERED,
    "lte": _ORDERED,
    "between": _ORDERED,
    "in": ("text", *_ORDERED),
    "not_in": ("text", *_ORDERED),
    "is_null": (*_ALL, "other"),
    "contains": ("text",),
    "starts_with": ("text",),
    "within_days": _DAYS,
    "older_than_days": _DAYS,
}
COUNT_OPERATORS = ("eq", "ne", "gt", "gte", "lt", "lte", "between")
LIST_OPERATORS = ("in", "not_in", "between")
AGE_OPERATORS = ("within_days", "older_than_days")

_KINDS = {
    "text": {"varchar", "text", "string", "char", "uuid"},
    "number": {
        *("tinyint", "smallint", "integer", "int", "bigint", "hugeint", "utinyint", "usmallint"),
        *("uinteger", "ubigint", "decimal", "numeric", "float", "real", "double", "number"),
        *("double precision", "long", "int64", "float64"),
    },
    "boolean": {"boolean", "bool"},
    "date": {"date"},
}
_WHOLE_TYPES = {"tinyint", "smallint", "integer", "int", "bigint", "hugeint"}


@dataclass(frozen=True)
class Event:
    """What an event leaf counts.

    Attributes:
        known_by: the feature whose null says that it was not collected yet.
        human: daily facts that add up to the count.
        any_signal: the same with machines included; empty where an event knows no signal.
        feature: what the features that count it are called, before `_<days>d`.
        lifetime: the feature that counts it without a window.
        is_mail: whether it belongs to campaigns.
    """

    known_by: str
    human: tuple[str, ...]
    any_signal: tuple[str, ...] = ()
    feature: str | None = None
    lifetime: str | None = None
    is_mail: bool = True


EVENTS: Mapping[str, Event] = {
    "open": Event(
        known_by="human_opens_30d",
        human=("human_opens", "unknown_opens * unknown_open_weight"),
        any_signal=("human_opens", "unknown_opens", "machine_opens"),
        feature="human_opens",
    ),
    "click": Event(
        known_by="human_clicks_30d",
        human=("human_clicks",),
        any_signal=("human_clicks", "leave_clicks", "machine_clicks"),
        feature="human_clicks",
    ),
    "order": Event("orders_30d", ("orders",), (), "orders", "orders_lifetime", is_mail=False),
    "session": Event("sessions_30d", ("sessions",), (), "sessions", is_mail=False),
    "sent": Event("sends_30d", ("sends",), (), "sends", "sends_lifetime"),
    "delivered": Event("human_clicks_30d", ("deliveries",), (), "deliveries"),
    "bounce_hard": Event("human_clicks_30d", ("bounces_hard",)),
    "bounce_soft": Event("human_clicks_30d", ("bounces_soft",)),
    "unsubscribe": Event("human_clicks_30d", ("unsubscribes",)),
    "complaint": Event("human_clicks_30d", ("complaints",)),
}
_FEATURE_WINDOWS = (30, 90, 180, 365)


@dataclass(frozen=True)
class FittedGroup:
    """What one name in var `fitted` says of contacts at the current date.

    Attributes:
        model: its relation, a row per contact; it must not read segments.
        file: where its columns are described.
        fields: those of its columns that rules may read.
        unfitted: kinds of those that rules may ask also where var `fitted` leaves them out, because
            shipped segments do: they are missing then.
    """

    model: str
    file: Path
    fields: tuple[str, ...]
    unfitted: Mapping[str, str] = field(default_factory=dict)


FITTED: Mapping[str, FittedGroup] = {
    "lifetimes": FittedGroup(
        "int_contact_lifetime_fields",
        Path("models/intermediate/lifetime/_lifetime__models.yml"),
        (
            "buyer_probability_alive",
            "buyer_inactive_on",
            "buyer_days_past_threshold",
            "buyer_is_past_threshold",
            "buyer_expectation_percentile",
            "expected_value_365d",
            "reader_probability_alive",
            "reader_inactive_on",
            "reader_days_past_threshold",
            "reader_is_past_threshold",
            "reader_expectation_percentile",
            *(f"expected_{what}_{days}d"
              for days in (30, 90, 365) for what in ("orders", "engagements")),
        ),
    ),
    "clusters": FittedGroup(
        "int_contact_cluster_fields",
        Path("models/intermediate/clusters/_clusters__models.yml"),
        ("cluster", "cluster_name"),
    ),
    "uplift": FittedGroup(
        "int_contact_uplift_fields",
        Path("models/intermediate/uplift/_uplift__models.yml"),
        ("uplift_group", "predicted_uplift"),
        {"uplift_group": "text", "predicted_uplift": "number"},
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Column:
    """A column: whether its values are whole numbers, and whether it may be null."""

    is_whole: bool
    may_be_null: bool


@dataclass(frozen=True)
class Vocabulary:
    """All that rules of one project may say, under its settings.

    Attributes:
        fields: name -> kind of value of every field: features, custom fields, what is fitted.
        columns: what is known of the features and custom fields.
        custom: names of the custom fields.
        fitted: names in var `fitted`.
        allow_sql: var `allow_sql_rules`.
        timezone: var `timezone`, whose days are meant.
        currency: var `currency`, in sentences.
    """

    fields: Mapping[str, str]
    columns: Mapping[str, Column] = field(default_factory=dict)
    custom: frozenset[str] = frozenset()
    fitted: frozenset[str] = frozenset(FITTED)
    allow_sql: bool = False
    timezone: str = "UTC"
    currency: str = "EUR"

    def owner(self, name: object) -> str | None:
        """The name in var `fitted` that a field belongs to; a custom field hides its namesake."""
        if name in self.custom:
            return None
        return next((owner for owner, group in FITTED.items() if name in group.fields), None)

    def count_column(self, event: str, days: int | None) -> str | None:
        """The feature that counts an event by people in a window of days (None: ever)."""
        known = EVENTS[event]
        column = known.lifetime if days is None else f"{known.feature}_{days}d"
        is_kept = days is None or (known.feature is not None and days in _FEATURE_WINDOWS)
        return column if is_kept and column in self.fields else None


def read_vocabulary(project: Path, variables: Mapping[str, Any]) -> Vocabulary:
    """Read what rules may say from the descriptions of the models and the settings.

    Every description of this project says what null means wherever a null can be, so a
    description without the word means that there is none.

    Args:
        project: folder of `dbt_project.yml`.
        variables: dbt vars that differ from those of `dbt_project.yml`.

    Raises:
        UserError: a description or setting cannot be read.
    """
    settings = {**read_vars(project), **variables}
    fitted = frozenset(name for name in FITTED if name in (settings.get("fitted") or []))
    fields: dict[str, str] = {}
    for name, group in FITTED.items():
        if name in fitted:
            described = _described(project / group.file, group.model)
            fields |= {
                column: kind_of(described[column].get("data_type"))
                for column in group.fields
                if column in described
            }
        else:
            fields |= group.unfitted
    columns: dict[str, Column] = {}
    for name, described_column in _described(project / FEATURES_FILE, FEATURES_MODEL).items():
        kind = str(described_column.get("data_type", "")).lower()
        fields[name] = kind_of(kind)
        columns[name] = Column(
            is_whole=kind in _WHOLE_TYPES,
            may_be_null="null" in str(described_column.get("description", "")).lower(),
        )
    custom_fields = read_list(settings, "custom_fields", "dbt_project.yml")
    for custom in custom_fields:
        kind = str(custom.get("type") or "text").lower()
        fields[str(custom.get("name"))] = kind_of(kind)
        columns[str(custom.get("name"))] = Column(kind in _WHOLE_TYPES, may_be_null=True)
    return Vocabulary(
        fields=fields,
        columns=columns,
        custom=frozenset(str(custom.get("name")) for custom in custom_fields),
        fitted=fitted,
        allow_sql=settings.get("allow_sql_rules") is True,
        timezone=str(settings.get("timezone", "UTC")),
        currency=str(settings.get("currency", "EUR")),
    )


def kind_of(data_type: object) -> str:
    """The kind of value a column type holds. Kinds, not types, decide which operators fit."""
    plain = str(data_type or "").lower().split("(")[0].strip()
    for kind, types in _KINDS.items():
        if plain in types:
            return kind
    return "timestamp" if plain.startswith("timestamp") or plain == "datetime" else "other"


def _described(path: Path, model: str) -> Mapping[str, Mapping[str, Any]]:
    """The columns of a model by name, as its YAML lists them."""
    where = path.name
    models: Iterable[Mapping[str, Any]] = read_list(read_yaml(path, where), "models", where)
    for found in models:
        if found.get("name") == model:
            return {str(column["name"]): column for column in read_list(found, "columns", where)}
    return {}
