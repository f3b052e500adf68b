# Everything on a fresh machine with Python 3.11 or newer, git and make.
PYTHON ?= python3
BIN := .venv/bin
SOURCES := $(shell find core plugins -name '*.py' -o -name '*.yaml' -o -name 'pyproject.toml')

.PHONY: demo test check bench docs clean

demo: .venv/demo
	@$(BIN)/kummi demo

test: .venv/dev
	$(BIN)/pytest

check: .venv/dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest tests/docs

bench: .venv/dev
	$(BIN)/pip install --quiet -r benchmarks/requirements.txt
	$(BIN)/python -m benchmarks

docs: .venv/dev
	$(BIN)/python -m docs.generate

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

# The demonstration is of what anyone installs; a development environment, where there is one already, does as well.
.venv/demo: pyproject.toml $(SOURCES)
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Installing Kummi and the five countries into .venv ..."
	@test -e .venv/dev || $(BIN)/pip install --quiet --disable-pip-version-check . ./plugins/*/
	@touch $@

.venv/dev: pyproject.toml requirements-dev.txt $(wildcard plugins/*/pyproject.toml)
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Installing Kummi, the five countries and the tools into .venv ..."
	@$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@
