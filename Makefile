# Digitizer: the developer's and newcomer's commands. `make help` lists them.
.DEFAULT_GOAL := help
PY := .venv/bin/python
export OMP_THREAD_LIMIT = 1

.PHONY: help setup demo test check format bench load accuracy lock clean

help: ## list the commands
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | sort

setup: ## system packages and .venv (idempotent)
	@scripts/setup.sh

demo: setup ## make sample scans, digitize, ingest, search, show where the report is
	@$(PY) -m scripts.demo

test: setup ## all tests
	@$(PY) -m pytest -q -n 2

check: setup ## format, lint, strict types, architecture, unit tests, docs: under a minute
	@.venv/bin/ruff format --check .
	@.venv/bin/ruff check .
	@.venv/bin/mypy
	@$(PY) -m pytest -q -n 2 tests/unit tests/test_architecture.py tests/test_docs.py

format: setup ## rewrite the code in the house form
	@.venv/bin/ruff format .
	@.venv/bin/ruff check --fix .

bench: setup ## this project and OCRmyPDF on the same pages -> docs/benchmarks.md
	@$(PY) -m scripts.bench

load: setup ## search, pages and uploads by 10 and 50 users over a million pages -> docs/benchmarks.md (DIR=folder to keep)
	@$(PY) -m scripts.load $(or $(DIR),build/load)

accuracy: setup ## this project and other readers on worn pages -> docs/accuracy.md
	@$(PY) -m scripts.accuracy

lock: ## renew requirements.lock
	@scripts/lock.sh

clean: ## remove what the commands made
	@rm -rf .venv out build .mypy_cache .ruff_cache .pytest_cache
