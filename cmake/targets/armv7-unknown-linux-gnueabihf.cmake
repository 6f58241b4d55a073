# Linux on 32-bit ARM, with glibc. The tests run under qemu.
# needs: arm-linux-gnueabihf-gcc=gcc-arm-linux-gnueabihf arm-linux-gnueabihf-g++=g++-arm-linux-gnueabihf qemu-arm-static=qemu-user-static
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR armv7)
set(BEDROCK_TOKEN_RUST_TARGET armv7-unknown-linux-gnueabihf)
set(CMAKE_C_COMPILER arm-linux-gnueabihf-gcc)
set(CMAKE_CXX_COMPILER arm-linux-gnueabihf-g++)
set(CMAKE_CROSSCOMPILING_EMULATOR qemu-arm-static -L /usr/arm-linux-gnueabihf)
