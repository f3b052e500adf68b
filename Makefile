# Everything on a fresh machine with Python 3.11 or newer, git and make.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/pip --quiet --disable-pip-version-check
PLUGINS := $(wildcard plugins/*/)
SOURCES := $(shell find core plugins -name '*.py' -o -name '*.yaml' -o -name 'pyproject.toml')

.PHONY: demo test lowest check bench docs messages lock clean

demo: .venv/demo
	@$(BIN)/kummi demo

# One worker a processor, each with a PostgreSQL server of its own; who is done takes tests over from who is not.
WORKERS := --numprocesses auto --maxprocesses 8 --dist worksteal

# All tests but the examples of the documentation, which are run by `make check`. The sources are compiled first: the
# commands that tests start would each compile them anew where Python is told to keep no bytecode.
test: .venv/dev
	@$(BIN)/python -m compileall -q core plugins
	$(BIN)/pytest $(WORKERS) --ignore tests/docs/test_examples.py

# All tests, the documentation's too, on the lowest versions that the packages say they work with.
lowest: .venv-lowest/dev
	@.venv-lowest/bin/python -m compileall -q core plugins
	.venv-lowest/bin/pytest $(WORKERS)

check: .venv/dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest $(WORKERS) tests/docs/test_examples.py

bench: .venv/dev
	$(PIP) install -r benchmarks/requirements.txt
	$(BIN)/python -m benchmarks

docs: .venv/dev
	$(BIN)/python -m docs.generate

# Extracts core's phrases into the catalogues, compiles them and says what each language lacks.
messages: .venv/dev
	$(BIN)/python -m scripts.messages

clean:
	rm -rf .venv .venv-lowest .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

# Other people's packages come from the lock files alone, by version and hash; our own come from the sources beside
# them, built with the tools that are locked too.
OURS := --no-deps --no-build-isolation --no-index

# The demonstration is of what anyone installs; a development environment, where there is one already, does as well.
.venv/demo: pyproject.toml requirements/run.txt $(SOURCES)
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Installing Kummi and the five countries into .venv ..."
	@test -e .venv/dev || $(PIP) install --require-hashes -r requirements/run.txt
	@test -e .venv/dev || $(PIP) install $(OURS) --force-reinstall . $(addprefix ./,$(PLUGINS))
	@touch $@

.venv/dev: pyproject.toml requirements/dev.txt $(wildcard plugins/*/pyproject.toml)
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Installing Kummi, the five countries and the tools into .venv ..."
	@$(PIP) install --require-hashes -r requirements/dev.txt
	@$(PIP) install $(OURS) --editable . $(addprefix --editable ./,$(PLUGINS))
	@touch $@

.venv-lowest/dev: pyproject.toml requirements/lowest.txt $(wildcard plugins/*/pyproject.toml)
	@test -x .venv-lowest/bin/python || $(PYTHON) -m venv .venv-lowest
	@echo "Installing Kummi on the lowest versions it promises into .venv-lowest ..."
	@.venv-lowest/bin/pip --quiet --disable-pip-version-check install --require-hashes -r requirements/lowest.txt
	@.venv-lowest/bin/pip --quiet --disable-pip-version-check install $(OURS) --editable . $(addprefix --editable ./,$(PLUGINS))
	@touch $@

# Writes the lock files anew with uv: the newest versions that the ranges allow, for every Python and platform.
COMPILE := uv pip compile --quiet --universal --python-version 3.11 --no-header --no-annotate pyproject.toml
LOCK := $(COMPILE) --generate-hashes --upgrade --extra build

lock:
	$(LOCK) --output-file requirements/run.txt
	$(LOCK) --extra dev --output-file requirements/dev.txt
	$(COMPILE) --resolution lowest-direct --upgrade --output-file requirements/lowest.in
	$(LOCK) --extra dev --constraints requirements/lowest.in --output-file requirements/lowest.txt
	rm requirements/lowest.in
