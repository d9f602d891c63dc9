# Every command of a contributor's day. `make` lists them; tests/support holds what they do.

.DEFAULT_GOAL := help
.PHONY: help dev demo simulator test lint types sanity units playbooks eda oldest matrix awx molecule ee chaos benchmark coverage format docs picture screenshots build release-check clean

# The first Python that starts and is new enough: a name on PATH may be a shim with nothing behind it.
PYTHON := $(shell for p in python3 python3.13 python3.12 python3.11 "$${PYENV_ROOT:-$$HOME/.pyenv}"/versions/3.1[1-9]*/bin/python3; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$p" && break; done)
ifeq ($(PYTHON),)
$(error Python 3.11 or newer is needed)
endif
DEMO := .cache/venv/demo/bin
CHECK := "$(PYTHON)" -m tests.support.check

help:  ## List the commands
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | while IFS="$$(printf '\t')" read -r name text; do printf '  make %-14s %s\n' "$$name" "$$text"; done

dev:  ## Make .venv, in which the checkout is the collection zstack.tickets
	@"$(PYTHON)" -m tests.support.environments dev

demo:  ## Play a ticket's life against the simulator
	@"$(PYTHON)" -m tests.support.environments demo >/dev/null
	@$(DEMO)/python -m demo.run

simulator:  ## Run the simulator, and print what points other shells at it
	@"$(PYTHON)" -m tests.support.environments demo >/dev/null
	@echo "export PATH=\"$$PWD/$(DEMO):\$$PATH\""
	@exec $(DEMO)/python -m tests.simulator --port 0

test:  ## Check everything, as before a merge
	@$(CHECK) lint types docs build sanity units playbooks eda oldest molecule awx ee

lint:  ## Style, spelling, types, documentation, changelog
	@$(CHECK) lint types

types:  ## Types alone
	@$(CHECK) types

sanity:  ## ansible-test sanity with the oldest and the newest ansible-core
	@$(CHECK) sanity

units:  ## Tests below Ansible
	@$(CHECK) units

playbooks:  ## Playbooks against the simulator
	@$(CHECK) playbooks

eda:  ## Rulebooks and their event source against the simulator. ansible-rulebook needs Java 17
	@$(CHECK) eda

oldest:  ## Units and a part of the playbooks with the oldest ansible-core, the modules' code with the oldest Python
	@$(CHECK) oldest

matrix:  ## Playbooks with every ansible-core before the newest, sanity with those in between
	@$(CHECK) matrix

awx:  ## AWX: its set-up, and its jobs by ansible-runner
	@$(CHECK) awx

molecule:  ## The roles' scenarios, in which a simulator is the server
	@$(CHECK) molecule

ee:  ## Execution and decision environments, as far as that goes without containers
	@$(CHECK) ee

chaos: dev  ## SEEDS=1000 draws of tasks and faults, or the one of SEED=7 with its story
	@.venv/bin/python -m tests.chaos $(if $(SEED),--seed $(SEED) --verbose,--seeds $(or $(SEEDS),1000))

benchmark:  ## Measure the collection against other ways, into docs; QUICK=1 tries it and writes nothing
	@"$(PYTHON)" -m tests.support.environments benchmark >/dev/null
	@.cache/venv/benchmark/bin/python -m tests.benchmarks $(if $(QUICK),--quick)

coverage: dev  ## Units, chaos and playbooks, and which lines they leave out
	@.venv/bin/pytest tests/unit tests/chaos tests/playbooks -q -n 2 --cov="$$PWD/plugins" --cov-report=term-missing

format: dev  ## Put the code into its standard form
	@.venv/bin/ruff check --fix-only .
	@.venv/bin/ruff format .

docs:  ## The documentation site, in .cache/docs/build/html
	@$(CHECK) docs

picture: dev  ## The picture of a ticket's life, from the table of moves
	@.venv/bin/python -m tests.support.picture

screenshots: dev  ## The pictures of the report page, which needs Chromium
	@.venv/bin/python -m tests.support.screenshots

build:  ## The tarball for Galaxy, in .cache/build, checked as Galaxy does
	@$(CHECK) build

release-check:  ## Whether the version in galaxy.yml may be released, line by line
	@"$(PYTHON)" -m tests.support.environments dev >/dev/null
	@.venv/bin/python -m tests.support.release

clean:  ## Remove environments, caches, logs and builds
	rm -rf .venv .cache .ansible .hypothesis .mypy_cache .ruff_cache tests/output
