"""Realistic exports in the tools' native layouts, with known ground truth, from a seed.

`write` is the whole interface. Modules: `people` (who), `behaviour` (what they and machines do),
`mailchimp`, `hubspot`, `shopify`, `ga4`, `generic` (how each tool writes it), `dirt` (the faults of
real exports), `truth` (what a correct pipeline must find).
"""

from winback.demo.write import DemoSummary, write

__all__ = ["DemoSummary", "write"]
