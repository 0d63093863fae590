# Everything a newcomer needs: `make demo` and `make test`. Both do their own set-up on a fresh Debian
# with cargo, or say in one line what to install where they may not.

CARGO ?= cargo
ARGS ?=

.PHONY: help demo test bench lint soak setup fmt

help:
	@echo "make demo   play the day in Nanhai against a real server (make demo ARGS=--exit to stop at its end)"
	@echo "make test   every test of the workspace"
	@echo "make bench  figures as a table, and target/bench/report.json"
	@echo "make lint   rustfmt and clippy, warnings refused"
	@echo "make soak   the randomised tests, longer"

setup:
	@sh scripts/setup.sh

demo: setup
	@$(CARGO) build --quiet --bin lastmile-server
	@$(CARGO) run --quiet --bin lastmile-server -- demo $(ARGS)

test:
	@sh scripts/setup.sh test
	$(CARGO) test --workspace
	@echo "Android's side by Maven: a few minutes, the first time with about 700 MB from its repository"
	@sh scripts/android-test.sh

bench: setup
	$(CARGO) run --release --quiet -p lastmile-tests --bin bench -- $(ARGS)
	@test -n "$(ARGS)" || sh scripts/android-figures.sh

lint: setup
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets -- -D warnings

soak:
	@sh scripts/setup.sh test
	LASTMILE_SOAK=1 PROPTEST_CASES=2000 $(CARGO) test --release --workspace

fmt:
	$(CARGO) fmt --all
