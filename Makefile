# make demo: see it work. make test: see that it works. The rest is for those who change it.
PYTHON = .venv/bin/python
MANAGE = DEBUG=1 $(PYTHON) manage.py

.PHONY: install demo test thorough faults lint format bench lock messages screenshots

install: .venv/installed

.venv/installed: requirements.lock
	@sh .ci/venv
	@touch $@

# PORT=8000, DATA=.local/demo and DWELLINGS=1200 are the defaults; DATABASE_URL and REDIS_URL name servers of your own.
demo: install
	@$(PYTHON) manage.py demo

test: install
	@$(PYTHON) -m $(if $(ARGS),pytest $(ARGS),tests)

# Every case of every test, and what takes a minute: every page by everybody in every look, every odd word, every walk,
# and how the servers of the demo start, stop and are killed. `make test` takes a sample of these.
thorough: install
	@$(PYTHON) -m tests --thorough

# A tenth of the trials that break the servers (their own); FULL=1 for all, SEED= for those of another run, ARGS= for some.
faults: install
	@env -u DATABASE_URL -u REDIS_URL FAULTS=1 $(PYTHON) -m $(if $(ARGS),pytest -q $(ARGS),tests --faults)

lint: install
	$(PYTHON) -m ruff check
	$(PYTHON) -m ruff format --check
	$(PYTHON) -m mypy .
	$(PYTHON) -m djlint --lint --quiet templates
	.venv/bin/lint-imports

format: install
	$(PYTHON) -m ruff check --fix
	$(PYTHON) -m ruff format

bench: install
	@$(PYTHON) manage.py bench $(ARGS)

screenshots: install
	@$(MANAGE) screenshots $(ARGS)

# Needs gettext. Dates of extraction would make every run a change.
messages: install
	$(MANAGE) makemessages --locale nl --no-location --no-wrap --extension html,txt,py --ignore .venv --ignore .local --ignore tests
	sed '/^"POT-Creation-Date/d' locale/nl/LC_MESSAGES/django.po > locale/nl/LC_MESSAGES/django.po.new
	mv locale/nl/LC_MESSAGES/django.po.new locale/nl/LC_MESSAGES/django.po
	$(MANAGE) compile_translations

# Needs uv. One lock for every system and Python, with hashes and without the name of any index.
lock:
	uv pip compile --quiet --universal --generate-hashes --no-header --no-emit-index-url --no-emit-find-links \
	  --python-version 3.11 pyproject.toml --group embedded --group test --group dev -o requirements.lock
