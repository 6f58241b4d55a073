# Linux on 64-bit ARM, with glibc. The tests run under qemu.
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(gnu aarch64-linux-gnu)
set(qemu qemu-aarch64-static)
include(${CMAKE_CURRENT_LIST_DIR}/../gcc.cmake)
