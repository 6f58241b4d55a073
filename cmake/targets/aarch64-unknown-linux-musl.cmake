# Linux on 64-bit ARM, with musl: Alpine. Compiled by Zig. The tests run under qemu.
set(CMAKE_CROSSCOMPILING_EMULATOR qemu-aarch64-static -L ${CMAKE_CURRENT_LIST_DIR}/../../target/arm64)
include(${CMAKE_CURRENT_LIST_DIR}/../zig.cmake)
