"""winback: loader, demo exports, gates and command line around the dbt project."""

__version__ = "0.1.0"
