# Everything that is done with this checkout; `make` alone lists it.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet
RUNTIME := .venv/runtime.stamp
DEVELOPMENT := .venv/development.stamp
# What the bench compares with cannot live beside us: it needs SQLAlchemy 2.0.
PEERS := .venv/peers.stamp
PEER_NAMES := eventsourcing[postgres]>=9.5.6,<10 eventsourcing-sqlalchemy psycopg[binary]>=3.3 \
  sqlalchemy-continuum sqlalchemy-history

.DEFAULT_GOAL := help
.PHONY: help run test check bench crowd growth steady load figures doctor campaign release-fixture lock clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(RUNTIME) ## set up, fill a demonstration district when empty, serve on http://127.0.0.1:8000
	$(BIN)/casesys demo --if-empty
	$(BIN)/casesys serve

test: $(DEVELOPMENT) ## set up, then every test but the campaigns (PYTEST_ARGS=… adds arguments)
	$(BIN)/python -m pytest -m "not campaign" -n 2 --dist loadfile $(PYTEST_ARGS)

check: $(DEVELOPMENT) ## style, types and the walls between the rooms
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

bench: $(DEVELOPMENT) $(PEERS) ## the speeds of the README, side by side with their peers (BENCH_ARGS=--quick takes less)
	$(BIN)/python -m tests.bench $(BENCH_ARGS)

crowd: $(DEVELOPMENT) $(PEERS) ## eight writers on PostgreSQL for a minute, and one who follows (CROWD_ARGS=… changes it)
	$(BIN)/python -m tests.bench.crowd $(CROWD_ARGS)

growth: $(DEVELOPMENT) $(PEERS) ## how each grows from 10,000 to 1,000,000 events (GROWTH_ARGS=… changes it; needs the shared data)
	$(BIN)/python -m tests.bench.growth $(GROWTH_ARGS)

steady: $(DEVELOPMENT) ## 200 commands a second while a next release builds its read models (STEADY_ARGS=… changes it; needs the shared data)
	$(BIN)/python -m tests.bench.steady $(STEADY_ARGS)

load: $(DEVELOPMENT) ## fifty readers at 1,000 and 100,000 cases (LOAD_ARGS=… changes them; needs the shared data)
	$(BIN)/python -m tests.bench.load $(LOAD_ARGS)

figures: $(DEVELOPMENT) ## how long figures take at 1,000 and 100,000 cases (FIGURES_ARGS=… changes it; needs the shared data)
	$(BIN)/python -m tests.bench.figures $(FIGURES_ARGS)

doctor: $(DEVELOPMENT) ## how long `casesys doctor` takes at 100,000 cases (DOCTOR_ARGS=… changes it; needs the shared data)
	$(BIN)/python -m tests.bench.doctor $(DOCTOR_ARGS)

campaign: $(DEVELOPMENT) ## the heavy hunts for faults, which `make test` leaves out
	$(BIN)/python -m pytest -m campaign --timeout 3600 $(PYTEST_ARGS)

release-fixture: $(DEVELOPMENT) ## what this release leaves behind, for every later one to upgrade (RELEASE=DIR: another checkout)
	$(BIN)/python -m tests.releases $(RELEASE)

lock: ## write the requirement files anew from pyproject.toml (UPGRADE=--upgrade takes newer releases)
	set -e; tools=$$(mktemp -d); trap 'rm -rf "$$tools"' EXIT; \
	$(PYTHON) -m venv "$$tools"; "$$tools/bin/python" -m pip install --quiet uv; \
	compile() { UV_CUSTOM_COMPILE_COMMAND='make lock' "$$tools/bin/uv" pip compile "$$@" \
	  --universal --python-version 3.11 --quiet --generate-hashes \
	  --no-emit-index-url --no-emit-find-links $(UPGRADE) > /dev/null; }; \
	printf 'hatchling\neditables\n' \
	  | compile pyproject.toml - --output-file requirements.txt; \
	printf 'hatchling\neditables\n' \
	  | compile pyproject.toml - --output-file requirements-dev.txt --group dev -c requirements.txt; \
	printf '%s\n' $(foreach peer,$(PEER_NAMES),'$(peer)') \
	  | compile - --output-file requirements-peers.txt

clean: ## remove the environment and every tool's cache; the data in var/ stay
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis dist

# A stamp holds the requirements that the environment was filled from: a `git checkout` that only
# touches a file installs nothing, another content installs what differs.
$(RUNTIME): requirements.txt pyproject.toml
	@$(call fill,requirements.txt)

$(DEVELOPMENT): requirements-dev.txt pyproject.toml
	@$(call fill,requirements-dev.txt)

$(PEERS): requirements-peers.txt | $(DEVELOPMENT)
	@cmp -s $< $@ || { $(BIN)/python -m venv --clear .venv/peers; \
	  .venv/peers/bin/python -m pip install --quiet --require-hashes -r $<; }
	@cp $< $@

define fill
set -e; \
if ! cat $(1) pyproject.toml | cmp -s - $@; then \
  "$(PYTHON)" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || \
    { echo 'casesys needs Python 3.11: make PYTHON=/path/to/python3.11 …' >&2; exit 1; }; \
  echo 'Filling .venv from $(1) (a minute or two) …'; \
  test -x $(BIN)/python || "$(PYTHON)" -m venv .venv; \
  $(PIP) --require-hashes -r $(1); \
  $(PIP) --no-deps --no-build-isolation --editable .; \
  cat $(1) pyproject.toml > $@; \
fi; \
touch $@
endef
