"""Uplift: whom a treatment changes, and whom it puts off.

- `curves`: Qini and uplift curves, and the areas under them;
- `learners`: T-learner and X-learner on boosted trees;
- `judge`: predictions out of fold, intervals, and whether they beat chance;
- `groups`: persuadables, sure things, lost causes, and those not to be disturbed;
- `settings`: the var `uplift`;
- `tables`: what the dbt Python models call.
"""
