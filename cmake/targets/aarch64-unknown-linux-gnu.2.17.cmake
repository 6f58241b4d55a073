# Linux on 64-bit ARM, with glibc 2.17 or newer. Compiled by Zig, which has every version of glibc. The
# tests run under qemu, with Debian's glibc. Those in C++ are compiled by Debian's g++.
set(CMAKE_CROSSCOMPILING_EMULATOR qemu-aarch64-static -L /usr/aarch64-linux-gnu)
set(libgcc_s /usr/aarch64-linux-gnu/lib/libgcc_s.so.1)
include(${CMAKE_CURRENT_LIST_DIR}/../zig.cmake)
