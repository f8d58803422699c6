# make run     the panel on this machine (PORT, DATABASE_URL, DEMO=0, CLIENTELA_ADMIN_EMAIL, CLIENTELA_ADMIN_PASSWORD)
# make test    everything, as CI does: the checks, then all tests on SQLite, PostgreSQL and in a browser
# make trust   the same with the long tests and every case of the others: longer walks, every entity, the whole demo
# make bench   what ownership costs on a million customers; the databases stay in BENCHMARK_FOLDER (instance/benchmark)
# make check   the quick checks: style, types, layers, templates
# make format  put the code into shape
# make lock    renew the lock files from pyproject.toml, requirements-node.in and package.json

PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/pip install --quiet --disable-pip-version-check --require-hashes
CODE := $(wildcard app.py models admin_views seed tests benchmarks)
ICONS_FROM := $(shell find admin_views templates -name '*.py' -o -name '*.html' 2>/dev/null)
SPRITE := admin_views/static/vendor/icons.svg
export PATH := $(CURDIR)/$(BIN):$(PATH)

.DELETE_ON_ERROR:
.PHONY: run test trust bench check format lock assets

run: .venv/.run $(SPRITE)
	@exec flask --app app clientela serve

test: check
	@tests/setup.sh
	pytest -n 2 --dist worksteal $(ARGS)

trust: override ARGS += --trust
trust: test

bench: .venv/.dev $(SPRITE)
	@python -m benchmarks $(ARGS)

check: .venv/.dev $(SPRITE)
	ruff check
	ruff format --check
	mypy $(CODE)
	pytest -q tests/layers

format: .venv/.dev
	ruff check --fix
	ruff format

assets: $(SPRITE)

.venv/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Clientela needs Python 3.11 or newer.")'
	$(PYTHON) -m venv .venv

.venv/.run: requirements.txt | .venv/bin/python
	$(PIP) -r requirements.txt
	@touch $@

.venv/.dev: requirements.txt requirements-dev.txt requirements-schemas.txt | .venv/bin/python
	$(PIP) -r requirements-dev.txt
	$(PIP) --no-deps -r requirements-schemas.txt
	@touch $@ .venv/.run

# A Node.js that is too old for the tools, or none at all, is replaced by one inside the virtual environment.
.venv/.node: requirements-node.txt | .venv/bin/python
	node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' 2>/dev/null || $(PIP) -r requirements-node.txt
	@touch $@

node_modules/.installed: package.json package-lock.json .npmrc .venv/.node
	npm ci --silent
	@touch $@

$(SPRITE): node_modules/.installed $(ICONS_FROM) | .venv/bin/python
	python -m admin_views.assets

lock: .venv/.dev
	pip-compile --upgrade -o requirements.txt pyproject.toml
	pip-compile --upgrade --extra dev -c requirements.txt -o requirements-dev.txt pyproject.toml
	pip-compile --upgrade -o requirements-node.txt requirements-node.in
	npm update --package-lock-only
