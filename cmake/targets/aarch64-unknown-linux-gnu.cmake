# Linux on 64-bit ARM, with glibc. The tests run under qemu.
set(gnu aarch64-linux-gnu)
include(${CMAKE_CURRENT_LIST_DIR}/../gcc.cmake)
