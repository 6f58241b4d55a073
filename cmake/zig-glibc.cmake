# Zig for an old glibc: the files in targets/ include this one. Set before: the variables of zig.cmake;
# libgcc_s, Debian's.
# glibc itself and C++ programs unwind with libgcc_s, so Zig's unwinder would not fit. Debian's needs a
# newer glibc, and the one beside an old glibc has the same functions.
set(zig_unwinder "-Wl,--allow-shlib-undefined ${libgcc_s}")
set(BEDROCK_TOKEN_RUSTFLAGS "-Clink-arg=-Wl,--allow-shlib-undefined -Clink-arg=${libgcc_s}")
include(${CMAKE_CURRENT_LIST_DIR}/zig.cmake)
set(CMAKE_CXX_COMPILER ${CMAKE_SYSTEM_PROCESSOR}-linux-gnu-g++)
set(CMAKE_CXX_STANDARD_LIBRARIES "")
