"""One algorithm on one sample: how many clusters, which, and whether to believe in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import numpy as np

from winback.clusters import partitions
from winback.clusters.choice import (
    Choice,
    Step,
    choose,
    curves,
    inertia,
    is_matched_by_even_points,
    silhouette,
)
from winback.clusters.features import Floats, Labels, Space
from winback.clusters.labels import match_labels
from winback.clusters.partitions import NOISE
from winback.clusters.settings import Settings
from winback.clusters.stability import NOT_TRUSTED, Recluster, jaccard_stability

# HDBSCAN's neighbours, and its smallest cluster as a share of the sample
NEIGHBOURS = 10
LEAST_SHARE = 0.02
# more noise than this is no description of an audience
MOST_NOISE = 0.5
# share of the clustered contacts that must be in clusters which Hennig would not refuse
TRUSTED_SHARE = 0.5
# a cluster of nearly everybody, and a few stragglers, part nothing
LARGEST_SHARE = 0.95
EVEN = "evenly spread points give as clear a picture"


@dataclass(frozen=True)
class Sample:
    """Contacts to fit on, sorted by contact: what is fitted does not depend on their order.

    `values` are in the columns' units, NaN where nothing is known; `small` marks the rows of the
    smaller sample, for what takes the square of their number.
    """

    values: Floats
    small: np.ndarray[tuple[int], np.dtype[np.bool_]]


@dataclass(frozen=True)
class Memory:
    """Numbered clusters of former runs: where each was last seen, in the columns' units."""

    names: tuple[str, ...] = ()
    numbers: tuple[int, ...] = ()
    centres: tuple[tuple[float, ...], ...] = ()
    next_number: int = 1


@dataclass(frozen=True)
class Group:
    """A cluster: its number, its contacts in the sample, its mean bootstrap Jaccard similarity,
    and its centre in coordinates."""

    number: int
    contacts: int
    stability: float
    centre: Floats


@dataclass(frozen=True)
class Placing:
    """What decides where a contact belongs: the cluster of the nearest point, unless it is further
    away than the cluster's limit (infinite for k-means and Ward)."""

    points: Floats
    numbers: Labels
    limits: Mapping[int, float]


@dataclass(frozen=True)
class Fitted:
    """What an algorithm found.

    `verdict` is clusters, unstable, no_clusters, too_few or failed; `k` the clusters found, 1 or 0
    where there are none; `gap` that of the picked k, None for HDBSCAN and DBSCAN, which pick no k;
    `stability` the mean over clustered contacts; `noise` the share of the sample left out.
    """

    algorithm: str
    verdict: str
    reason: str
    k: int
    contacts: int
    parameters: Mapping[str, Any] = field(default_factory=dict)
    steps: Sequence[Step] = ()
    choice: Choice | None = None
    inertia: float | None = None
    silhouette: float | None = None
    gap: float | None = None
    stability: float | None = None
    noise: float | None = None
    groups: Sequence[Group] = ()
    placing: Placing | None = None
    memory: Memory = Memory()


def fit(algorithm: str, sample: Sample, space: Space, settings: Settings, memory: Memory) -> Fitted:
    """Fit an algorithm and judge what it found.

    Args:
        algorithm: kmeans, ward, hdbscan or dbscan.
        sample: the contacts.
        space: the coordinates, found on this sample.
        settings: what the project asks for.
        memory: the algorithm's clusters of former runs.
    """
    contacts = len(sample.values)
    if contacts < settings.min_contacts:
        reason = f"{contacts} contacts, fewer than {settings.min_contacts}"
        return Fitted(algorithm, "too_few", reason, 1, contacts, memory=memory)
    if len(space.axes) < 2:
        reason = "fewer than two features that differ between contacts"
        return Fitted(algorithm, "no_clusters", reason, 1, contacts, memory=memory)
    points = space.scale(sample.values)
    if algorithm in ("kmeans", "ward"):
        return _fit_centres(algorithm, points, sample.small, space, settings, memory)
    return _fit_dense(algorithm, points[sample.small], space, settings, memory)


