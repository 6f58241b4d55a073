# Linux on 32-bit x86, with glibc. The tests run under qemu.
set(gnu i686-linux-gnu)
set(qemu i386)
include(${CMAKE_CURRENT_LIST_DIR}/../gcc.cmake)
