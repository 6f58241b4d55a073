# Linux on 32-bit ARM, with glibc. The tests run under qemu.
# needs: arm-linux-gnueabihf-gcc=gcc-arm-linux-gnueabihf arm-linux-gnueabihf-g++=g++-arm-linux-gnueabihf qemu-arm-static=qemu-user-static
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR armv7)
set(BEDROCK_TOKEN_RUST_TARGET armv7-unknown-linux-gnueabihf)
set(CMAKE_C_COMPILER arm-linux-gnueabihf-gcc)
set(CMAKE_CXX_COMPILER arm-linux-gnueabihf-g++)
# With a time_t of 64 bits, tests/c/clock.h takes the place of the clock that Rust reads. The library
# does not depend on this: there is no time_t in its header.
set(CMAKE_C_FLAGS_INIT "-D_TIME_BITS=64 -D_FILE_OFFSET_BITS=64")
set(CMAKE_CXX_FLAGS_INIT "${CMAKE_C_FLAGS_INIT}")
set(CMAKE_CROSSCOMPILING_EMULATOR qemu-arm-static -L /usr/arm-linux-gnueabihf)
