# Linux on IBM Z, which is big-endian, with glibc. The tests run under qemu.
# needs: s390x-linux-gnu-gcc=gcc-s390x-linux-gnu s390x-linux-gnu-g++=g++-s390x-linux-gnu qemu-s390x-static=qemu-user-static
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR s390x)
set(BEDROCK_TOKEN_RUST_TARGET s390x-unknown-linux-gnu)
set(CMAKE_C_COMPILER s390x-linux-gnu-gcc)
set(CMAKE_CXX_COMPILER s390x-linux-gnu-g++)
set(CMAKE_CROSSCOMPILING_EMULATOR qemu-s390x-static -L /usr/s390x-linux-gnu)
