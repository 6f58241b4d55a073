# The front door. Each target installs the tools that it needs, or names them.
PREFIX ?= /usr/local
NEED_BUILD = cc=gcc c++=g++ cmake
TREE = build/release
PROCESSORS = $(shell getconf _NPROCESSORS_ONLN)
NATIVE = $(shell uname -m)-unknown-linux-gnu.2.17
MAKEFLAGS += --no-print-directory

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-17s %s\n", $$1, $$2 }' Makefile

demo: configure ## Generate a token and show what is in it
	@cmake --build --preset release --parallel $(PROCESSORS) --target generate-cpp
	@tools/demo.sh $(TREE)/examples-c/generate-cpp

ifeq ($(BEDROCK_TOKEN_BUILT),$(CURDIR)) # by .ci/run, which runs two targets at a time
build library programs: ;
else
build: configure ## Build the library, the command and the examples into build/release
	@cmake --build --preset release --parallel $(PROCESSORS)

library: ## Build the library and the command only, without a C++ compiler
	@cmake --preset release -DBUILD_TESTING=OFF >/dev/null
	@cmake --build --preset release --parallel $(PROCESSORS)

programs: configure
	@cmake --build --preset release --parallel $(PROCESSORS) --target programs
endif

# Under sudo there may be no Rust, so it installs the result of an earlier `make library`.
install: $(if $(SUDO_USER),,library) ## Install the library and the command into PREFIX (/usr/local)
	cmake --install $(TREE) --prefix $(PREFIX)
	@rm -f $(TREE)/install_manifest.txt

dist: ## Make the files of a release in dist/, for every platform
	@packaging/dist.sh

test: programs ## Run the tests of core, the C ABI and C++
	cargo test --workspace --locked
	ctest --preset release --no-tests=error --parallel $(PROCESSORS)

test-all: ## Run every test, also those that take hours
	@.ci/run --all

test-abi: build ## Compare the ABI with the promised one
	@tools/need.sh abidiff=abigail-tools
	tools/pytest.sh tests/abi

test-bare: ## Build a fresh clone, and install the files of dist/, on bare machines
	@tools/pytest.sh tests/bare

test-cli: build ## Feed the command with the AWS CLI's output, and wire it into programs
	@tools/need.sh /usr/bin/aws=awscli curl fish groff mandoc npm systemd-analyze=systemd zsh
	@tools/pytest.sh tests/cli

test-conformance: ## Run the test vectors through every language
	@tools/pytest.sh tests/conformance

test-cost: build ## Compare the instructions and the size of the library with their limits
	@tools/need.sh cc=gcc valgrind strip=binutils
	benches/cost.py

test-dist: ## Install each file of dist/ as its user does, and use it
	@tools/pytest.sh tests/dist

test-endpoint: build ## Call a server that checks tokens as the services do
	@tools/need.sh cc=gcc c++=g++ curl curl-config=libcurl4-openssl-dev keytool=openjdk-17-jre-headless mvn=maven \
	  node=nodejs npm php=php-cli /usr/share/doc/php-curl=php-curl pkg-config ruby /usr/share/doc/ruby-ffi=ruby-ffi
	@tools/pytest.sh -q tests/endpoint

test-go: ## Test the Go package
	@bindings/go/test.sh

test-hosts: library ## Run the library inside nginx, PHP-FPM, Puma, gunicorn, uvicorn and Celery
	@tools/need.sh nginx /usr/lib/nginx/modules/ngx_http_lua_module.so=libnginx-mod-http-lua \
	  /usr/lib/$$(uname -m)-linux-gnu/lua/5.1/cjson.so=lua-cjson faketime pgrep=procps \
	  php-fpm8.2=php8.2-fpm puma /usr/share/doc/ruby-ffi=ruby-ffi gunicorn celery uvicorn=python3-uvicorn \
	  /usr/lib/python3/dist-packages/uvloop=python3-uvloop
	@tools/pytest.sh tests/hosts

test-install: build ## Link and build against the installed library in every way that is documented
	@tools/need.sh clang pkg-config meson ninja=ninja-build curl-config=libcurl4-openssl-dev
	tools/pytest.sh tests/install

test-javascript: ## Build, install and test the npm package, in each runtime
	@bindings/javascript/test.sh

test-miri: ## Run core and the C ABI under Miri, which reports undefined behaviour
	@tests/miri/run.sh

test-mutants: ## Change the source in one place after the other: a test must fail each time
	@tools/need.sh $(NEED_BUILD)
	@tests/mutants/run.py

test-packages: ## Make the archive and the Python wheel for this machine, install and use them
	@PACKERS="packaging/archive.sh bindings/python/pack.sh" packaging/dist.sh $(NATIVE)
	@tools/pytest.sh tests/dist -k native

test-platforms: ## Test the platforms of tier 2 (docs/PLATFORMS.md)
	@targets=$$(packaging/targets.py tier=2) || exit; status=0; \
	for target in $$targets; do tools/target.sh $$target || status=1; done; exit $$status

test-python: ## Build, install and test the Python package
	@bindings/python/test.sh

test-security: build ## Test what SECURITY.md claims
	@tools/need.sh cc=gcc valgrind git
	tools/pytest.sh tests/security

test-target: ## Build for TARGET, which is Rust's name, and test it there, under an emulator
	@tools/target.sh $(TARGET)

test-thorough: build ## Test what SECURITY.md claims at length: sanitizers, valgrind, fuzzing, other builds
	@tools/need.sh cc=gcc c++=g++ valgrind
	tools/pytest.sh -m thorough tests/security

test-vectors: ## Compare the test vectors with the official generators
	tests/vectors/make.sh --check

bench: build ## Compare the speed with other generators and signers
	@benches/run.sh bench

bench-languages: ## Compare the speed of each language's binding with its alternative
	@benches/run.sh languages

lint: ## Check the format and the style of every file
	@tools/lint.sh

format: ## Format every file
	@tools/lint.sh --fix

update: ## Write what is made from other files: headers, snippets, versions, tables, locks
	cargo update --quiet --workspace && cargo update --quiet --workspace --manifest-path fuzz/Cargo.toml
	BEDROCK_TOKEN_UPDATE=1 cargo test --quiet --test copies versions
	BEDROCK_TOKEN_UPDATE=1 cargo test --quiet --test copies
	packaging/targets.py --update
	$$(tools/venv.sh lint tools/requirements.txt)/uv pip compile --quiet --universal --no-build --python-version 3.11 \
	  --generate-hashes --no-annotate --custom-compile-command "make update" \
	  --output-file tools/requirements.lock $$(git ls-files '*requirements.txt')

configure:
	@tools/need.sh $(NEED_BUILD)
	@cmake --preset release -DBUILD_TESTING=ON >/dev/null

.PHONY: help demo build library programs install dist bench bench-languages lint format update configure
.PHONY: $(shell sed -n 's/^\(test[a-z-]*\):.*/\1/p' Makefile)
