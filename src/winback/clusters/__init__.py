"""Groups of contacts that nobody defined: found, judged, named, and often refused.

``settings`` reads what the project asks for, ``features`` brings columns to one scale,
``partitions`` holds the algorithms, ``choice`` decides how many clusters there are, if any,
``stability`` whether they would be found again, ``labels`` keeps their numbers from run to run,
``fit`` puts these together and ``assign`` places everybody. ``tables`` is what the dbt Python
models call.

scikit-learn, SciPy and kneed take a second to load, so each is imported where something is fitted.
"""
