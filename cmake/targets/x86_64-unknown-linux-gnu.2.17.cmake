# Linux on x86-64, with glibc 2.17 or newer. Compiled by Zig, which has every version of glibc. The
# tests run on this machine, with Debian's glibc. Those in C++ are compiled by Debian's g++.
# needs: x86_64-linux-gnu-g++=g++ x86_64-linux-gnu-ld.bfd=binutils
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR x86_64)
set(BEDROCK_TOKEN_RUST_TARGET x86_64-unknown-linux-gnu)
set(zig_target x86_64-linux-gnu.2.17)
# glibc itself and C++ programs unwind with libgcc_s, so Zig's unwinder would not fit. Debian's needs a
# newer glibc, and the one beside an old glibc has the same functions.
set(libgcc_s /lib/x86_64-linux-gnu/libgcc_s.so.1)
set(zig_unwinder "-Wl,--allow-shlib-undefined ${libgcc_s}")
set(BEDROCK_TOKEN_RUSTFLAGS "-Clink-arg=-Wl,--allow-shlib-undefined -Clink-arg=${libgcc_s}")
include(${CMAKE_CURRENT_LIST_DIR}/../zig.cmake)
set(CMAKE_CXX_COMPILER x86_64-linux-gnu-g++)
set(CMAKE_CXX_STANDARD_LIBRARIES "")
