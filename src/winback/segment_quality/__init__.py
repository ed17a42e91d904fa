"""Whether a segment predicts more than the columns it is made of.

``fits`` fits models with and without a membership and judges them out of time, ``delong`` says how
far two rankings of the same people are apart, ``settings`` checks what the project asks for. What
can be counted is counted in models/marts/segment_quality.
"""
