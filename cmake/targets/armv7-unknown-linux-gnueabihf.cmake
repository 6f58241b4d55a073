# Linux on 32-bit ARM, with glibc. The tests run under qemu.
set(gnu arm-linux-gnueabihf)
include(${CMAKE_CURRENT_LIST_DIR}/../gcc.cmake)
