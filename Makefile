# One line a target; `make` alone lists them. Everything runs in ./.venv, made from requirements.lock.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
WORKERS ?= 2

.PHONY: help demo test lint bench scorecard digest docs sample lock clean

help: ## list the targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 18

$(READY): requirements.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check 'uv>=0.9'
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

demo: $(READY) ## the main job on the bundled sample: offline, embedded, no server
	@$(BIN)/aicycle demo

test: $(READY) ## all tests, in random order, without network
	@$(BIN)/python -m pytest -q -n $(WORKERS)

lint: $(READY) ## formatting, rules, types, import contracts, generated documents
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/python scripts/build_docs.py --check

bench: $(READY) ## benchmarks, as ratios against a named baseline in the same run
	@$(BIN)/python -m pytest -q tests/bench --benchmark-enable --benchmark-only --benchmark-columns=median,stddev,rounds --benchmark-sort=fullname -p no:randomly -p no:xdist

scorecard: $(READY) ## how many faults the gate catches, by kind and size; RECORDING=DIR, else the sample
	@$(BIN)/aicycle gate scorecard $(if $(RECORDING),--recording "$(RECORDING)")

digest: $(READY) ## the digest of everything in the warehouse that may not change by accident
	@$(BIN)/aicycle digest

docs: $(READY) ## write the generated documents anew
	@$(BIN)/python scripts/build_docs.py

sample: $(READY) ## build examples/sample anew
	@$(BIN)/python scripts/build_sample.py

lock: ## resolve requirements.lock anew
	@$(BIN)/uv pip compile --quiet --generate-hashes --no-emit-index-url --python-version 3.11 --extra dev \
	  --custom-compile-command "make lock" --output-file requirements.lock pyproject.toml

clean: ## remove the environment, caches and the local home
	@rm -rf $(VENV) .aicycle .pytest_cache .mypy_cache .ruff_cache .hypothesis .benchmarks dist build
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
