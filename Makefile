# Each target does its own set-up, once: what was done leaves a stamp, and is done again when its inputs change.
#
#   PYTHON       the interpreter to make .venv from, when the first python3 that is new enough is not the right one
#   MECHKG_HOME  where the data of `make start` live (.mechkg unless set)
#   TESTS        what `make test` hands to pytest, e.g. make test TESTS="tests/graph -k rebuild"

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

VENV := .venv
BIN := $(VENV)/bin
# Isolation is off because deploy/locks/build.lock has put the build tools, hashes checked, where they are looked for.
INSTALL := $(BIN)/python -m pip install -qq --disable-pip-version-check --no-input --no-build-isolation
BUILT := mechkg/web/static
TESTS ?=
export MECHKG_HOME ?= $(CURDIR)/.mechkg

.PHONY: help
help: ## list what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

# --- what a user runs -------------------------------------------------------------------------------------------------

.PHONY: start
start: install web ## install mechkg and start it: load the corpus, print the verdicts, serve
	@$(BIN)/mechkg start

.PHONY: install
install: $(VENV)/.runtime ## install mechkg into .venv, without starting it

.PHONY: web
web: ## build what the browser is served (needs npm)
	@if command -v npm >/dev/null && command -v node >/dev/null; then \
	    $(MAKE) $(BUILT)/.built; \
	elif [[ ! -e $(BUILT)/.built ]]; then \
	    echo "npm is not here, so the GraphQL explorer is not built, and pathways are drawn without their script; all else works. Install Node.js 18 or newer, then: make web"; \
	fi

# --- what a developer runs --------------------------------------------------------------------------------------------

.PHONY: test
test: test-setup lint ## every check: lint, types, layers, tests
	@$(BIN)/python -m compileall -q -j 0 -x node_modules mechkg # once, and not in each process that tests start
	@$(BIN)/python -m pytest --numprocesses auto --dist loadfile $(TESTS)

.PHONY: lint
lint: $(VENV)/.test ## style, format, types, layers
	@echo "ruff check";        $(BIN)/ruff check --quiet .
	@echo "ruff format";       $(BIN)/ruff format --quiet --check .
	@echo "mypy";              $(BIN)/mypy --no-error-summary
	@echo "import-linter";     $(BIN)/lint-imports >.venv/layers.txt || { cat .venv/layers.txt; exit 1; }

.PHONY: format
format: $(VENV)/.test ## rewrite the code in the format that lint asks for
	@$(BIN)/ruff check --quiet --fix .
	@$(BIN)/ruff format --quiet .

.PHONY: bench
bench: $(VENV)/.test ## measure; one row of JSON per benchmark
	@$(BIN)/python tests/benchmarks/run.py

.PHONY: sdl
sdl: $(VENV)/.test ## write the GraphQL schema anew: mechkg/api/schema.graphql
	@$(BIN)/python -m mechkg.api.sdl

.PHONY: pictures
pictures: test-setup ## take the pictures of the pages anew: deploy/PAGES.md and deploy/pictures
	@$(BIN)/python -m tests.web.pictures

.PHONY: lock
lock: $(VENV)/.test ## resolve the dependencies anew: deploy/locks/*.lock and mechkg/web/package-lock.json
	@$(BIN)/uv $(LOCK) --group build --output-file deploy/locks/build.lock
	@$(BIN)/uv $(LOCK) pyproject.toml --all-extras --group dev --output-file deploy/locks/test.lock
	@$(BIN)/uv $(LOCK) pyproject.toml --constraints deploy/locks/test.lock --output-file deploy/locks/runtime.lock
	@$(BIN)/uv $(LOCK) pyproject.toml $(SERVER:%=--extra %) --constraints deploy/locks/test.lock --output-file deploy/locks/server.lock
	@if command -v npm >/dev/null; then cd mechkg/web && npm install --package-lock-only $(NPM) >/dev/null; fi

.PHONY: image-check
image-check: $(VENV)/.test ## carry out the steps of the container image in a folder, and try what they made
	@$(BIN)/python deploy/container/build_here.py

.PHONY: clean
clean: ## remove what was built and installed; data stay
	@rm -rf $(VENV) mechkg/web/node_modules $(BUILT) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# --- set-up -----------------------------------------------------------------------------------------------------------

# One lock serves every platform and every Python that mechkg runs on, and names no host to fetch from.
LOCK := pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
        --custom-compile-command "make lock"
# The extras of a team's server, which is what the container image is.
SERVER := postgresql sparql openid crossref pdf spreadsheets counting observe
NPM := --ignore-scripts --no-audit --no-fund --loglevel=error --omit-lockfile-registry-resolved

.PHONY: test-setup
test-setup: $(VENV)/.test
	@command -v java >/dev/null || deploy/setup/debian-install default-jre-headless "a Java runtime, for the OWL reasoner"
	@command -v chromium >/dev/null || deploy/setup/debian-install chromium "Chromium, for tests of the pages"
	@command -v dot >/dev/null || deploy/setup/debian-install graphviz "Graphviz, for proofs as drawings"
	@pg_config --bindir >/dev/null 2>&1 && test -x "$$(pg_config --bindir)/postgres" || deploy/setup/debian-install "postgresql libpq-dev" "PostgreSQL, for tests of the ledger on it"
	@command -v caddy >/dev/null || deploy/setup/debian-install caddy "Caddy, for tests of the proxy in front"
	@command -v systemd-analyze >/dev/null || deploy/setup/debian-install systemd "systemd-analyze, for tests of the units"
	@command -v virtuoso-t >/dev/null || deploy/setup/debian-install virtuoso-opensource-7-bin "Virtuoso, for tests of the graph on its SPARQL server"
	@command -v npm >/dev/null || deploy/setup/debian-install npm "npm and Node.js, for what the browser is served"
	@$(MAKE) web

$(VENV)/.made: deploy/setup/make-venv
	@deploy/setup/make-venv $(VENV)
	@touch $@

$(VENV)/.runtime: $(VENV)/.made pyproject.toml deploy/locks/build.lock deploy/locks/runtime.lock
	@echo "Installing mechkg into $(VENV)"
	@$(INSTALL) --require-hashes -r deploy/locks/build.lock
	@$(INSTALL) --require-hashes -r deploy/locks/runtime.lock
	@$(INSTALL) --no-deps --editable .
	@touch $@

$(VENV)/.test: $(VENV)/.runtime deploy/locks/test.lock
	@echo "Installing what the tests need into $(VENV)"
	@$(INSTALL) --require-hashes -r deploy/locks/test.lock
	@touch $@

$(BUILT)/.built: mechkg/web/package.json mechkg/web/package-lock.json $(wildcard mechkg/web/*.mjs mechkg/web/*.jsx mechkg/web/*.css)
	@echo "Building what the browser is served"
	@cd mechkg/web && npm ci $(NPM) >/dev/null && npm run --silent build
	@touch $@
