# The whole interface: make run, make test, make lint, make lock.
.DEFAULT_GOAL := help
.PHONY: help run test lint lock

PYTEST := .venv/bin/python -m pytest -n auto
TEST_DATABASE_URL ?= postgres://postgres@127.0.0.1:5432/postgres
TEST_REDIS_URL ?= redis://127.0.0.1:6379/15
REACHABLE := import psycopg, redis; \
	psycopg.connect("$(TEST_DATABASE_URL)", connect_timeout=2); redis.Redis.from_url("$(TEST_REDIS_URL)").ping()

help:  ## list the targets
	@grep -E '^[a-z]+:.*##' Makefile | sed -E 's/^([a-z]+):.*## /make \1\t/'

run:  ## install what is missing and run Manyi with demo data (PORT, DATA_DIR, DATABASE_URL, REDIS_URL)
	@python3 start.py

test:  ## run all tests on SQLite, and again on PostgreSQL and Redis where they can be reached (TEST_DATABASE_URL, TEST_REDIS_URL)
	@python3 start.py --tests
	$(PYTEST) -m "not postgres"
	@if .venv/bin/python -c '$(REACHABLE)' 2>/dev/null; then set -x; \
		DATABASE_URL=$(TEST_DATABASE_URL) REDIS_URL=$(TEST_REDIS_URL) $(PYTEST) -m "not browser"; \
	else echo "PostgreSQL or Redis cannot be reached: second run left out."; test -z "$$CI"; fi

lint:  ## check style, templates, the direction of the apps, migrations and translations
	@python3 start.py --tests
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/djlint templates --lint --quiet
	.venv/bin/lint-imports
	.venv/bin/python manage.py makemigrations --check --dry-run
	.venv/bin/python .ci/check-translations

lock:  ## make the hash-locked lists anew after a change of requirements*.txt
	for list in requirements requirements-channels requirements-dev requirements-local; do \
		.venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
			--no-emit-index-url --no-annotate --no-header $$list.txt --output-file $$list.lock || exit 1; \
	done
