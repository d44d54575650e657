# The newest Python that TensorFlow has a wheel for; `make PYTHON=/path/to/python` chooses another.
PYTHON ?= $(firstword $(foreach name,python3 python3.13 python3.12 python3.11 python,$(shell $(name) -c \
	'import sys; (3, 11) <= sys.version_info[:2] <= (3, 13) and print("$(name)")' 2>/dev/null)))
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: run share test test-export endure lint bench clean

run: .venv/app
	$(BIN)/streamlit run streamlit_app.py

# For everybody on the local network: make share [PORT=8501] [CERT=cert.pem KEY=key.pem]
share: .venv/app
	@$(BIN)/python -m core share $(if $(PORT),--port "$(PORT)") $(if $(CERT),--cert "$(CERT)") $(if $(KEY),--key "$(KEY)")

test: .venv/tests
	$(BIN)/python -m pytest

# With what ONNX needs, which no other test installs
test-export: .venv/tests .venv/export
	$(BIN)/python -m pytest tests/unit/test_export.py tests/unit/test_takeaway.py

endure: .venv/tests
	$(BIN)/python -m pytest -s -m endurance tests/endurance

lint: .venv/tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	@sh tools/lint_js.sh

bench: .venv/tests
	$(BIN)/python -m benchmarks.training_speed
	$(BIN)/python -m benchmarks.training_speed --network convnet --epochs 1
	$(BIN)/python -m benchmarks.minute_to_99
	$(BIN)/python -m benchmarks.recognition_speed
	$(BIN)/python -m benchmarks.run_report
	$(BIN)/python -m benchmarks.refusal
	$(BIN)/python -m benchmarks.browser_latency
	$(BIN)/python -m benchmarks.watching
	$(BIN)/python -m benchmarks.recipe_accuracy --preset recipe-60k
	$(BIN)/python -m benchmarks.recipe_accuracy --preset recipe

clean:
	rm -rf .venv

.venv/python:
	@$(or $(PYTHON),python3) -c 'import sys; v = sys.version_info; sys.exit(None if (3, 11) <= v[:2] <= (3, 13) else \
	"Digit Studio needs Python 3.11, 3.12 or 3.13, because TensorFlow has no build for %d.%d. Install one of them, or say where it is: make PYTHON=/path/to/python3.13" % v[:2])'
	@$(PYTHON) -m venv .venv
	@touch $@

.venv/app: requirements.txt .venv/python
	@echo "Installing what the app needs (about 600 MB, once) …"
	@$(PIP) -r requirements.txt
	@touch $@

.venv/tests: requirements-dev.txt .venv/app
	@$(PIP) -r requirements-dev.txt
	@touch $@

.venv/export: requirements-export.txt .venv/app
	@$(PIP) -r requirements-export.txt
	@touch $@
