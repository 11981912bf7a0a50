# What one does every day. `make` alone prints this list; ARGS, PKG and the
# like can be given to those that name them: make run ARGS="--listen :9090".

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

# Node may be one that scripts/install put into .cache.
export PATH := $(CURDIR)/.cache/node/bin:$(PATH)

PKG ?= ./...
HAS_UI := $(wildcard ui/package.json)
NODE_MODULES := $(if $(HAS_UI),ui/node_modules/.package-lock.json)
# The tools' versions are theirs alone, not the workspace's.
TOOL := GOWORK=off go tool -modfile=tools/go.mod

.PHONY: help run build test check release-check drift generate ui e2e race fuzz facts-score explain-score explain-load bench benchstat dev screenshots vulncheck clean

help: ## Print this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile

run: build ## Start X-Ray on its own PostgreSQL (installed if missing); ARGS="…"
	@scripts/install postgresql
	bin/xray serve $(ARGS)

build: ## Build bin/xray; GOFLAGS=-trimpath for a release (tests then share no build cache)
	GOWORK=off go build -ldflags "-X main.version=$$(scripts/version)" -o bin/xray ./cmd/xray

test: build $(NODE_MODULES) ## Install what tests need, and run all of them
	@scripts/test

check: drift ## Look at the code: gofmt, go vet, staticcheck, and drift of generated files
	scripts/lint

drift: generate ui ## Fail if a generated file is not what its source says
	scripts/drift

generate: $(NODE_MODULES) ## Generate Go and TypeScript from internal/api/openapi.yaml
	cd internal/api && GOWORK=off go tool -modfile=../../tools/go.mod oapi-codegen -config oapi-codegen.yaml openapi.yaml
	$(if $(HAS_UI),cd ui && npm run --silent generate)

ui: $(NODE_MODULES) ## Build the UI into ui/dist, which is committed and embedded
	$(if $(HAS_UI),cd ui && npm run build)

e2e: build $(NODE_MODULES) ## Run the end-to-end tests: the real binary, the browser
	@scripts/test e2e

race: ## Run the Go tests with the race detector; PKG=./store/...
	@scripts/install postgresql
	go test -race $(PKG)

fuzz: ## Run each fuzz test for FUZZTIME (10s); PKG=./receiver/...
	scripts/fuzz $(PKG)

facts-score: build ## Print how many planted causes the facts find, and false alarms
	go test -count=1 -run TestCorpusScore -v ./reasoner/facts
	@scripts/install postgresql
	cd internal/e2e && XRAY_BIN=$(CURDIR)/bin/xray go test -count=1 -run TestCorpusScore -v .

explain-score: ## Score a model on planted causes: OPENAI_BASE_URL=… XRAY_MODEL=…; a stand-in if none is given
	XRAY_EXPLAIN_SCORE=1 go test -count=1 -timeout 3h -run TestExplainScore -v ./reasoner

explain-load: build ## Queue 1000 executions for a slow, failing stand-in of a model, and ingest beside it; N=…
	@scripts/install postgresql
	cd internal/e2e && XRAY_BIN=$(CURDIR)/bin/xray XRAY_EXPLAIN_LOAD=$(or $(N),1000) go test -count=1 -timeout 1h -run TestAQueueOfExplanations -v .

bench: build ## Measure ingest: spans/s, CPU, memory, disk; ARGS="--workload=llm"
	@scripts/install postgresql
	go run ./cmd/xray-bench $(ARGS)

benchstat: ## Run the Go benchmarks, compare with main; BENCH=. COUNT=6 PKG=./...
	@scripts/install postgresql
	scripts/bench $(PKG)

dev: build $(NODE_MODULES) ## Start X-Ray, and the UI with live reload before it
	@scripts/install postgresql
	scripts/dev

screenshots: build $(NODE_MODULES) ## Take the pictures of the documentation anew
	CHROMIUM="$$(scripts/install chromium)" npm --prefix ui run screenshots

# Not in check: it reads the database of vulnerabilities from the network.
vulncheck: ## Look for known vulnerabilities in what we depend on
	$(TOOL) govulncheck ./...

release-check: ## Build what a release publishes into dist/, and try it (docs/releasing.md)
	@scripts/install postgresql
	@scripts/release-check $(ARGS)

clean: ## Remove what was built, and what was installed into .cache
	rm -rf bin dist .cache ui/node_modules

ui/node_modules/.package-lock.json: ui/package-lock.json
	@scripts/install node
	@# Not npm ci: it insists on lock entries for every platform's optional
	@# binaries, which a registry that serves only this platform's never gave us.
	@# --no-save installs what the lock file says and leaves it as it is.
	cd ui && npm install --no-save --no-audit --no-fund
	@touch $@
