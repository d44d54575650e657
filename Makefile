# Everything that is done with this project, as a target; `make help` lists them.

# The newest Python that TensorFlow has a wheel for; `make PYTHON=/path/to/python` chooses another.
PYTHON ?= $(firstword $(foreach name,python3 python3.13 python3.12 python3.11 python,$(shell $(name) -c \
	'import sys; (3, 11) <= sys.version_info[:2] <= (3, 13) and print("$(name)")' 2>/dev/null)))
BIN := .venv/$(if $(filter Windows_NT,$(OS)),Scripts,bin)
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
# What was tested, with hashes. `make LOCKED=no` installs the newest versions within the tested ranges instead, for
# platforms that have no file for a locked version.
LOCKED ?= yes
REQUIREMENTS = $(if $(filter no,$(LOCKED)),-r $(1).txt,--require-hashes -r $(1).lock)
COMPILE = $(BIN)/uv pip compile --quiet --upgrade --universal --fork-strategy fewest --python-version 3.11 \
	--generate-hashes --no-annotate --no-emit-index-url --custom-compile-command "make lock"
# Which tests `make test` runs, all of them by default, and in how many processes: while one waits for a browser or a
# training, another computes. All tests in a browser run in one process, and all tests of a file. PROCESSES=0 runs them
# one after the other.
TESTS ?=
PROCESSES ?= 2
# What `make image` builds with, and what is installed in the image beside the app.
ENGINE ?= $(firstword $(foreach name,podman docker,$(shell $(name) info >/dev/null 2>&1 && echo $(name))))
EXTRA ?=

.PHONY: run share test test-export test-map endure lint format lock pictures bench bench-ocr cluster image clean help

run: .venv/app ## Serve the app on this machine [PORT=8501] [PROXY_NAME=host]
	@$(BIN)/python -m core serve $(if $(PORT),--port "$(PORT)") $(if $(PROXY_NAME),--host "$(PROXY_NAME)")

share: .venv/app ## Serve the app to a class on the local network [OPEN=1] [LOGIN=1] [PORT=8501] [PROXY_NAME=host] [CERT=cert.pem KEY=key.pem]
	@$(BIN)/python -m core share $(if $(OPEN),--open) $(if $(LOGIN),--login) $(if $(PORT),--port "$(PORT)") $(if $(PROXY_NAME),--host "$(PROXY_NAME)") $(if $(CERT),--cert "$(CERT)") $(if $(KEY),--key "$(KEY)")

test: .venv/tests ## Run the tests [TESTS=tests/unit] [PROCESSES=2]
	$(BIN)/python -m pytest -n $(PROCESSES) --dist loadgroup --no-loadscope-reorder $(TESTS)

test-export: .venv/tests .venv/export ## Run the tests of exports with what ONNX needs, which no other test installs
	$(BIN)/python -m pytest tests/unit/export

test-map: .venv/tests .venv/map ## Run the tests of the map of digits with openTSNE, which no other test installs
	$(BIN)/python -m pytest tests/unit/explanation/test_digit_map.py

endure: .venv/tests ## Run the tests that take too long for `make test`: kills, full disks, leaks
	$(BIN)/python -m pytest -s -m endurance tests/endurance

lint: .venv/tests ## Check style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/basedpyright --pythonpath $(BIN)/python
	@sh tools/lint_js.sh

format: .venv/tests ## Format the Python files and put their imports in order
	$(BIN)/ruff check --select I --fix .
	$(BIN)/ruff format .

lock: .venv/tests ## Make the lock files anew, with the newest versions in the ranges of the requirements files
	$(COMPILE) -o requirements.lock requirements.txt
	$(COMPILE) -c requirements.lock -o requirements-dev.lock requirements-dev.txt
	$(COMPILE) -c requirements.lock -o requirements-export.lock requirements-export.txt
	$(COMPILE) -c requirements.lock -o requirements-map.lock requirements-map.txt
	$(COMPILE) -c requirements.lock -o requirements-ocr.lock requirements-ocr.txt
	$(COMPILE) -c requirements.lock -o requirements-cluster.lock requirements-cluster.txt

pictures: .venv/tests ## Take the pictures of the documents anew, from the real app in a Chromium
	$(BIN)/python -m docs.pictures

