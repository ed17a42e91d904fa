"""What the fitted models (clusters, lifetimes, propensity, uplift) have in common.

- `attempt`: a fit that fails is a result, not the end of the run;
- `numbers`: columns as arrays, and how many digits are kept;
- `settings`: vars that hold a mapping;
- `stored`: estimators as bytes in a table.
"""