def _fit_centres(
    algorithm: str,
    points: Floats,
    small: np.ndarray[tuple[int], np.dtype[np.bool_]],
    space: Space,
    settings: Settings,
    memory: Memory,
) -> Fitted:
    few = points[small]
    partition = (
        partial(partitions.kmeans, seed=settings.seed)
        if algorithm == "kmeans"
        else partitions.ward_tree
    )
    steps = curves(few, partition, settings.k_max, settings.references, settings.seed)
    choice = choose(steps, settings.rule, settings.min_silhouette)
    picked = next(step for step in steps if step.k == choice.k)
    parameters = {"rule": settings.rule, "k_max": settings.k_max}
    if choice.k > 1 and is_matched_by_even_points(
        few,
        partition(few, [choice.k])[choice.k],
        lambda even: partition(even, [choice.k])[choice.k],
        settings.references,
        settings.seed,
    ):
        choice = replace(choice, k=1, reason=f"{choice.reason}, but {EVEN}")
        picked = steps[0]
    if choice.k == 1:
        return Fitted(
            algorithm,
            "no_clusters",
            choice.reason,
            1,
            len(points if algorithm == "kmeans" else few),
            parameters=parameters,
            steps=steps,
            choice=choice,
            inertia=picked.inertia,
            gap=picked.gap,
            memory=memory,
        )
    body = points if algorithm == "kmeans" else few
    labels = partition(body, [choice.k])[choice.k]
    groups, remembered = _groups(
        body,
        labels,
        few,
        labels[small] if algorithm == "kmeans" else labels,
        lambda drawn, _: partition(drawn, [choice.k])[choice.k],
        space,
        settings,
        memory,
    )
    verdict, reason = _verdict(groups, choice.reason)
    centres = np.stack([group.centre for group in groups])
    numbers = np.array([group.number for group in groups], dtype=np.int64)
    return Fitted(
        algorithm,
        verdict,
        reason,
        1 if verdict == "no_clusters" else choice.k,
        len(body),
        parameters=parameters,
        steps=steps,
        choice=choice,
        inertia=inertia(body, labels),
        silhouette=picked.silhouette,
        gap=picked.gap,
        stability=_mean_stability(groups),
        noise=0.0,
        groups=groups,
        placing=Placing(centres, numbers, {int(number): np.inf for number in numbers}),
        memory=remembered,
    )


def _fit_dense(
    algorithm: str, points: Floats, space: Space, settings: Settings, memory: Memory
) -> Fitted:
    labels, members, limits, recluster, parameters = _density(algorithm, points, settings)
    k, noise = int(labels.max()) + 1, float((labels == NOISE).mean())
    mean = silhouette(points, labels)
    reason = None
    if k < 2:
        reason = f"{k} dense region, and the rest noise" if k else "no dense region"
    elif noise > MOST_NOISE:
        reason = f"{noise:.0%} of the contacts are noise"
    elif mean is None or mean < settings.min_silhouette:
        shown = "none" if mean is None else f"{mean:.2f}"
        reason = f"mean silhouette {shown}, below {settings.min_silhouette:.2f}"
    elif is_matched_by_even_points(
        points,
        labels,
        lambda even: _density(algorithm, even, settings)[0],
        settings.references,
        settings.seed,
    ):
        reason = EVEN
    measured: dict[str, Any] = {
        "parameters": parameters,
        "inertia": inertia(points, labels),
        "silhouette": mean,
        "noise": noise,
    }
    if reason is not None:
        return Fitted(algorithm, "no_clusters", reason, k, len(points), memory=memory, **measured)
    groups, remembered = _groups(points, labels, points, labels, recluster, space, settings, memory)
    verdict, reason = _verdict(groups, f"{k} dense regions, {noise:.0%} noise")
    numbers = np.array([group.number for group in groups], dtype=np.int64)
    return Fitted(
        algorithm,
        verdict,
        reason,
        k,
        len(points),
        stability=_mean_stability(groups),
        groups=groups,
        placing=Placing(
            points[members],
            numbers[labels[members]],
            {int(numbers[label]): float(limits[label]) for label in range(k)},
        ),
        memory=remembered,
        **measured,
    )


