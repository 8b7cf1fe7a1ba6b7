# The tests, on this machine and in guests with AppArmor and cgroup v2 alone.
#
# TEST_PACKAGES      what runs on this machine
# VM_PACKAGES        what runs in the guests: what has to do with the kernel. The rest
#                    is the same on this machine
# VM_ARM64_PACKAGES  what runs in the arm64 guest: the lessons, and what they are made
#                    of that knows numbers of system calls; and the compiler of profiles
# VM_LIMIT           wall-clock limit of a guest
# VM_TEST_TIMEOUT    of one package's tests in a guest
# VM_MEMORY          a guest's memory
# VM_SUITE           the release of the machine of make vm and make test-provision,
#                    where it is not to be this machine's
# VM_PORT            where port 8080 of make vm's machine is, on 127.0.0.1
VM_PACKAGES ?= ./cmd/... $(addprefix ./internal/,sudo testenv) $(addprefix ./pkg/,attack audit bomb cgroup check \
	container/... demo doctor exercise inside matrix observe seccomp steps)
VM_ARM64_PACKAGES ?= ./cmd/... ./internal/testenv $(addprefix ./pkg/,apparmor attack exercise seccomp steps)
VM_QEMU = $(if $(filter aarch64,$(shell uname -m)),qemu-system-arm,qemu-system-x86)
export VM_SUITE VM_PORT TEST_PACKAGES VM_PACKAGES VM_ARM64_PACKAGES VM_LIMIT VM_TEST_TIMEOUT VM_MEMORY

.PHONY: test test-local test-vm test-vm-noapparmor test-provision vm vm-clean

test: lint test-needs ## everything: lint, the tests here, the tests in both guests
	@$(NEED_GO) && rootfs-scripts/vm/test.sh local amd64 arm64

test-local: test-needs ## the tests on this machine
	@$(NEED_GO) && rootfs-scripts/vm/test.sh local

test-vm: ## the tests in a guest, amd64 and arm64
	@$(NEED_GO) && rootfs-scripts/vm/test.sh amd64 arm64

test-vm-noapparmor: ## lesson 08's tests must fail where AppArmor is off
	@$(NEED_GO) && rootfs-scripts/vm/test.sh noapparmor

test-provision: ## provision.sh twice in a Debian of its own, and doctor there
	@rootfs-scripts/install-packages.sh e2fsprogs mmdebstrap $(VM_QEMU)
	@$(NEED_GO) && rootfs-scripts/vm/test.sh debian

vm: build man ## log in to a virtual machine where every lesson runs
	@rootfs-scripts/install-packages.sh e2fsprogs mmdebstrap $(VM_QEMU)
	@$(NEED_GO) && rootfs-scripts/vm/login.sh

vm-clean: ## throw that machine away, with what was written in it
	$(AS_ROOT) rm -rf .cache/vm/debian .cache/vm/base-*.tar
