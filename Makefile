# Two commands are enough: `make run` to blog, `make test` to work on it. Both set up .venv by themselves from the lock
# files in requirements/, every file checked against its hash, and do so again only when a lock file has changed.

SHELL := /bin/sh
.DEFAULT_GOAL := help

PYTHON ?= python3
UV ?= uv
VENV := .venv
BIN := $(VENV)/bin
# Scripts are started through this, so that a checkout may be moved or renamed.
PY := $(BIN)/python

# Where `flask serve` listens, when not at its own default: make run PORT=9000 HOST=0.0.0.0
# HOST is not taken from the environment, where some shells and tools keep the name of the machine.
HOST :=
PORT ?=

# PostgreSQL needs a driver more; several hosts, which share a Redis, that and another.
RUN_LOCK := $(if $(BLOG_REDIS_URL),redis,$(if $(filter postgres%,$(BLOG_DATABASE_URL)),postgres,run))

# Each worker starts a PostgreSQL of its own: more than four cost more than they save.
WORKERS ?= auto --maxprocesses 4

# --no-deps: the lock is complete.
PIP_INSTALL := install --disable-pip-version-check --no-input --quiet --no-deps --require-hashes
PIP_COMPILE := pip compile --quiet --no-config --universal --python-version 3.11 --fork-strategy fewest \
	--generate-hashes --no-annotate --custom-compile-command "make lock"
# What is compiled once need not be compiled by each server that a test starts.
unexport PYTHONDONTWRITEBYTECODE

LOCKS := requirements/run.txt requirements/postgres.txt requirements/redis.txt requirements/dev.txt

.PHONY: help run test lint types templates contracts pytest drill bench pictures messages format lock upgrade clean

help:  ## List the targets
	@sed -n 's/^\([a-z]*\):[^#]*##  *\(.*\)/\1|\2/p' Makefile | while IFS='|' read -r name what; do \
		printf '  make %-10s %s\n' "$$name" "$$what"; done

run: $(VENV)/$(RUN_LOCK).stamp  ## Start the blog (PORT= and HOST= say where)
	@exec $(PY) $(BIN)/flask serve $(if $(HOST),--host $(HOST)) $(if $(PORT),--port $(PORT))

test: lint types templates contracts pytest  ## All that must be true before a change is in

lint: $(VENV)/dev.stamp  ## Mistakes, long functions, layout (ruff)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/dev.stamp  ## Types, strictly (mypy)
	$(PY) -m mypy

templates: $(VENV)/dev.stamp  ## Templates (djLint)
	$(PY) -m djlint --lint --quiet templates

contracts: $(VENV)/dev.stamp  ## Who may import whom (import-linter)
	$(PY) $(BIN)/lint-imports --no-logo

pytest: $(VENV)/dev.stamp  ## The tests alone (ARGS="-k undo" narrows, WORKERS=0 runs them in one process)
	$(PY) -m pytest -n $(WORKERS) --dist worksteal $(ARGS)

drill: $(VENV)/dev.stamp  ## The slow drills that `make test` leaves out
	$(PY) -m pytest -m drill $(ARGS)

bench: $(VENV)/dev.stamp  ## Measure how fast it is, beside bare Flask and nginx, a quarter of an hour (wrk)
	$(PY) -m bench $(ARGS)

pictures: $(VENV)/dev.stamp  ## Take the pictures of the README anew, from a running site (Chromium)
	$(PY) docs/pictures.py

messages: $(VENV)/dev.stamp  ## Bring the catalogues in blog/translations/ up to date with what readers are told
	$(PY) -c "from blog import catalogues; catalogues.update_all()"

format: $(VENV)/dev.stamp  ## Lay out the code, and mend what ruff can mend
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

lock:  ## Write requirements/ after a change of pyproject.toml; pins that still fit stay (uv; needs the network)
	@set -e; uv=$$(command -v $(UV)) || { \
		tmp=$$(mktemp -d); trap 'rm -rf "$$tmp"' EXIT; \
		$(PYTHON) -m venv "$$tmp"; "$$tmp/bin/pip" install --quiet uv; uv=$$tmp/bin/uv; }; \
	"$$uv" $(PIP_COMPILE) $(UPGRADE) pyproject.toml -o requirements/run.txt; \
	"$$uv" $(PIP_COMPILE) $(UPGRADE) pyproject.toml -o requirements/postgres.txt \
		-c requirements/run.txt --extra postgres; \
	"$$uv" $(PIP_COMPILE) $(UPGRADE) pyproject.toml -o requirements/redis.txt \
		-c requirements/postgres.txt --extra postgres --extra redis; \
	"$$uv" $(PIP_COMPILE) $(UPGRADE) pyproject.toml -o requirements/dev.txt \
		-c requirements/redis.txt --extra postgres --extra redis --extra dev
	@! grep -nE '^-|://' $(LOCKS) || { \
		echo "The lock names an index or a place. It is to hold names, versions and hashes alone." >&2; exit 1; }

upgrade:  ## Like lock, but every pin moves to the newest version that pyproject.toml allows
	@$(MAKE) --no-print-directory lock UPGRADE=--upgrade

clean:  ## Remove .venv and caches; instance/, which holds the blog's data, stays
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/made.stamp:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null || { \
		echo "Afterword needs Python 3.11, 3.12 or 3.13; $(PYTHON) is: $$($(PYTHON) --version 2>&1)" >&2; \
		echo "Name another one: make $(MAKECMDGOALS) PYTHON=python3.12" >&2; exit 1; }
	@# A pip of its own takes longer to install than Flask. That of $(PYTHON) does as well, from 22.3 on.
	@lent=$$($(PYTHON) -m pip --python $(PYTHON) --version >/dev/null 2>&1 && echo --without-pip); \
	$(PYTHON) -m venv --clear $$lent $(VENV) || { \
		echo "Python cannot make a virtual environment. On Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }
	@touch $@

$(VENV)/%.stamp: requirements/%.txt $(VENV)/made.stamp
	@echo "Installing requirements/$*.txt into $(VENV) ..."
	@# To blog, a tenth of all that is installed is ever loaded; Python compiles that part by itself.
	@if [ -e $(BIN)/pip ]; then pip="$(PY) -m pip"; else pip="$(PYTHON) -m pip --python $(PY)"; fi; \
	$$pip $(PIP_INSTALL) $(if $(filter dev,$*),,--no-compile) -r $<
	@touch $@
