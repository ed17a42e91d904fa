"""Customer lifetimes: who is still there, how much is to be expected of them, and until when.

- `bg_nbd`: BG/NBD and MBG/NBD, purchases in continuous time;
- `gamma_gamma`: the value of a purchase;
- `bg_bb`: BG/BB, where each message is an opportunity to engage;
- `fit`: maximum likelihood, and the check whether the data determine the parameters at all;
- `ranking`: rankings judged out of time, beside plain recency;
- `tables`: what the dbt Python models call.

All functions take counts of equal contacts, so that a million of them cost little.
"""

from winback.lifetimes.tables import fit_lifetimes, predict_engagements, predict_orders

__all__ = ["fit_lifetimes", "predict_engagements", "predict_orders"]
