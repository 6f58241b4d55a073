# Linux on x86-64, with musl: Alpine. Compiled by Zig. The tests run on this machine.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR x86_64)
set(BEDROCK_TOKEN_RUST_TARGET x86_64-unknown-linux-musl)
set(zig_target x86_64-linux-musl)
set(zig_unwinder -lunwind)
include(${CMAKE_CURRENT_LIST_DIR}/../zig.cmake)
