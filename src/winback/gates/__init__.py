"""Quality gates: Great Expectations suites inside the dbt graph.

``run_gate`` is what the three Python models ``gate_staging``, ``gate_intermediate`` and
``gate_marts`` call; ``failures`` reads what failed, for the summary of a run. Great Expectations
takes seconds to import, so it is imported by the first gate that runs and not before.
"""

from winback.gates.results import failures
from winback.gates.run import check_gate, run_gate

__all__ = ["check_gate", "failures", "run_gate"]
