# Lemma Studio. `make help` lists what there is.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -q
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

test: $(VENV)/.dev chromium ## run all tests
	@$(BIN)/python -m pytest -n 2 --dist loadgroup

bench: $(VENV)/.dev ## run the benchmarks, each against a peer or a limit
	@$(BIN)/lemma bench

clean: ## remove what can be made again
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache build dist *.egg-info

.PHONY: help install dev chromium studio check fix test bench clean

SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)
