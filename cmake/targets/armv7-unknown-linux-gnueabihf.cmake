# Linux on 32-bit ARM, with glibc. The tests run under qemu.
set(CMAKE_SYSTEM_PROCESSOR armv7)
set(gnu arm-linux-gnueabihf)
set(qemu qemu-arm-static)
include(${CMAKE_CURRENT_LIST_DIR}/../gcc.cmake)
