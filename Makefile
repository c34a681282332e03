# Everything a newcomer types. Needs Python 3.11+ with venv, and a package index once.

PYTHON ?= python3
UV_VERSION := 0.13.9
UV := $(shell command -v uv 2>/dev/null || echo .uv/bin/uv)
SYNC := UV_COMPILE_BYTECODE=1 UV_PYTHON_DOWNLOADS=never $(UV) sync --frozen --quiet
RUN := .venv/bin
COMPILED := ls tests/__pycache__/conftest.*-pytest-*.pyc > /dev/null 2>&1

.PHONY: demo test torture bench check-python

demo: $(UV)
	@$(SYNC) --no-dev --inexact
	@$(RUN)/liqwatch demo

# The first time, the collection beside the types compiles all tests once for the workers.
# Each worker collects all tests and starts a PostgreSQL: a fifth costs more than it brings.
test: export PYTHONDONTWRITEBYTECODE =
test: $(UV)
	@$(SYNC) --inexact
	$(RUN)/ruff check .
	$(RUN)/ruff format --check .
	$(RUN)/lint-imports
	@$(COMPILED) || $(RUN)/pytest --collect-only > /dev/null & $(RUN)/mypy && wait $$!
	$(RUN)/pytest -n 4 --dist worksteal

torture: $(UV)
	@$(SYNC) --inexact
	TORTURE=1 $(RUN)/pytest -n 2 $$(grep -rl 'from tests.torture import times' tests)
	$(RUN)/python -m tests.torture

bench: $(UV)
	@$(SYNC) --inexact --group bench
	$(RUN)/python -m tests.bench

# uv in a virtual environment of its own: one made by uv would lose it at the next sync.
.uv/bin/uv: | check-python
	@echo "Bringing uv $(UV_VERSION) into .uv (once) ..."
	@$(PYTHON) -m venv .uv || { \
	  echo "Python's venv module is missing: install it (Debian, Ubuntu: apt install python3-venv) and try again."; rm -rf .uv; exit 2; }
	@.uv/bin/pip install --quiet uv==$(UV_VERSION) || { \
	  echo "uv could not be fetched: check that a package index can be reached and try again."; rm -rf .uv; exit 2; }

check-python:
	@command -v $(PYTHON) >/dev/null || { \
	  echo "$(PYTHON) is missing: install Python 3.11 or newer, or name one: make demo PYTHON=python3.12"; exit 2; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "$$($(PYTHON) --version) is too old: Liqwatch needs 3.11 or newer; name one: make demo PYTHON=python3.12"; exit 2; }
