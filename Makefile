# make demo: the whole job end to end on this machine.   make test: everything that must hold before a change lands.
# make bench: what the speed is, into docs/benchmarks.md; BENCH="landing rest" measures these rows only.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: demo test lint check servers bench chaos soak pictures lock audit clean

demo: $(STAMP)
	$(BIN)/mailbot demo

test: $(STAMP) servers lint check

servers:
	sh tests/servers/install

lint: $(STAMP)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

check: $(STAMP)
	$(BIN)/pytest -n 4 --dist worksteal --durations=20

bench: $(STAMP) servers
	$(BIN)/python -m tests.bench $(BENCH)
	$(if $(BENCH),,$(BIN)/python -m tests.bench.mailbox)

chaos: $(STAMP) servers
	$(BIN)/python -m tests.chaos $(if $(FAULTS),--faults $(FAULTS)) $(if $(SEED),--seed $(SEED))
	$(if $(FAULTS),,$(BIN)/python -m tests.chaos.shared $(if $(SEED),--seed $(SEED)))

# An hour of the service with a message each second; MINUTES=2 is a shorter one.
soak: $(STAMP) servers
	$(BIN)/python -m tests.soak $(if $(MINUTES),--minutes $(MINUTES)) $(if $(SEED),--seed $(SEED))

# In a venv of its own: it brings two dozen packages. Without network it says so, and fails nothing.
audit: $(STAMP)
	@test -x $(VENV)/audit/bin/pip-audit || { $(BIN)/python -m venv $(VENV)/audit && $(VENV)/audit/bin/pip install -q --disable-pip-version-check pip-audit; } || echo "NOT AUDITED  pip-audit could not be installed"
	@$(BIN)/python deploy/audit.py $(VENV)/audit/bin/pip-audit

# To be looked at. What is missing of chromium, libreoffice-calc, poppler-utils and fonts-crosextra-carlito, it names.
pictures: $(STAMP)
	$(BIN)/python -m tests.rollup.pictures pictures

lock: $(STAMP)
	$(BIN)/pip install -q uv
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-annotate --extra demo --extra ocr --extra procrastinate --extra test -o deploy/requirements.lock pyproject.toml
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-annotate --extra ocr --extra procrastinate -c deploy/requirements.lock -o deploy/requirements-run.lock pyproject.toml

# A venv needs ensurepip, which Debian keeps in a package of its own.
$(STAMP): pyproject.toml deploy/requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "mailbot needs Python 3.11 or newer")'
	@test -x $(BIN)/pip || $(PYTHON) -m venv $(VENV) 2>/dev/null || \
	  { rm -rf $(VENV); echo "installing the venv module of Python"; \
	    SUDO=$$(test "$$(id -u)" = 0 || echo sudo); \
	    $$SUDO apt-get update -qq; \
	    $$SUDO apt-get install -y -qq "python$$($(PYTHON) -c 'import sys; print("%d.%d" % sys.version_info[:2])')-venv" && $(PYTHON) -m venv $(VENV); }
	$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r deploy/requirements.lock
	$(BIN)/pip install -q --disable-pip-version-check --no-deps -e .
	$(BIN)/python -m compileall -q mailbot  # as pip does with all but an editable package: 0.15 s of every start
	@touch $@

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache demo-output
