# Linux on 64-bit ARM, with glibc 2.17 or newer. Compiled by Zig, which has every version of glibc. The
# tests run under qemu, with Debian's glibc. Those in C++ are compiled by Debian's g++.
# needs: aarch64-linux-gnu-g++=g++-aarch64-linux-gnu qemu-aarch64-static=qemu-user-static
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(BEDROCK_TOKEN_RUST_TARGET aarch64-unknown-linux-gnu)
set(CMAKE_CROSSCOMPILING_EMULATOR qemu-aarch64-static -L /usr/aarch64-linux-gnu)
set(zig_target aarch64-linux-gnu.2.17)
# glibc itself and C++ programs unwind with libgcc_s, so Zig's unwinder would not fit. Debian's needs a
# newer glibc, and the one beside an old glibc has the same functions.
set(libgcc_s /usr/aarch64-linux-gnu/lib/libgcc_s.so.1)
set(zig_unwinder "-Wl,--allow-shlib-undefined ${libgcc_s}")
set(BEDROCK_TOKEN_RUSTFLAGS "-Clink-arg=-Wl,--allow-shlib-undefined -Clink-arg=${libgcc_s}")
include(${CMAKE_CURRENT_LIST_DIR}/../zig.cmake)
set(CMAKE_CXX_COMPILER aarch64-linux-gnu-g++)
set(CMAKE_CXX_STANDARD_LIBRARIES "")
