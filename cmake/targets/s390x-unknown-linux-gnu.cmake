# Linux on IBM Z, which is big-endian, with glibc. The tests run under qemu.
set(CMAKE_SYSTEM_PROCESSOR s390x)
set(gnu s390x-linux-gnu)
set(qemu qemu-s390x-static)
include(${CMAKE_CURRENT_LIST_DIR}/../gcc.cmake)
