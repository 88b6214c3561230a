# Good Standing. `make` alone prints this help.
PYTHON ?= python3
BIN := .venv/bin
PORT ?= 8000
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help setup setup-s3 setup-dev run test check format reference pictures gallery bench mutation lock clean

help: ## Show this help
	@echo "Good Standing"; echo
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo; echo "  make test T=tests/core        runs that part alone, on SQLite"

setup: .venv/run.stamp ## Make the environment in .venv (leaves .venv/bin/goodstanding)

setup-s3: setup ## Add what files in an S3-compatible store need
	@$(BIN)/pip install --quiet --require-hashes --no-deps --requirement requirements/s3.txt

setup-dev: .venv/dev.stamp

run: setup ## Start the product on this machine and print its address (PORT=8000)
	@exec $(BIN)/goodstanding serve --port $(PORT)

test: setup-dev ## Run all tests: SQLite, PostgreSQL, real browser
	@$(BIN)/python -m tests.run $(T)

check: setup-dev ## Check format, lint, types, import layers, data and security
	$(BIN)/ruff format --check --quiet
	$(BIN)/ruff check --quiet
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache | tail -n 12
	$(BIN)/goodstanding check
	$(BIN)/python -m tests.bandit
	@GOODSTANDING_URL=https://example.org GOODSTANDING_SECRET_KEY=$$(printf 'only-to-check-%060d' 1234567890) DJANGO_SETTINGS_MODULE=goodstanding.conf.settings \
	  $(BIN)/python -m django check --deploy --fail-level WARNING

format: setup-dev ## Format the code
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

reference: setup ## Write docs/environment.md and docs/coverage.md anew from settings and rules
	$(BIN)/python -m goodstanding.conf.variables > docs/environment.md
	$(BIN)/python -m goodstanding.conf.coverage

pictures: setup-dev ## Take the README's pictures anew
	$(BIN)/pytest tests/e2e/test_pages.py
	mkdir -p docs/pictures
	cd build/pictures && cp standing.png player.png standing-phone.png ../../docs/pictures/

gallery: setup-dev ## Show every page in every state in build/gallery (G=staff, G="learn --check")
	@$(BIN)/python -m tests.gallery $(G)

bench: setup-dev ## Measure what matters, as ratios within one run (B=growth: one part)
	@$(BIN)/python -m bench $(B)

mutation: setup-dev ## See which single changes no test notices (M="rules --only us/ca")
	@$(BIN)/python -m tests.mutation $(M)

lock: ## Renew the locks in requirements/ (needs uv)
	cd requirements && for name in run s3 dev; do \
	  uv pip compile --quiet --upgrade --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
	    --no-header --no-annotate $$name.in --output-file $$name.txt; done

clean: ## Remove the environment and caches
	rm -rf .venv .mypy_cache .ruff_cache .hypothesis build dist

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed. Set PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -m venv .venv || { echo "Python's venv module is missing: apt-get install python3-venv"; exit 1; }

.venv/run.stamp: requirements/run.txt pyproject.toml | .venv/bin/python
	@echo "Installing what the product needs into .venv ..."
	@$(BIN)/pip install --quiet --require-hashes --no-deps --requirement requirements/run.txt
	@$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

.venv/dev.stamp: requirements/dev.txt .venv/run.stamp
	@echo "Installing what tests and checks need into .venv ..."
	@$(BIN)/pip install --quiet --require-hashes --no-deps --requirement requirements/dev.txt
	@touch $@
