# Two doors: `make demo` plays the product, `make test` proves it. Both install first.
FITS := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 12))
PYTHON ?= $(shell for p in python3.12 python3.11 python3; do $$p -c '$(FITS)' 2>/dev/null && echo $$p && break; done)

# A folder of wheels to install from, without any network: `make install WHEELS=wheels`.
WHEELS ?=
PIP := .venv/bin/python -m pip
LOCKED := --quiet --disable-pip-version-check --require-hashes --only-binary :all: --no-deps -r
OFFLINE := $(if $(WHEELS),--no-index --find-links "$(WHEELS)")

# Tests of whole processes wait a good deal: two more shares than cores keep all of them busy.
SHARES := $(shell expr $$(nproc) + 2)

.PHONY: install wheels demo test unit lock bench bench-fanout

install: .venv/.installed

# A new lock makes the environment anew; new metadata only installs the project again.
.venv/.locked: requirements.lock
	@"$(PYTHON)" -c '$(FITS)' 2>/dev/null || { echo "需要 Python 3.11 或 3.12：apt install python3 python3-venv"; exit 1; }
	@"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || { echo "缺少 venv 模块：apt install $(notdir $(PYTHON))-venv"; exit 1; }
	@test -z "$(WHEELS)" || test -d "$(WHEELS)" || { echo "没有文件夹 $(WHEELS)：先在能联网的同样的机器上运行 make wheels，再整个拷过来"; exit 1; }
	rm -rf .venv
	$(PYTHON) -m venv .venv
	$(PIP) install $(OFFLINE) $(LOCKED) requirements.lock
	@touch $@

.venv/.installed: .venv/.locked pyproject.toml
	$(PIP) install --quiet --disable-pip-version-check --no-index --no-deps --no-build-isolation -e .
	@touch $@

# Every wheel of the lock for this machine's Python, to be carried to one without a network. What
# only earlier patch releases of Python need comes along: the other machine may have one.
wheels: .venv/.locked
	mkdir -p wheels
	sed "s/ ; python_full_version < '[0-9.]*'//" requirements.lock > wheels/requirements.txt
	$(PIP) download --dest wheels $(LOCKED) wheels/requirements.txt

demo: install
	.venv/bin/jinlin demo

test: install
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/lint-imports
	.venv/bin/python -m pytest --cov --cov-report=term -n $(SHARES) --dist loadfile --no-loadscope-reorder

# The quick inner loop: no processes, no PostgreSQL.
unit: install
	.venv/bin/python -m pytest -q tests/rules tests/dialogues -k "not postgresql"

bench: install
	.venv/bin/python -m tests.benchmarks.turns

bench-fanout: install
	.venv/bin/python -m tests.benchmarks.fanout

# Needs uv; names packages and hashes only.
lock:
	uv pip compile --universal --generate-hashes --python-version 3.11 --extra dev --no-emit-index-url --no-emit-find-links pyproject.toml -o requirements.lock
