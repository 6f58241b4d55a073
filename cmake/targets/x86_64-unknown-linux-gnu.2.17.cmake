# Linux on x86-64, with glibc 2.17 or newer. Compiled by Zig, which has every version of glibc. The
# tests run on this machine, with Debian's glibc. Those in C++ are compiled by Debian's g++.
set(libgcc_s /lib/x86_64-linux-gnu/libgcc_s.so.1)
include(${CMAKE_CURRENT_LIST_DIR}/../zig.cmake)
