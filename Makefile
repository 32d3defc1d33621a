# The verbs of the project. CI (.ci/run) runs these and nothing else.

PYTHON ?= python3
UV     ?= uv

VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
ORACLE := .venv-oracle
SPARK  := $(VENV)/.spark
PIP    := -m pip --disable-pip-version-check

# How many processes share the tests; extra words for pytest, such as PYTEST="-k bundle".
JOBS   ?= 2
PYTEST ?=
# Extra words for `comity bench region`, such as BENCH=--short.
BENCH  ?=
# How often `make soak` kills the workers of each database.
KILLS  ?= 200
# How many passes `make soak` issues again after a key was closed, on each database; 1000000 takes a while.
REISSUED ?= 20000

.DEFAULT_GOAL := help
.PHONY: help setup check test texts migration vectors oracle fuzz soak pwa e2e spark demo bench bench-pwa docs lock clean

help: ## this list
	@echo "make VERB, where VERB is one of"
	@awk 'BEGIN {FS = ":.*## "} /^[a-z0-9]+:.*## / {printf "  %-8s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

setup: $(READY) ## make .venv/ with everything pinned; done by itself when needed

check: $(READY) ## style, types, import rules, generated files current, shape of the tree
	@echo "check 1/8: ruff, style";            $(BIN)/ruff check .
	@echo "check 2/8: ruff, format";           $(BIN)/ruff format --check .
	@echo "check 3/8: mypy, strict";           $(BIN)/mypy
	@echo "check 4/8: who imports whom";       $(BIN)/lint-imports --no-logo
	@echo "check 5/8: texts current";          $(BIN)/python tools/compile_catalogue.py --check
	@echo "check 6/8: vectors current";        $(BIN)/python tools/make_vectors.py --check
	@echo "check 7/8: migrations current";    $(BIN)/python tools/make_migration.py --check
	@echo "check 8/8: shape of the tree";      $(BIN)/python tools/check_docs.py && $(BIN)/pytest tests/architecture $(PYTEST)

test: $(READY) ## all tests but those in a browser
	@$(BIN)/pytest tests --ignore=tests/e2e -n $(JOBS) $(PYTEST)

texts: $(READY) ## compile locales/*.po into the module the program reads
	@$(BIN)/python tools/compile_catalogue.py

migration: $(READY) ## write the tables of the record classes into the migrations again
	@$(BIN)/python tools/make_migration.py

vectors: $(READY) ## write vectors/*.json again from the fixed seed
	@$(BIN)/python tools/make_vectors.py

oracle: $(READY) $(ORACLE)/.ready ## hold our formats against other people's implementations
	@$(BIN)/python tests/oracle/run.py --oracle-python $(ORACLE)/bin/python

fuzz: $(READY) ## 50,000 mutated texts: nothing escapes the error tree
	@$(BIN)/python tests/fuzz/run.py --count 50000

soak: $(READY) ## 1,000,000 texts, 100,000 through both twins, then workers and the hub killed, and passes issued again
	@$(BIN)/python tests/fuzz/run.py --count 1000000
	@$(BIN)/python tools/build_pwa.py && $(BIN)/python -m tests.pwa.differences --count 100000
	@COMITY_KILLS=$(KILLS) COMITY_REISSUED=$(REISSUED) $(BIN)/pytest tests/storage/test_faults.py tests/faults -s $(PYTEST)
	@COMITY_SCANS=10000 $(BIN)/pytest tests/e2e/test_checkpoint_looks.py -k thousand_scans -s $(PYTEST)

pwa: $(READY) ## build the phone apps and the charts of reports (brings Node where there is none)
	@$(BIN)/python tools/build_pwa.py

e2e: $(READY) pwa ## register, wallet and checkpoint in a real browser (needs Chromium)
	@$(BIN)/pytest tests/e2e -rs -n $(JOBS) --dist loadfile $(PYTEST)

