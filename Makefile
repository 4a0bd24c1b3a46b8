# Everything happens inside .venv; nothing is fetched after `make install`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt
MODELS := $(VENV)/share/precedent/models

.DEFAULT_GOAL := help
.PHONY: help install install-dev demo test check evals bench clean

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

install: $(VENV)/.installed ## .venv with the program and the exported embedding model

install-dev: $(VENV)/.installed-dev

EXPORT := $(addprefix pipelines/adapters/,all-MiniLM-L6-v2.adaptation.npz fused_attention.py onnx_writer.py sentence_embedder.py)

$(VENV)/.installed: pyproject.toml constraints.txt $(EXPORT)
	@echo "Installing into $(VENV) (the first time takes a few minutes; PyTorch is the largest part) ..."
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Precedent needs Python 3.11 or newer; set PYTHON=...")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(PIP) --editable .
	@$(BIN)/python -m pipelines.adapters.sentence_embedder $(MODELS)/all-MiniLM-L6-v2
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	@echo "Installing what the tests need ..."
	@$(PIP) --editable '.[dev]'
	@touch $@

demo: install ## load the demo tickets, run the pipeline on them, serve http://127.0.0.1:8000
	@$(BIN)/precedent demo

check: install-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: check ## lint, types, import rules, and every test
	OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(BIN)/python -m pytest -n 3 --dist worksteal

EVAL_DATA = PRECEDENT_EVAL_DATA="$${PRECEDENT_EVAL_DATA-$$(test -d ../shared/data && echo ../shared/data)}"

evals: install ## measure capture, inventions, dedupe, redaction, thin, retrieval, asking back and gaps; uses ../shared/data where that exists
	@for suite in capture inventions dedupe redaction thin retrieval questions gaps; do \
	  $(EVAL_DATA) $(BIN)/python -m evals $$suite || exit 1; \
	done

bench: install-dev ## speed, as ratios within one run
	@$(EVAL_DATA) $(BIN)/python -m evals bench

clean: ## remove .venv and caches, never data
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
