"""Maximum likelihood for models with a few positive parameters, and whether to believe the result.

Parameters are searched for as logarithms, so that they stay positive and one step means the same
share of each. A maximum is *degenerate* when the data do not determine it: it lies at the edge of
what is searched, the log-likelihood is not curved downwards in every direction (Hessian not
positive definite), or the standard error of a logarithm says that the parameter may as well be many
times larger or smaller. Parameters of such a fit are not reported: they are numbers without a
meaning.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

Floats = npt.NDArray[np.float64]
Likelihood = Callable[[Floats], float]

FITTED, DEGENERATE, TOO_FEW = "fitted", "degenerate", "too_few"

MIN_CONTACTS = 50
# parameters are searched between e^-9 and e^9 (0.0001 and 8100)
EDGE = 9.0
# standard error of a logarithm: a factor of 7.4 to either side
LOOSE = 2.0


class Fit(NamedTuple):
    """What a fit came to. Without parameters and likelihood unless `status` is fitted."""

    model: str
    status: str
    contacts: int
    reason: str | None = None
    parameters: dict[str, float] | None = None
    log_likelihood: float | None = None

    @property
    def values(self) -> Floats:
        """The parameters in the model's own order.

        Raises:
            ValueError: there are none.
        """
        if self.parameters is None:
            raise ValueError(f"{self.model} is {self.status}: there is nothing to predict with")
        return np.array(list(self.parameters.values()))


def too_few(model: str, contacts: float) -> Fit | None:
    """Return the verdict on a data set that is too small to be tried, None on any other."""
    if contacts >= MIN_CONTACTS:
        return None
    return Fit(model, TOO_FEW, int(contacts), f"fewer than {MIN_CONTACTS} contacts")


def maximise(
    model: str,
    names: Sequence[str],
    log_likelihood: Likelihood,
    starts: Sequence[Sequence[float]],
    contacts: float,
) -> Fit:
    """Maximise a log-likelihood over positive parameters and judge the maximum.

    Args:
        model: name of the model, for the result.
        names: names of the parameters, in order.
        log_likelihood: the sum over all contacts, of the parameters.
        starts: where to begin; the likeliest first, another one only when that ends in a
            degenerate maximum. The same data give the same result.
        contacts: how many contacts the sum is over.
    """

    def loss(logs: Floats) -> float:
        value = log_likelihood(np.exp(logs)) / contacts
        # a value that cannot be computed is worse than any other
        return -value if np.isfinite(value) else 1e6

    ordered = sorted((np.log(np.asarray(start, dtype=np.float64)) for start in starts), key=loss)
    best, problem = None, None
    for start in ordered:
        found = minimize(
            loss,
            start,
            method="L-BFGS-B",
            jac=lambda logs: gradient(loss, logs),
            bounds=[(-EDGE, EDGE)] * len(names),
            options={"ftol": 1e-13, "gtol": 1e-8, "maxiter": 500},
        )
        if best is not None and found.fun > best.fun - 1e-9:
            # a second way to the same end: it is the data, not the way
            break
        best, problem = found, _problem(loss, found.x, names, contacts)
        if problem is None:
            break
    assert best is not None
    if problem is not None:
        return Fit(model, DEGENERATE, int(contacts), problem)
    # six digits: more of them are noise of the search, and a rerun should give the same text
    values = [float(f"{value:.6g}") for value in np.exp(best.x)]
    return Fit(
        model,
        FITTED,
        int(contacts),
        None,
        dict(zip(names, values, strict=True)),
        float(log_likelihood(np.array(values))),
    )


def _problem(
    loss: Callable[[Floats], float], at: Floats, names: Sequence[str], contacts: float
) -> str | None:
    """Say why a maximum means nothing; None when it is one."""
    for name, value in zip(names, at, strict=True):
        if abs(value) > EDGE - 0.5:
            where = "without bound" if value > 0 else "towards 0"
            return f"{name} runs {where}"
    curvature = hessian(loss, at) * contacts
    if not np.isfinite(curvature).all() or np.linalg.eigvalsh(curvature).min() <= 0:
        return "many parameters fit equally well"
    errors = np.sqrt(np.diag(np.linalg.inv(curvature)))
    loosest = int(np.argmax(errors))
    if errors[loosest] > LOOSE:
        return f"the data do not determine {names[loosest]}"
    return None


def gradient(function: Callable[[Floats], float], at: Floats, step: float = 1e-5) -> Floats:
    """Return the first derivatives of a function, by central differences.

    Args:
        function: of a vector.
        at: where.
        step: how far to either side.
    """
    steps = np.eye(len(at)) * step
    return np.array([function(at + each) - function(at - each) for each in steps]) / (2 * step)


def hessian(function: Callable[[Floats], float], at: Floats, step: float = 1e-3) -> Floats:
    """Return the second derivatives of a function, by central differences.

    Args:
        function: of a vector.
        at: where.
        step: how far to either side.
    """
    size = len(at)
    steps = np.eye(size) * step
    second = np.empty((size, size))
    for i in range(size):
        for j in range(i, size):
            second[i, j] = second[j, i] = (
                function(at + steps[i] + steps[j])
                - function(at + steps[i] - steps[j])
                - function(at - steps[i] + steps[j])
                + function(at - steps[i] - steps[j])
            ) / (4 * step * step)
    return second
