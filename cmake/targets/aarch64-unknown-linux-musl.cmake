# Linux on 64-bit ARM, with musl: Alpine. Compiled by Zig. The tests run under qemu.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(BEDROCK_TOKEN_RUST_TARGET aarch64-unknown-linux-musl)
set(CMAKE_CROSSCOMPILING_EMULATOR qemu-aarch64-static -L ${CMAKE_CURRENT_LIST_DIR}/../../target/arm64)
set(zig_target aarch64-linux-musl)
set(zig_unwinder -lunwind)
include(${CMAKE_CURRENT_LIST_DIR}/../zig.cmake)
