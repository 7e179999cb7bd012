# `make demo` and `make test` need nothing before them: each installs what is missing, and is quick when run again.

JOBS ?= $(shell getconf _NPROCESSORS_ONLN)
SWIFT_FILES := Package.swift Sources Tests Fuzz Benchmarks/Sources $(wildcard Examples/*/Sources)
# The environment's python3 comes first, for the examples.
WITH_VENV := PATH="$(CURDIR)/.venv/bin:$$PATH"

# Where `make install` puts the command.
PREFIX ?= $(HOME)/.local

.PHONY: demo test test-recipes build install page browser bench bench-live bench-suspend bench-search fuzz fuzz-keep format lint clean setup-demo setup-test bench-curves bench-simulate bench-schedulers bench-dashboard reproduce-hyperdrive

demo: setup-demo page build
	$(WITH_VENV) .build/release/attune run Examples/digits/experiment.yaml

test: setup-test page browser
	@JOBS=$(JOBS) python3 Scripts/run_tests.py

# The recipes with all their frameworks, which are large: 1.9 GB.
test-recipes:
	@Scripts/recipes.sh

# Swift's own libraries are linked in: the command then runs on machines without Swift, and starts faster. At a fixed address it has
# 150,000 places less to relocate at every start, and without exported symbols no table of them to read: half of the time that
# `attune --version` takes, and scripts call `attune ask` once a trial.
ifeq ($(shell uname),Linux)
LINKING := -Xlinker -no-pie -Xlinker --no-export-dynamic
endif

# C++'s library and SQLite, too, where there are archives of them: the loader then has no 2,000 symbols to look up at every start, 1 ms
# and 1.5 MB. The linker finds archives under these names, and only while the command is linked: other products want shared ones.
ARCHIVES := stdc++ sqlite3 z
RELEASE := .build/release

build:
	swift build -c release --static-swift-stdlib --product attune-supervise -j $(JOBS)
	@for name in $(ARCHIVES); do \
	  file=$$(cc -print-file-name=lib$$name.a 2>/dev/null) && [ -f "$$file" ] && ln -sf "$$file" $(RELEASE)/; done; true
	swift build -c release --static-swift-stdlib $(LINKING) --product AttuneCommand -j $(JOBS); \
	  status=$$?; rm -f $(ARCHIVES:%=$(RELEASE)/lib%.a); exit $$status
	@ln -sf AttuneCommand .build/release/attune

# What the dashboard's page draws with; it is fetched, not committed.
page:
	@python3 Scripts/fetch_page.py

# For the tests of the page, which are left out where there is none.
browser:
	@Scripts/browser.sh

PAGE := share/attune/dashboard

install: build page
	install -d "$(PREFIX)/bin" "$(PREFIX)/$(PAGE)/vendor"
	install -m 755 .build/release/attune .build/release/attune-supervise "$(PREFIX)/bin"
	install -m 644 Sources/AttuneDashboard/Page/*.* "$(PREFIX)/$(PAGE)"
	[ ! -d Sources/AttuneDashboard/Page/vendor ] || install -m 644 Sources/AttuneDashboard/Page/vendor/* "$(PREFIX)/$(PAGE)/vendor"
	@echo "installed attune in $(PREFIX)/bin"

bench: setup-test build
	$(WITH_VENV) Scripts/bench.sh

bench-live: setup-test build
	$(WITH_VENV) Scripts/bench-live.sh

bench-suspend: setup-test build
	$(WITH_VENV) Scripts/bench-suspend.sh

bench-simulate: setup-test
	$(WITH_VENV) Scripts/bench-simulate.sh

# Our own scheduler beside the others, on recorded curves. SCHEDULERS="--rows digits" for less.
bench-schedulers: setup-test build
	$(WITH_VENV) Scripts/bench-schedulers.sh $(SCHEDULERS)

# The page in a browser: 10,000 trials, and from a report to its pixel.
bench-dashboard: setup-test page browser build
	$(WITH_VENV) python3 Benchmarks/dashboard.py

# The figures of HyperDrive's evaluation. HYPERDRIVE="--only digits,live" for less.
reproduce-hyperdrive: setup-test build
	$(WITH_VENV) Scripts/reproduce-hyperdrive.sh $(HYPERDRIVE)

# Hours the first time: other libraries search, too. What they found is kept. SEARCH="--instances 1" for less.
bench-search: build
	@JOBS=$(JOBS) Scripts/bench-search.sh $(SEARCH)

# Curve predictors: their cost, and their numbers beside published ones where ../shared has them.
bench-curves:
	@JOBS=$(JOBS) Scripts/bench-curves.sh

# The decoder against a coverage-guided fuzzer; SECONDS=3600 for long. `fuzz-keep` also replaces the corpus that the tests replay.
SECONDS ?= 60
fuzz:
	python3 Fuzz/fuzz.py --seconds $(SECONDS)

fuzz-keep:
	python3 Fuzz/fuzz.py --seconds $(SECONDS) --keep

format:
	swift format -i -r $(SWIFT_FILES)

lint:
	swift format lint -r -s $(SWIFT_FILES)

clean:
	rm -rf .build .venv Benchmarks/.build Examples/*/.build

setup-demo:
	@Scripts/setup.sh Examples/digits/requirements.txt

setup-test:
	@Scripts/setup.sh Examples/digits/requirements.txt Scripts/requirements.txt
