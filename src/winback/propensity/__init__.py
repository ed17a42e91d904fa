"""Propensity: who will come back, fall silent or buy within so many days, and is it better known
than by plain recency.

- `fit`: models trained at one date and judged at later ones;
- `metrics`: the figures, and intervals of what a model gains;
- `stored`: models as bytes with a hash, which nothing else can pass for;
- `load`: a stored model for use outside dbt (`load_model`);
- `tables`: what the dbt Python models call;
- `settings`: the var `propensity`.
"""
