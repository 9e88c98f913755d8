# Thin on purpose: every line below is a command that you can also type.
PYTHON ?= python3
BIN := .venv/bin
# Says nothing but what goes wrong, and that in full.
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
# Another lock, or another project above the tools' sections, is another stamp: the environment follows them.
STAMP := .venv/.made-from-$(shell { cat requirements.lock; sed '/^\[tool/,$$d' pyproject.toml; } | cksum | cut -d ' ' -f 1)
FAST := $(wildcard tests/unit tests/contract tests/acceptance tests/rules tests/hostile tests/model tests/simulation tests/load)

.PHONY: help venv demo up check generate test-fast test coverage bench bench-peers bench-quick faults faults-quick \
	faults-long simulate load kafka

help:
	@echo "make demo          the main job on real incidents   (ARGS=\"--once --json\")"
	@echo "make up            the whole system, to play with; Ctrl-C stops it"
	@echo "make check         lint, format, types, import rules, dependencies, generated files"
	@echo "make test-fast     unit, contract and acceptance on fakes, rules of the house"
	@echo "make test          everything"
	@echo "make faults-quick  kill, freeze, cut, replay, poison; each with its control   (ARGS=\"--only 3 --seed 5\")"
	@echo "make simulate      the worker's core on invented time, many schedules        (ARGS=\"--schedules 10000\")"
	@echo "make load          caseworkers click, agencies post, a worker is killed: every promise kept?   (ARGS=\"--minutes 2\")"
	@echo "make faults-long   a thousand kills in pieces of nine minutes; goes on where it was   (ARGS=\"--resume --pieces 1\")"
	@echo "make faults        every experiment with its control; writes tests/faults/REPORT.md  (ARGS=\"--resume\")"
	@echo "make coverage      the fast tests, and what of the rules they cover"
	@echo "make bench-quick   how fast, how late, and how far from a bare pipe (ARGS=\"--rounds 5 --json\")"
	@echo "make bench         the benchmarks, and a report of them   (ARGS=\"--only a,e\")"
	@echo "make bench-peers   the same four commands on ours, naive Faust, DBOS and Temporal"
	@echo "make generate      write the generated files again"

venv: $(STAMP)

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(None if sys.version_info >= (3, 11) else "Amends needs Python 3.11 or newer: make PYTHON=python3.12 ...")'
	@echo "== 1 of 4  making .venv"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "== 2 of 4  installing $$(grep -c == requirements.lock) packages, each checked by its hash: a minute or two"
	@$(PIP) install --require-hashes --no-deps --progress-bar off -r requirements.lock
	@echo "== 3 of 4  checking that they fit together"
	@$(PIP) check >.venv/check.txt || { cat .venv/check.txt; exit 1; }
	@echo "== 4 of 4  installing amends itself, from here"
	@$(PIP) install --no-deps --no-build-isolation -e .
	@rm -f .venv/.made-from-*
	@touch $(STAMP)

demo: $(STAMP)
	@$(BIN)/amends demo $(ARGS)

up: $(STAMP)
	@$(BIN)/amends up $(ARGS)

check: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/deptry .
	$(BIN)/python -m deploy.generate --check

generate: $(STAMP)
	$(BIN)/python -m deploy.generate

# Side by side, and with fewer drawn examples a property than `make test` takes.
test-fast: $(STAMP)
	$(BIN)/pytest $(FAST) -n 2 --hypothesis-profile fast -m "not connected and not kafka and not browser and not faults and not slow" $(ARGS)

test: $(STAMP) kafka
	$(BIN)/pytest --durations=15 $(ARGS)

# The fast tests alone: a tracer beside the greenlets of migrations in other threads can hang the interpreter.
# The rooms named are to be covered to the last branch.
coverage: $(STAMP)
	$(BIN)/pytest $(FAST) -q --cov --cov-report= -m "not connected and not kafka and not browser and not faults and not slow"
	$(BIN)/coverage report --fail-under=100 --include='schemas/*,workflow/case/*,workflow/machine/*,workflow/rules/*,workflow/schemes/*,workflow/handlers/*'

bench-quick: $(STAMP) kafka
	@$(BIN)/python -m tests.bench $(ARGS)

bench: $(STAMP) kafka
	@$(BIN)/python -m tests.bench.all $(ARGS)

bench-peers: $(STAMP) kafka
	@$(BIN)/python -m tests.bench.peers $(ARGS)

faults-quick: $(STAMP) kafka
	@$(BIN)/python -m tests.faults.run --quick $(ARGS)

simulate: $(STAMP)
	@$(BIN)/python -m tests.simulation $(ARGS)

# The clients run in greenlets, which change the standard library under whoever imports them: they live apart.
load: $(STAMP) kafka .venv-load/.made
	@$(BIN)/python -m tests.load $(ARGS)

.venv-load/.made: tests/load/requirements.lock
	@test -x .venv-load/bin/python || $(PYTHON) -m venv .venv-load
	@.venv-load/bin/python -m pip install --disable-pip-version-check --require-hashes --no-deps --quiet -r $<
	@touch $@

faults-long: $(STAMP) kafka
	@$(BIN)/python -m tests.faults.longrun $(ARGS)

faults: $(STAMP) kafka
	@$(BIN)/python -m tests.faults.run --full --report tests/faults/REPORT.md $(ARGS)

kafka: $(STAMP)
	@if [ "$(CI)" = true ]; then $(BIN)/python -m deploy.local.kafka fetch; \
	elif command -v mvn >/dev/null; then $(BIN)/python -m deploy.local.kafka fetch || echo "Apache Kafka was not fetched: its tests will be skipped, and say so"; \
	else echo "no Maven here: the tests on Apache Kafka will be skipped, and say so"; fi
