# Linux on x86-64, with glibc. The tests run on this machine.
set(BEDROCK_TOKEN_RUST_TARGET x86_64-unknown-linux-gnu)
set(CMAKE_C_COMPILER x86_64-linux-gnu-gcc)
set(CMAKE_CXX_COMPILER x86_64-linux-gnu-g++)
