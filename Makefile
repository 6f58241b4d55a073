# The front door; each target sets up what it needs.
PREFIX ?= /usr/local
NEED_BUILD = cc=gcc c++=g++ cmake
TREE = build/release
MAKEFLAGS += --no-print-directory

demo: configure
	@cmake --build --preset release --target bedrock-token
	@scripts/demo $(TREE)/examples-c/bedrock-token

test: build
	cargo test --workspace --locked
	ctest --preset release

bench: build
	@benches/run

lint:
	@scripts/need cc=gcc clang-format
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked -- -D warnings
	git ls-files '*.c' '*.h' '*.cpp' '*.hpp' | grep -v '/bedrock_token.h$$' | xargs clang-format --dry-run -Werror

test-go:
	@bindings/go/test

test-python:
	@bindings/python/test

test-languages:
	@tests/languages/run

test-trust: build
	@tests/trust/run

install: build
	cmake --install $(TREE) --prefix $(PREFIX)

package: build
	@scripts/need dh=debhelper dpkg-buildpackage=dpkg-dev help2man
	packaging/package $(TREE)

test-abi: build
	@scripts/need abidiff=abigail-tools
	tests/abi/check $(TREE)

test-linking: build
	@scripts/need pkg-config meson ninja=ninja-build
	tests/linking $(TREE)
	tests/cargo-c $(TREE)

test-packages: package
	@scripts/need lintian pkg-config
	tests/packages

configure:
	@scripts/need $(NEED_BUILD)
	@cmake --preset release >/dev/null

build: configure
	@cmake --build --preset release --parallel $$(nproc)

.PHONY: demo test bench lint install package configure build
.PHONY: test-abi test-linking test-packages test-go test-python test-languages test-trust