bench: .venv/tests ## Measure most figures of the documents, two hours or more (make -i bench goes on where a limit is missed)
	$(BIN)/python -m benchmarks.training_speed
	$(BIN)/python -m benchmarks.step_limit
	$(BIN)/python -m benchmarks.training_speed --network convnet --epochs 1
	$(BIN)/python -m benchmarks.preset_epoch
	$(BIN)/python -m benchmarks.minute_to_99
	$(BIN)/python -m benchmarks.recognition_speed
	$(BIN)/python -m benchmarks.command_line
	$(BIN)/python -m benchmarks.run_report
	$(BIN)/python -m benchmarks.refusal
	$(BIN)/python -m benchmarks.explanations
	$(BIN)/python -m benchmarks.unseen_forms
	$(BIN)/python -m benchmarks.number_reading
	$(BIN)/python -m benchmarks.browser_latency
	$(BIN)/python -m benchmarks.inside_latency
	$(BIN)/python -m benchmarks.many_runs
	$(BIN)/python -m benchmarks.first_visit
	$(BIN)/python -m benchmarks.first_visit --busy
	$(BIN)/python -m benchmarks.session_overhead --pairs 5 --epochs 15
	$(BIN)/python -m benchmarks.load
	$(BIN)/python -m benchmarks.load --people
	$(BIN)/python -m benchmarks.server_memory
	$(BIN)/python -m benchmarks.recipe_accuracy --preset recipe-60k
	$(BIN)/python -m benchmarks.recipe_accuracy --preset recipe
	$(BIN)/python -m benchmarks.fashion_mnist
	$(BIN)/python -m benchmarks.data_import
	$(BIN)/python -m benchmarks.teaching
	$(BIN)/python -m benchmarks.sweep
	$(BIN)/python -m benchmarks.bulk_reading
	$(BIN)/python -m benchmarks.cluster
	$(BIN)/python -m benchmarks.cluster --kills 20
	$(BIN)/python -m benchmarks.cluster_processes

bench-ocr: .venv/tests .venv/ocr ## Measure the reading of numbers beside RapidOCR and Tesseract [FOLDER=with a numbers.csv]
	$(BIN)/python -m benchmarks.number_reading $(if $(FOLDER),"$(FOLDER)")

cluster: .venv/cluster ## Install what a machine needs to be part of a cluster: Dask; docs/scale.md says how it joins

image: ## Build the container image [EXTRA=cluster] [ENGINE=podman]
	@test -n "$(ENGINE)" || { echo "Neither podman nor docker answers on this machine. Install one of them, or start its service; docs/serving.md has more."; exit 1; }
	BUILDAH_FORMAT=docker $(ENGINE) build --file Containerfile --build-arg "EXTRA=$(EXTRA)" --tag "digit-studio$(if $(EXTRA),:$(EXTRA))" .

clean: ## Remove the environment and all caches; runs stay
	rm -rf .venv .pytest_cache .ruff_cache .hypothesis dist node_modules

help: ## List the targets
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/\1|\2/p' Makefile | while IFS='|' read -r name what; do \
		printf '  make %-12s %s\n' "$$name" "$$what"; done

.venv/python:
	@$(or $(PYTHON),python3) -c 'import sys; v = sys.version_info; sys.exit(None if (3, 11) <= v[:2] <= (3, 13) else \
	"Digit Studio needs Python 3.11, 3.12 or 3.13, because TensorFlow has no build for %d.%d. Install one of them, or say where it is: make PYTHON=/path/to/python3.13" % v[:2])'
	@$(PYTHON) -m venv .venv
	@touch $@

.venv/app: requirements.txt requirements.lock .venv/python
	@echo "Installing what the app needs (about 600 MB, once) …"
	@$(PIP) $(call REQUIREMENTS,requirements) || { echo "$(NOT_INSTALLED)"; exit 1; }
	@touch $@

.venv/tests: requirements-dev.txt requirements-dev.lock .venv/app
	@$(PIP) $(call REQUIREMENTS,requirements-dev) || { echo "$(NOT_INSTALLED)"; exit 1; }
	@touch $@

.venv/export: requirements-export.txt requirements-export.lock .venv/app
	@$(PIP) $(call REQUIREMENTS,requirements-export) || { echo "$(NOT_INSTALLED)"; exit 1; }
	@touch $@

.venv/map: requirements-map.txt requirements-map.lock .venv/app
	@$(PIP) $(call REQUIREMENTS,requirements-map) || { echo "$(NOT_INSTALLED)"; exit 1; }
	@touch $@

.venv/ocr: requirements-ocr.txt requirements-ocr.lock .venv/app
	@$(PIP) $(call REQUIREMENTS,requirements-ocr) || { echo "$(NOT_INSTALLED)"; exit 1; }
	@touch $@

.venv/cluster: requirements-cluster.txt requirements-cluster.lock .venv/app
	@$(PIP) $(call REQUIREMENTS,requirements-cluster) || { echo "$(NOT_INSTALLED)"; exit 1; }
	@touch $@

NOT_INSTALLED = The installation failed; the lines above say why. Where this platform has no file for a locked version, \
	install the newest versions within the tested ranges instead: make LOCKED=no
