# Needs Python 3.11 and make; everything else is installed into .venv from the locks.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
GOVERNANCE := $(BIN)/governance
# A worker takes a file at a time, in the order of tests/conftest.py.
PYTEST := $(BIN)/pytest -q -n 2 --dist loadfile --no-loadscope-reorder
WORLD ?= build/demo
RUN ?= build/report

.DEFAULT_GOAL := help
.PHONY: help report test fast soak mutants check lab system lock sbom readme clean

help: ## Show this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

report: .venv/core ## Make the demo world and report on it: the main job, end to end
	@$(GOVERNANCE) synth --world demo --out $(WORLD)
	@# 1 means violated, which is what a report on the demo world has to say.
	@$(GOVERNANCE) report --data $(WORLD)/data --keys $(WORLD)/keys.json --out $(RUN) || test $$? -eq 1

test: .venv/test .venv-tools/done ## Run all tests, with whatever servers and browsers they need (see `make system`)
	@$(PYTEST) $(OPTIONS)

fast: .venv/test ## Run the tests that need no whole command, notebook or browser
	@$(PYTEST) $(OPTIONS) -m "not slow and not browser"

soak: .venv/test ## Go through everything of which `test` draws a sample, minutes, and keep the counts in benchmarks/soak.txt
	@(echo "$$(date -u +%F), commit $$(git rev-parse --short HEAD)"; $(PYTEST) $(OPTIONS) -m soak --soak) > benchmarks/soak.txt; \
		code=$$?; cat benchmarks/soak.txt; exit $$code

mutants: .venv/test ## Change what verdicts and evidence rest on, see the tests fail; keep the table in benchmarks/mutants.txt
	@(echo "$$(date -u +%F), commit $$(git rev-parse --short HEAD)"; $(BIN)/python -m tests.mutants $(OPTIONS)) > benchmarks/mutants.txt; \
		code=$$?; cat benchmarks/mutants.txt; exit $$code

check: .venv/test .venv-tools/done ## Lint, types, tests
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(MAKE) --no-print-directory test

lab: .venv/lab ## Open the notebooks in JupyterLab, on the latest report
	@test -f $(RUN)/results.json || $(MAKE) --no-print-directory report
	@$(GOVERNANCE) lab

system: ## Install the Debian packages that the tests drive; needs root
	@command -v chromium >/dev/null || { apt-get update -q && apt-get install -q -y --no-install-recommends chromium; }

lock: .venv-tools/done ## Renew the locks from pyproject.toml
	@$(COMPILE) pyproject.toml --group build -o requirements/core.txt
	@$(COMPILE) pyproject.toml --group build --extra lab -c requirements/core.txt -o requirements/lab.txt
	@$(COMPILE) pyproject.toml --group build --extra lab --group test -c requirements/core.txt -o requirements/test.txt
	@$(COMPILE) pyproject.toml --group build --group peers -c requirements/core.txt -o requirements/peers.txt
	@$(COMPILE) --group tools -o requirements/tools.txt
# The locked uv: another version may resolve or write otherwise.
COMPILE := .venv-tools/bin/uv pip compile -q --python .venv-tools/bin/python --generate-hashes --universal \
	--no-emit-index-url --no-annotate --custom-compile-command "make lock"

sbom: .venv-tools/done ## Write a CycloneDX bill of materials of each lock into build/sbom
	@.venv-tools/bin/python -m tests.sbom build/sbom

readme: .venv/test ## Renew the README's table of rule kinds
	@$(BIN)/python -m tests.readme

clean: ## Remove what was generated, but for .venv
	rm -rf build synthetic_data/worlds

.venv/bin/python:
	@echo "Making .venv with $(PYTHON)"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed, name it: make PYTHON=…")'
	@$(PYTHON) -m venv .venv

# One stamp a lock: what is installed already is not installed again.
.venv/core .venv/lab .venv/test .venv/peers: .venv/%: requirements/%.txt pyproject.toml | .venv/bin/python
	@echo "Installing $< (once, about a minute)"
	@$(BIN)/pip install -qq --disable-pip-version-check --require-hashes -r $<
	@$(BIN)/pip install -qq --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.venv-tools/done: requirements/tools.txt
	@echo "Installing $< (once)"
	@$(PYTHON) -m venv .venv-tools
	@.venv-tools/bin/pip install -qq --disable-pip-version-check --require-hashes -r $<
	@touch $@
