# Linux on IBM Z, which is big-endian, with glibc. The tests run under qemu.
set(gnu s390x-linux-gnu)
include(${CMAKE_CURRENT_LIST_DIR}/../gcc.cmake)