def _density(
    algorithm: str, points: Floats, settings: Settings
) -> tuple[Labels, Labels, Floats, Recluster, dict[str, Any]]:
    """Labels, the rows that strangers are compared with, how near they must be, and the same
    algorithm for a share of the points, with what counts points lowered alike."""
    if algorithm == "dbscan":
        # twice the dimensions: Sander, Ester, Kriegel and Xu, Data Mining and Knowledge Discovery
        # 2, 1998
        near = settings.min_samples or 2 * points.shape[1]
        eps = settings.eps or partitions.suggest_eps(points, near)
        labels, members = partitions.dbscan(points, eps, near)

        def again(drawn: Floats, share: float) -> Labels:
            return partitions.dbscan(drawn, eps, _part(near, share))[0]

        limits = np.full(int(labels.max()) + 1, eps)
        return labels, members, limits, again, {"eps": eps, "min_samples": near}
    near = settings.min_samples or NEIGHBOURS
    least = settings.min_cluster_size or max(NEIGHBOURS, round(LEAST_SHARE * len(points)))
    labels = partitions.hdbscan(points, least, near, settings.seed)

    def anew(drawn: Floats, share: float) -> Labels:
        return partitions.hdbscan(drawn, _part(least, share), _part(near, share), settings.seed)

    members = np.flatnonzero(labels != NOISE)
    limits = partitions.reach_of_clusters(points, labels, near)
    return labels, members, limits, anew, {"min_cluster_size": least, "min_samples": near}


def _part(count: int, share: float) -> int:
    return max(2, round(count * share))


def _groups(
    body: Floats,
    labels: Labels,
    few: Floats,
    few_labels: Labels,
    recluster: Recluster,
    space: Space,
    settings: Settings,
    memory: Memory,
) -> tuple[list[Group], Memory]:
    clusters = range(int(labels.max()) + 1)
    centres = np.stack([body[labels == label].mean(axis=0) for label in clusters])
    sizes = [int((labels == label).sum()) for label in clusters]
    stability = np.zeros(len(sizes))
    held = jaccard_stability(few, few_labels, recluster, settings.bootstraps, settings.seed)
    # the small sample may hold nobody of the last clusters
    stability[: len(held)] = held
    comparable = memory.names == tuple(space.names) and bool(memory.numbers)
    numbers = match_labels(
        centres,
        sizes,
        # from the columns' units: what was the middle then may not be the middle now
        _rescale(memory, space) if comparable else np.empty((0, centres.shape[1])),
        memory.numbers if comparable else (),
        memory.next_number,
    )
    groups = [
        Group(numbers[label], sizes[label], float(stability[label]), centres[label])
        for label in clusters
    ]
    return groups, _remember(groups, space, memory, comparable)


def _rescale(memory: Memory, space: Space) -> Floats:
    width = 1 + max(axis.column for axis in space.axes)
    values = np.full((len(memory.centres), width), np.nan)
    for place, axis in enumerate(space.axes):
        values[:, axis.column] = [centre[place] for centre in memory.centres]
    return space.scale(values)


def _remember(groups: Sequence[Group], space: Space, memory: Memory, comparable: bool) -> Memory:
    seen = dict(zip(memory.numbers, memory.centres, strict=True)) if comparable else {}
    for group in groups:
        (centre,) = space.unscale(group.centre)
        seen[group.number] = tuple(float(value) for value in centre)
    numbers = tuple(sorted(seen))
    return Memory(
        names=tuple(space.names),
        numbers=numbers,
        centres=tuple(seen[number] for number in numbers),
        next_number=max(memory.next_number, max(numbers) + 1),
    )


def _mean_stability(groups: Sequence[Group]) -> float:
    sizes = [group.contacts for group in groups]
    return float(np.average([group.stability for group in groups], weights=sizes))


def _verdict(groups: Sequence[Group], reason: str) -> tuple[str, str]:
    total = sum(group.contacts for group in groups)
    largest = max(group.contacts for group in groups)
    if largest > LARGEST_SHARE * total:
        return "no_clusters", f"{reason}; but {largest / total:.0%} are in one of them"
    trusted = sum(group.contacts for group in groups if group.stability >= NOT_TRUSTED)
    if trusted < TRUSTED_SHARE * total:
        share = trusted / total
        return (
            "unstable",
            f"{reason}; but only {share:.0%} are in clusters found again in resamples",
        )
    return "clusters", reason


def choose_run(runs: Sequence[Fitted]) -> int | None:
    """Return the place of the run that is used: the first, in the order of the configuration, whose
    verdict is clusters; None when there is none."""
    return next((place for place, run in enumerate(runs) if run.verdict == "clusters"), None)
