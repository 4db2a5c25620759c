.DEFAULT_GOAL := help
.PHONY: help run test bench bench-gpu format

PYTHON ?= python3
BIN := .venv/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

help: ## say what each target does
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: .venv/product ## start Outcrop: bot, engine and bus (a sample picture when there is no DISCORD_TOKEN)
	@$(BIN)/outcrop up

test: .venv/developer ## lint, types, import rules and every test
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest

bench: .venv/developer ## print the figures: each a ratio or a value beside what it is compared with
	$(BIN)/python -m benchmarks

bench-gpu: .venv/developer ## the tests and figures that need a CUDA GPU
	$(BIN)/pytest -m gpu
	$(BIN)/python -m benchmarks wall

format: .venv/developer ## put the source into its one form
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

.venv/product: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(INSTALL) --editable '.[sandbox]'
	@touch $@

.venv/developer: .venv/product
	$(INSTALL) --editable '.[dev,sandbox]'
	@touch $@
