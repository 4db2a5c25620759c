.DEFAULT_GOAL := help
.PHONY: help run check test test-short bench bench-gpu docs format lint always

VENV ?= .venv
BIN := $(VENV)/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

# A complete environment keeps its Python unless PYTHON=… names another; a new one takes the newest suitable.
SEARCHED := $(or $(PYTHON),$(if $(wildcard $(VENV)/product),$(BIN)/python) python3.14 python3.13 python3.12 python3.11 python3 python)
# ensurepip: Debian's python3 can't make an environment until python3-venv is installed.
SUITABLE := 'import ensurepip, sys, venv; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))'
ORIGIN := 'import sys; print(sys.base_prefix, sys.version)'
NOT_FOUND := Outcrop needs Python 3.11, 3.12, 3.13 or 3.14 with its venv module. Install one (Debian, Ubuntu: \
apt install python3 python3-venv; macOS: brew install python@3.13), or name it: make run PYTHON=/path/to/python

# PyTorch's own index has builds without CUDA: 0.2 GB in place of 3 GB. Where it can't be reached, PyPI's is taken.
CPU_TORCH := --index-url https://download.pytorch.org/whl/cpu --retries 0 --timeout 10 --no-deps torch

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

run: $(VENV)/product ## start Outcrop; without a DISCORD_TOKEN, with a page to try it in
	@$(BIN)/outcrop up

check: $(VENV)/developer lint ## check format, lint, types, imports and conventions (about a minute)
	$(BIN)/pytest -q tests/test_conventions.py tests/test_imports.py

test: $(VENV)/developer lint ## run the checks and every test (about 15 minutes)
	$(BIN)/pytest

test-short: $(VENV)/tester ## run the tests that need no PyTorch and no browser (about 3 minutes)
	$(BIN)/pytest -q tests/options tests/pictures tests/bus tests/bot tests/migrations

bench: $(VENV)/developer ## measure speed and memory, each figure beside what it is compared with
	$(BIN)/python -m benchmarks
	$(BIN)/pytest -m isa

bench-gpu: $(VENV)/developer ## run the tests and measurements that need a CUDA GPU
	$(BIN)/pytest -m gpu
	$(BIN)/python -m benchmarks wall

docs: $(VENV)/developer ## write the pages of options and settings from the code
	$(BIN)/python -m docs.options_page
	$(BIN)/python -m docs.settings_page

format: $(VENV)/developer ## format the source and fix what ruff can
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

lint: $(VENV)/developer
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports

$(VENV)/pyvenv.cfg: always
	@for python in $(SEARCHED); do \
		"$$python" -c $(SUITABLE) 2>/dev/null || continue; \
		[ -e $(VENV)/product ] && [ "$$("$$python" -c $(ORIGIN))" = "$$($(BIN)/python -c $(ORIGIN) 2>/dev/null)" ] && exit; \
		exec "$$python" -m venv --clear $(VENV); \
	done; \
	echo "$(NOT_FOUND)" >&2; exit 1

$(VENV)/product: $(VENV)/pyvenv.cfg pyproject.toml constraints.txt
	@echo "Installing Outcrop into $(VENV), about a minute…"
	@$(INSTALL) --editable '.[sandbox]'
	@touch $@

$(VENV)/tester: $(VENV)/product
	@echo "Installing what its tests need, about a minute…"
	@$(INSTALL) --editable '.[sandbox,test]'
	@touch $@

$(VENV)/developer: $(VENV)/product
	@echo "Installing what its checks and tests need, PyTorch among it, a few minutes…"
	@command -v nvidia-smi >/dev/null || $(INSTALL) $(CPU_TORCH) >/dev/null 2>&1 || true
	@$(INSTALL) --editable '.[sandbox,dev]'
	@touch $@
