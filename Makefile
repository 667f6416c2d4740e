# make help lists what there is. Nothing here needs a tool that is not in go.mod,
# in internal/tools/lint/go.mod or, for css and spec, in a package.json under web;
# fuzz-api installs its own.

SHELL := /bin/bash
.DEFAULT_GOAL := help

LINT := bin/golangci-lint
# What generate and css write; verify proves that it is current.
GENERATED := '*_templ.go' static/css

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: run
run: build ## start the demo on http://127.0.0.1:8080; ARGS="--listen 127.0.0.1:9000"
	bin/quittance demo $(ARGS)

.PHONY: build
build: ## build bin/quittance
	go build -o bin/quittance ./cmd/quittance

.PHONY: test
test: ## install what the tests need, run them all, count them per part; ARGS="-race"
	@go run ./internal/tools/testrun $(ARGS)

.PHONY: crashtest
crashtest: ## the long crash test on both engines; ARGS="-seed 42"
	go test ./internal/crashtest -count=1 -run TestCrash -timeout 2h -v -args -long $(ARGS)

.PHONY: bench
bench: ## measure pages, checkout and PDF beside their baselines, and over a million orders; ARGS="-many 0"
	go test ./internal/bench -count=1 -run '^$$' -bench Report -benchtime 1x -timeout 30m -args $(ARGS)

.PHONY: fuzz-api
fuzz-api: ## fuzz the demo's API by its own document, for two minutes; ARGS="-time 30s -seed 42"
	@go run ./internal/tools/testrun fuzz-api $(ARGS)

.PHONY: spec
spec: ## lint the API's OpenAPI documents (needs npm)
	@npm --prefix web/api/spectral ci --ignore-scripts --silent
	web/api/spectral/node_modules/.bin/spectral lint --fail-severity hint --ruleset web/api/spectral/ruleset.yaml 'web/api/*/openapi.yaml'

.PHONY: verify
verify: generate css ## prove that all generated is current, tidy, linted and in its place
	@git diff --exit-code -- $(GENERATED) || { echo 'verify: generated files were not current; they are now'; exit 1; }
	@new=$$(git ls-files --others --exclude-standard -- $(GENERATED)); \
		[ -z "$$new" ] || { printf 'verify: generated and not committed:\n%s\n' "$$new"; exit 1; }
	@bad=$$(git ls-files -z '*.go' | xargs -0 gofmt -l); \
		[ -z "$$bad" ] || { printf 'verify: make fmt would change:\n%s\n' "$$bad"; exit 1; }
	go mod tidy -diff
	go run ./internal/verify/cmd/imports
	@$(MAKE) --no-print-directory spec lint

.PHONY: generate
generate: ## write the Go of all templ files
	go tool templ generate -log-level error

.PHONY: css
css: ## build static/css from web/assets (needs npm)
	@# not "npm ci": it wants every system's build of the optional packages in the lock file
	npm --prefix web/assets install --no-save --no-audit --no-fund --silent
	npm --prefix web/assets run --silent build

.PHONY: fmt
fmt: ## format Go and templ files
	git ls-files -z '*.go' | xargs -0 gofmt -w
	go tool templ fmt -log-level error templates

.PHONY: lint
lint: $(LINT) ## run golangci-lint, built on first use from the version in internal/tools/lint
	$(LINT) run ./...

$(LINT): internal/tools/lint/go.mod internal/tools/lint/go.sum
	cd internal/tools/lint && go build -o ../../../$(LINT) github.com/golangci/golangci-lint/v2/cmd/golangci-lint
