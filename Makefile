# Everything that a target needs and that is missing, it installs: through apt-get
# as root or with sudo, and through the Go module proxy into .cache.

PREFIX ?= /usr/local
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
# A fresh machine may have no Go, or an old one: the first rule that needs Go
# asks this script for the directory of one that can build the module.
GO_DIR = $(eval GO_DIR := $(shell rootfs-scripts/install-go.sh))$(GO_DIR)
NEED_GO = export PATH="$(or $(GO_DIR),$(error no Go: see above)):$$PATH"
TOOLS = .cache/bin
AS_ROOT = $(if $(filter 0,$(shell id -u)),,sudo)
SCRIPTS = $(shell find rootfs-scripts -name '*.sh') .ci/run $(wildcard lessons/*/*/*.sh)
GO_SOURCES = $(wildcard cmd internal lessons pkg rootfs-scripts slides)

export CGO_ENABLED := 0
# Of this checkout alone: what it keeps names files, and another's may be gone.
export GOLANGCI_LINT_CACHE := $(CURDIR)/.cache/golangci-lint
# In a clone of another user, git refuses to tell the version, and go to build.
export GOFLAGS := $(GOFLAGS) -buildvcs=false

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help build install install-built uninstall demo fmt lint bench bench-bomb man clean \
	test-needs

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 28

build: ## bin/workshop, one static binary
	@$(NEED_GO) && go build -trimpath -ldflags '-s -w -X main.version=$(VERSION)' \
		-o bin/workshop ./cmd/workshop

demo: build ## play the lessons, without a keypress where there is no terminal
	@rootfs-scripts/install-packages.sh apparmor iproute2
	@bin/workshop rootfs path >/dev/null 2>&1 || $(AS_ROOT) bin/workshop rootfs build busybox
	$(AS_ROOT) bin/workshop tour

# What sudo has made here is the user's, whose next make writes there again.
install: build man install-built ## the binary, its manual and completions, below PREFIX
	@test "$$(id -u)" != 0 || test -z "$${SUDO_UID:-}" || { chown -R "$$SUDO_UID:$$SUDO_GID" bin man && \
		for made in .cache .cache/go; do ! test -d $$made || chown "$$SUDO_UID:$$SUDO_GID" $$made; done; }

# What is built already. A file that is the same is not touched: install -C would
# still set its owner and its mode.
SHARE = $(DESTDIR)$(PREFIX)/share
# fish looks below /usr/local/share only where XDG_DATA_DIRS names it.
FISH = $(if $(filter /usr/local,$(PREFIX)),$(DESTDIR)/etc/fish/completions,$(SHARE)/fish/vendor_completions.d)
install-built:
	@put() { cmp -s "$$2" "$$3" || install -v -D -m "$$1" "$$2" "$$3"; } && \
	new=$$(mktemp) && trap 'rm "$$new"' EXIT && \
	put 755 bin/workshop "$(DESTDIR)$(PREFIX)/bin/workshop" && \
	for page in man/*.1; do put 644 $$page "$(SHARE)/man/man1/$${page#man/}" || exit; done && \
	for to in bash="$(SHARE)/bash-completion/completions/workshop" \
		zsh="$(SHARE)/zsh/site-functions/_workshop" fish="$(FISH)/workshop.fish"; do \
		bin/workshop completion $${to%%=*} >"$$new" && put 644 "$$new" "$${to#*=}" || exit; \
	done

# What is not ours stays, whatever it is called: the pages are those that were made here.
uninstall: ## take that away again; the root filesystems: workshop rootfs rm --help
	@test -d man || { echo "man/ is missing, which names the pages to remove: make man"; exit 1; }
	@for page in man/*.1; do rm -fv "$(SHARE)/man/man1/$${page#man/}"; done
	@rm -fv "$(DESTDIR)$(PREFIX)/bin/workshop" "$(SHARE)/bash-completion/completions/workshop" \
		"$(SHARE)/zsh/site-functions/_workshop" "$(FISH)/workshop.fish"

man: ## the manual pages, in man/
	@rm -rf man
	@$(NEED_GO) && go run -tags man -ldflags '-X main.version=$(VERSION)' ./cmd/workshop man man

lint: $(TOOLS)/golangci-lint $(TOOLS)/gofumpt $(TOOLS)/shfmt ## read the code for mistakes
	@rootfs-scripts/install-packages.sh shellcheck
	@$(NEED_GO) && go vet ./... && $(TOOLS)/golangci-lint run
	@test -z "$$($(TOOLS)/gofumpt -l $(GO_SOURCES) | tee /dev/stderr)" || \
		{ echo "not formatted: run make fmt"; exit 1; }
	shellcheck $(SCRIPTS)
	$(TOOLS)/shfmt -d $(SCRIPTS)

fmt: $(TOOLS)/gofumpt $(TOOLS)/shfmt ## format Go and shell
	$(TOOLS)/gofumpt -w $(GO_SOURCES)
	$(TOOLS)/shfmt -w $(SCRIPTS)

# How often make bench runs each.
ROUNDS ?= 50

bench: build ## how fast, against runc and bwrap, in turn
	@rootfs-scripts/install-packages.sh busybox-static runc bubblewrap
	@bin/workshop rootfs path busybox >/dev/null 2>&1 || $(AS_ROOT) bin/workshop rootfs build busybox
	@$(NEED_GO) && go run ./internal/bench -rounds $(ROUNDS)

bench-bomb: build ## what the host feels of 200 fork bombs: two minutes
	@rootfs-scripts/install-packages.sh bash busybox-static
	@bin/workshop rootfs path busybox >/dev/null 2>&1 || $(AS_ROOT) bin/workshop rootfs build busybox
	@$(NEED_GO) && go test ./pkg/bomb -run '^$$' -bench Bomb -benchtime 200x

# What the tests run as other programs. What they cannot have, they skip and say.
test-needs: build
	@rootfs-scripts/install-packages.sh apparmor bubblewrap busybox-static iproute2 \
		libcap2-bin linux-libc-dev mmdebstrap procps runc
	@for kind in busybox debian; do bin/workshop rootfs path $$kind >/dev/null 2>&1 || \
		$(AS_ROOT) bin/workshop rootfs build $$kind || exit; done
	@$(AS_ROOT) rootfs-scripts/vm/vagrant.sh || echo "no vagrant to test the Vagrantfile with" >&2

clean: ## what was built; .cache stays
	rm -rf bin man

# The tools are built once, from the versions in tools/go.mod.
$(TOOLS)/%: tools/go.mod tools/go.sum
	@mkdir -p $(TOOLS)
	@echo "building $* into $(TOOLS), once" >&2
	@$(NEED_GO) && go -C tools build -o ../$@ $$(sed -n 's|^\t\(.*/$*\)$$|\1|p' tools/go.mod)

-include vm.mk
