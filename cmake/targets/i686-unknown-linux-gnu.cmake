# Linux on 32-bit x86, with glibc. The tests run under qemu.
set(CMAKE_SYSTEM_PROCESSOR i686)
set(gnu i686-linux-gnu)
set(qemu qemu-i386-static)
include(${CMAKE_CURRENT_LIST_DIR}/../gcc.cmake)
