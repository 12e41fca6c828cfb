# Every target sets itself up: a bare Debian with python3.11, python3-venv and make is enough.
# DROPCTL_VENV=DIR uses an environment that is already there and leaves it untouched.
.DELETE_ON_ERROR:
.PHONY: help setup demo test test-all check docs bench bench-linkage lock clean
.DEFAULT_GOAL := help

VENV := $(or $(DROPCTL_VENV),.venv)
BIN := $(VENV)/bin
# The first interpreter that is new enough; python3 alone may be older.
PYTHON ?= $(firstword $(foreach name,python3.11 python3.12 python3.13 python3,\
	$(if $(filter ok,$(shell $(name) -c 'import sys; print("ok" if sys.version_info >= (3, 11) else "old")' 2>/dev/null)),$(name))))

help:
	@echo "make demo      build ./demo: a sample school through its term start and September, and say where to look"
	@echo "make test      the tests, under five minutes"
	@echo "make test-all  the slow ones too"
	@echo "make check     ruff, mypy, import contracts, generated docs"
	@echo "make docs      write the generated docs anew"
	@echo "make bench     measure against bare libraries, one table"
	@echo "make bench-linkage  measure matching against Splink and others (ROWS=, SEED=, MODEL=)"
	@echo "make lock      resolve requirements.lock anew (UPGRADE=1: newest versions)"
	@echo "make clean     remove what make made"

ifdef DROPCTL_VENV
setup:
else
setup: .venv/.installed

# The environment is remade when the lock changes, so that it never holds what the lock does not.
.venv/.from-lock: requirements.lock
	@test -n "$(PYTHON)" || { echo "make: Python 3.11 or newer is needed (Debian: apt install python3 python3-venv)" >&2; exit 1; }
	$(PYTHON) -m venv --clear .venv
	.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

# No build isolation: the build back end is in the lock like everything else. Compiled here as an installed wheel is:
# where nothing may write byte code, each command would compile the program anew.
.venv/.installed: .venv/.from-lock pyproject.toml hatch_build.py
	.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	.venv/bin/python -m compileall -q dropctl
	@touch $@
endif

# Only a ./demo that an earlier `make demo` made is replaced: the mark is put there by us.
demo: setup
	@if [ -e demo ] && [ ! -e demo/.made-by-make ]; then \
		echo "make: ./demo is not ours; move it away first" >&2; exit 1; fi
	@rm -rf demo
	$(BIN)/dropctl demo demo
	@touch demo/.made-by-make
	@echo "Look at: $(CURDIR)/demo"
	@find demo -name '*.xlsx' -path '*out*' | sort

test: setup
	$(BIN)/python -m pytest -n 2

test-all: setup
	HYPOTHESIS_PROFILE=wide $(BIN)/python -m pytest -n 2 -m "slow or not slow"

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo --no-cache
	$(BIN)/python docs/generate.py --check

docs: setup
	$(BIN)/python docs/generate.py

bench: setup
	$(BIN)/python -m compileall -q dropctl
	$(BIN)/python benchmarks/run.py

# The opponents get an environment of their own; the lock of the program never holds them.
.venv-linkage/.installed: requirements.lock benchmarks/linkage/requirements.lock
	$(PYTHON) -m venv --clear .venv-linkage
	.venv-linkage/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes \
		-r benchmarks/linkage/requirements.lock
	@touch $@

ROWS ?= 100000
SEED ?= 1
MODEL ?= unseen
bench-linkage: setup .venv-linkage/.installed
	$(BIN)/python benchmarks/linkage/run.py --rows $(ROWS) --seed $(SEED) --model $(MODEL)

# uv is used here only, from an environment of its own that is thrown away.
lock:
	@test -n "$(PYTHON)" || { echo "make: Python 3.11 or newer is needed" >&2; exit 1; }
	rm -rf .uv
	$(PYTHON) -m venv .uv
	.uv/bin/python -m pip install --quiet --disable-pip-version-check uv
	.uv/bin/uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-emit-find-links \
		--custom-compile-command "make lock" $(if $(UPGRADE),--upgrade) --quiet -o requirements.lock
	.uv/bin/uv pip compile pyproject.toml --extra linkage --constraint requirements.lock --universal \
		--python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
		--custom-compile-command "make lock" $(if $(UPGRADE),--upgrade) --quiet -o benchmarks/linkage/requirements.lock
	rm -rf .uv

clean:
	rm -rf .venv .venv-linkage .uv dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	@if [ -e demo/.made-by-make ]; then rm -rf demo; fi
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
