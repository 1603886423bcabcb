.DEFAULT_GOAL := help
.PHONY: help run install install-dev test test-deep quick mutants lint format bench demo-reset migration pictures translations

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-14s %s\n", $$1, $$2}' Makefile

run: ## install, load the demo and serve the hub with its jobs at http://127.0.0.1:8000 (HUB_PORT)
	@scripts/run.sh

install: ## install what running needs into .venv and hub/static
	@scripts/install.sh runtime

install-dev: ## install what tests and checks need as well
	@scripts/install.sh dev

test: ## check style, types and imports; test on SQLite, on PostgreSQL and in a browser
	@scripts/test.sh

quick: install-dev ## check style and types, and test what was just changed: make quick p=payments
	@scripts/quick.sh "$(p)"

test-deep: ## the same as test, with twenty times as many examples of the property tests
	@HUB_TEST_EXAMPLES=20 scripts/test.sh

mutants: install-dev ## plant single faults and list those that no test notices: make mutants f=FILE
	@.venv/bin/python -m tools.mutants $(f)

lint: install-dev ## check style, types and the import contract only
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy
	@.venv/bin/lint-imports --no-logo

format: install-dev ## put all Python files into the house's format
	@.venv/bin/ruff check --fix .
	@.venv/bin/ruff format .

bench: install-dev ## measure the performance claims, each beside a yardstick
	@scripts/bench.sh

demo-reset: ## delete the demo's data and load it anew (FORCE=1: without asking)
	@scripts/demo_reset.sh

migration: install-dev ## write a migration for changed models: make migration m="add grades"
	@scripts/migration.sh "$(m)"

pictures: install-dev ## make the pictures in docs/pictures again
	@scripts/debian_packages.sh chromium fonts-noto-cjk
	@.venv/bin/python -m scripts.pictures

translations: install-dev ## bring hub/translations up to the texts of the code
	@scripts/translations.sh
