# The front door; each target sets up what it needs.
PREFIX ?= /usr/local
NEED_BUILD = cc=gcc c++=g++ cmake
TREE = build/release
MAKEFLAGS += --no-print-directory

demo: configure
	@cmake --build --preset release --target bedrock-token
	@tools/demo.sh $(TREE)/examples-c/bedrock-token

test: build
	cargo test --workspace --locked
	ctest --preset release

bench: build
	@benches/run.sh

lint:
	@tools/need.sh cc=gcc clang-format
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked -- -D warnings
	git ls-files '*.c' '*.h' '*.cpp' '*.hpp' | grep -v '/bedrock_token.h$$' | xargs clang-format --dry-run -Werror

test-go:
	@bindings/go/test.sh

test-python:
	@bindings/python/test.sh

test-conformance:
	@tools/pytest.sh tests/conformance

test-security: build
	@tests/security/run.sh

test-endpoint: build
	@tools/pytest.sh -q tests/endpoint

install: build
	cmake --install $(TREE) --prefix $(PREFIX)

package: build
	@tools/need.sh dh=debhelper dpkg-buildpackage=dpkg-dev help2man
	packaging/package.sh $(TREE)

test-abi: build
	@tools/need.sh abidiff=abigail-tools
	tests/abi/check.sh $(TREE)

test-install: build
	@tools/need.sh pkg-config meson ninja=ninja-build
	tests/install/linking.sh $(TREE)
	tests/install/cargo-c.sh $(TREE)

test-packages: package
	@tools/need.sh lintian pkg-config
	tests/install/packages.sh

configure:
	@tools/need.sh $(NEED_BUILD)
	@cmake --preset release >/dev/null

build: configure
	@cmake --build --preset release --parallel $$(nproc)

.PHONY: demo test bench lint install package configure build
.PHONY: test-abi test-install test-packages test-go test-python test-conformance test-endpoint test-security
