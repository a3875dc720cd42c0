# make demo   the main job, offline, against the embedded office
# make test   everything this machine can run; its last lines say what it could not run and why
# make lab    the tests against real servers and real faults, with the fast truth table in build/lab/fast (Linux, root: docs/lab.md)
# make lab-truth   the whole truth table: every fault, healthy variants, pairs, repetitions, in build/lab/whole
# make bench  the performance claims, measured against floors and peers in the same run
# Nothing needs to be installed but Python (3.11 or newer) and make.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: demo test lab lab-truth bench lint types contracts clean install

demo: install
	$(BIN)/readycheck demo --plain </dev/null

install: $(STAMP)

$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "readycheck needs Python 3.11 or newer; say which with: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable ".[dev]"
	@touch $(STAMP)

test: install lint types contracts
	$(BIN)/python -m tests.run_all $(TESTS)

lab: install
	$(BIN)/python -m tests.lab check
	READYCHECK_MUST_RUN=lab $(BIN)/python -m tests.run_all tests/lab tests/truth tests/unit/lab tests/contract/test_lab_ends.py
	@echo "The truth table is in build/lab/fast/truth.md"

lab-truth: install
	$(BIN)/python -m tests.lab table --of whole --output build/lab/whole

lint: install
	$(BIN)/ruff check .

types: install
	$(BIN)/mypy

contracts: install
	$(BIN)/lint-imports --no-cache

bench: install
	$(BIN)/python -m bench

clean:
	rm -rf $(VENV) dist build .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
