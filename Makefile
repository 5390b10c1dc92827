# Two commands are enough: `make run` and `make test`. `make help` lists the others.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ESTAFET_ADDRESS ?= 127.0.0.1
ESTAFET_PORT ?= 8501

.DEFAULT_GOAL := help
.PHONY: help install run test check browser bench clean

help: ## list the commands
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

install: $(VENV)/.installed ## create .venv with the pinned packages

$(VENV)/.installed: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Estafet needs Python 3.11 or newer; $(PYTHON) is older. Try: make PYTHON=python3.12 run"; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || $(AS_ROOT) apt-get install -y -qq python3-venv || { echo "Python's venv is missing. Ask for the package python3-venv, then run the command again."; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade 'pip>=25.1'
	$(BIN)/python -m pip install --quiet -r requirements.txt
	@touch $@

# Root needs no sudo; others use it only where it asks no password.
AS_ROOT := $(shell if [ "$$(id -u)" = 0 ]; then echo; elif sudo -n true 2>/dev/null; then echo sudo -n; else echo false; fi)

$(VENV)/.installed-tests: $(VENV)/.installed pyproject.toml
	$(BIN)/python -m pip install --quiet --group test
	@touch $@

run: install ## open the app (http://127.0.0.1:8501); builds the sample city when there is no data
	$(BIN)/python -m analytics init --demo
	$(BIN)/python -m streamlit run app.py --server.address $(ESTAFET_ADDRESS) --server.port $(ESTAFET_PORT)

# Chromium for the browser tests, where this user may install it; without it they skip and say so.
browser:
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null \
	  || { $(AS_ROOT) apt-get update -qq && DEBIAN_FRONTEND=noninteractive $(AS_ROOT) apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core >/dev/null; } \
	  || echo "Chromium is not here and could not be installed: the browser tests will skip."

test: $(VENV)/.installed-tests browser ## do all set-up, then check style and types and run every test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -n 2 --dist loadfile

check: $(VENV)/.installed-tests ## the quick half of the tests: no browser
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -n 2 --dist loadfile -m "not browser"

$(VENV)/.installed-rivals: $(VENV)/.installed pyproject.toml
	@$(BIN)/python -m pip install --quiet --group bench || echo "The rivals of the benchmarks could not be installed; each line says where one is missing."
	@$(BIN)/python -m pip install --quiet --no-deps --group bench-bare || echo "neworder could not be installed (it is compiled here, in C++): its line will be missing."
	@touch $@

bench: $(VENV)/.installed-tests $(VENV)/.installed-rivals browser ## measure speed and memory beside a named rival
	$(BIN)/python -m tests.benchmarks.retirement
	$(BIN)/python -m tests.benchmarks.import_file
	$(BIN)/python -m tests.benchmarks.enrolment
	$(BIN)/python -m tests.benchmarks.teachers
	$(BIN)/python -m tests.benchmarks.regrouping
	$(BIN)/python -m tests.benchmarks.redistribution
	$(BIN)/python -m tests.benchmarks.mix
	$(BIN)/python -m tests.benchmarks.projection
	$(BIN)/python -m tests.benchmarks.scenario
	$(BIN)/python -m tests.benchmarks.gap
	$(BIN)/python -m tests.benchmarks.pay
	$(BIN)/python -m tests.benchmarks.exits
	$(BIN)/python -m tests.benchmarks.exit_kinds
	$(BIN)/python -m tests.benchmarks.exit_ceiling
	$(BIN)/python -m tests.benchmarks.page_speed
	$(BIN)/python -m tests.benchmarks.school_speed
	$(BIN)/python -m tests.benchmarks.plan_speed
	$(BIN)/python -m tests.benchmarks.scenario_speed

clean: ## remove the virtual environment and caches; data stays
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis
