"""What a comparison needs to know of an arm: counts and sums, never its contacts."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Moments:
    """One metric in one arm.

    Attributes:
        contacts: contacts of the arm, n.
        value_sum: sum of their values after the assignment; of a rate, how many did it.
        value_squares: sum of the squares of these values.
        before_sum: sum of the same metric before the assignment.
        before_squares: sum of the squares of these.
        products: sum of value times value before.
    """

    contacts: int
    value_sum: float
    value_squares: float
    before_sum: float = 0.0
    before_squares: float = 0.0
    products: float = 0.0

    @property
    def mean(self) -> float:
        """Mean value; of a rate, the share of contacts who did it."""
        return self.value_sum / self.contacts

    @property
    def before_mean(self) -> float:
        """Mean value before the assignment."""
        return self.before_sum / self.contacts

    @property
    def variance(self) -> float:
        """Sample variance (n - 1) of the values; 0 for a single contact."""
        return self._central(self.value_squares, self.value_sum, self.value_sum)

    @property
    def before_variance(self) -> float:
        """Sample variance (n - 1) of the values before; 0 for a single contact."""
        return self._central(self.before_squares, self.before_sum, self.before_sum)

    @property
    def covariance(self) -> float:
        """Sample covariance (n - 1) of values and values before; 0 for a single contact."""
        return self._central(self.products, self.value_sum, self.before_sum)

    def _central(self, product_sum: float, one_sum: float, other_sum: float) -> float:
        if self.contacts < 2:
            return 0.0
        central = product_sum - one_sum * other_sum / self.contacts
        # rounding leaves a speck where all values are equal, which is no variation
        if abs(central) <= 1e-12 * abs(product_sum):
            return 0.0
        return central / (self.contacts - 1)
