# Linux on x86-64, with musl: Alpine. Compiled by Zig. The tests run on this machine.
include(${CMAKE_CURRENT_LIST_DIR}/../zig.cmake)
