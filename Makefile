# Everything sets itself up: Python >= 3.11 and make are all that is needed.
# the first that runs and is new enough: a name on the path alone proves neither
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& echo $$python && break; done)
VENV := .venv
BIN := $(VENV)/bin
RUNTIME := $(VENV)/.runtime
DEV := $(VENV)/.dev
# files in their order: the longest have the fewest tests and would come last, one core idle
PYTEST := $(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder

# the demo is small enough to build in well under two minutes on two cores
DEMO_CONTACTS ?= 20000
DEMO_MONTHS ?= 18

export DBT_SEND_ANONYMOUS_USAGE_STATS := false
export GX_ANALYTICS_ENABLED := false
export DO_NOT_TRACK := 1
# where it is set, each of hundreds of processes compiles dbt and all it imports anew
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup demo test lint lint-python lint-sql pytest scenarios docs bench clean

help:  ## this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(VENV)/bin/python:
	@test -n "$(PYTHON)" \
		|| { echo "winback needs Python 3.11 or newer and found none: set PYTHON=..."; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(RUNTIME): pyproject.toml constraints.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

# most of the tools' modules are never imported: those that are get compiled then
$(DEV): pyproject.toml constraints.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --no-compile --disable-pip-version-check \
		-c constraints.txt -e '.[dev]'
	@touch $@ $(RUNTIME)

setup: $(DEV)  ## virtual environment with the development tools

demo: $(RUNTIME)  ## demo exports, loaded and built: a whole warehouse
	$(BIN)/winback demo --contacts $(DEMO_CONTACTS) --months $(DEMO_MONTHS)
	$(BIN)/winback run --docs --vars '{hubspot: {timezone: Europe/Paris}}'

test: lint  ## everything CI runs: lint, the Python tests and the scenarios
	$(PYTEST)

lint: $(DEV)  ## ruff, mypy, dbt parse without a warning, sqlfluff
	@$(MAKE) --no-print-directory -j 2 lint-python lint-sql

lint-python: $(DEV)
	$(BIN)/ruff check src tests benchmarks models
	$(BIN)/ruff format --check src tests benchmarks models
	$(BIN)/mypy

# sqlfluff and the tests go on from what dbt parsed; a warehouse that is being built locks nobody out
lint-sql: export WINBACK_DATABASE := :memory:
lint-sql: $(DEV)
	$(BIN)/winback segments compile
	$(BIN)/dbt parse --warn-error
	$(BIN)/sqlfluff lint --processes 2 models analyses tests/singular

pytest: $(DEV)  ## the Python tests that need no warehouse
	$(PYTEST) -m 'not scenario'

scenarios: $(DEV)  ## whole warehouses: every scenario, twice, and the public data sets
	$(PYTEST) -m scenario

docs: $(RUNTIME)  ## the dbt docs of what is built, as one page under target/
	$(BIN)/dbt docs generate --static

bench: $(DEV)  ## 1,000,000 contacts and 20,000,000 events beside the floor; prints ratios
	$(BIN)/python -m benchmarks

clean:  ## remove what was built, not what was landed
	rm -rf target logs winback.duckdb winback.duckdb.wal