spark: $(SPARK) ## Apache Spark in .venv/ (half a GB, needs Java 17), so that test and bench hold it against DuckDB

demo: $(READY) ## residents cross into Inner Mongolia; a region is assessed; hub, two nodes, a checkpoint; the hub is killed
	@$(BIN)/python tools/build_pwa.py || echo "demo: the phone apps were not built and are left out"
	@if [ -t 0 ] && [ -z "$$CI" ]; then $(BIN)/comity demo; else $(BIN)/comity demo --once; fi

bench: $(READY) ## speeds and sizes, as ratios within one run (takes a quarter of an hour)
	@$(BIN)/comity bench verify
	@$(BIN)/comity bench region $(BENCH)
	@$(BIN)/comity bench hub $(BENCH)
	@$(BIN)/comity bench assess $(BENCH)

bench-pwa: $(READY) ## the phone apps: sizes, and times in Chromium, as JSON
	@$(BIN)/python tools/build_pwa.py >&2 && $(BIN)/python -m tests.e2e.bench_pwa

docs: $(READY) ## check that every link between the documents leads somewhere
	@$(BIN)/python tools/check_docs.py

lock: ## pin requirements/*.txt again (needs uv; UPGRADE=--upgrade takes newer versions)
	@command -v $(UV) >/dev/null || { echo "make lock needs uv; say where it is with UV=/path/to/uv." >&2; exit 2; }
	$(LOCK) pyproject.toml --extra services --extra pkcs11 --group dev --output-file requirements/dev.txt
	$(LOCK) requirements/oracle.in --output-file requirements/oracle.txt
	$(LOCK) requirements/node.in --output-file requirements/node.txt
	$(LOCK) requirements/spark.in --output-file requirements/spark.txt

clean: ## remove what make made: both venvs and the caches
	rm -rf $(VENV) $(ORACLE) .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# No index, host or address is ever written: whoever installs uses the index of their own machine.
LOCK = $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header $(UPGRADE)

# $(call make-venv,DIR,REQUIREMENTS): refuse an old or incomplete Python in one line, then install what is pinned.
define make-venv
@command -v $(PYTHON) >/dev/null || { echo "Comity needs Python 3.11 or newer; no '$(PYTHON)' was found. Say which with PYTHON=python3.12." >&2; exit 2; }
@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Comity needs Python 3.11 or newer; '$(PYTHON)' is $$($(PYTHON) -V 2>&1). Say which with PYTHON=python3.12." >&2; exit 2; }
@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "'$(PYTHON)' cannot make a venv; on Debian or Ubuntu install the package python3-venv." >&2; exit 2; }
@echo "setup: a fresh $(1) with $$($(PYTHON) -V 2>&1)"
@rm -rf $(1) && $(PYTHON) -m venv $(1)
@echo "setup: installing $$(grep -c '==' $(2)) packages pinned in $(2)"
@$(1)/bin/python $(PIP) install --progress-bar off --require-hashes -r $(2)
endef

$(READY): pyproject.toml requirements/dev.txt
	$(call make-venv,$(VENV),requirements/dev.txt)
	@echo "setup: installing Comity itself"
	@$(BIN)/python $(PIP) install --quiet --no-deps --no-build-isolation -e .
	@touch $@
	@echo "setup: done; $(BIN)/comity is the program"

$(ORACLE)/.ready: requirements/oracle.txt
	$(call make-venv,$(ORACLE),requirements/oracle.txt)
	@touch $@

# It goes into the same venv, after the rest; whoever does not ask for it never downloads it.
$(SPARK): $(READY) requirements/spark.txt
	@command -v java >/dev/null || { echo "Spark needs Java 17 or newer; no 'java' was found. On Debian or Ubuntu install openjdk-17-jre-headless." >&2; exit 2; }
	@echo "setup: installing Apache Spark, pinned in requirements/spark.txt; half a GB, about a minute"
	@$(BIN)/python $(PIP) install --progress-bar off --require-hashes -r requirements/spark.txt
	@touch $@
