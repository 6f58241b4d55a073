# Windows on x86-64, by MinGW-w64. The tests run under wine.
set(BEDROCK_TOKEN_RUST_TARGET x86_64-pc-windows-gnu)
set(CMAKE_SYSTEM_NAME Windows)
set(CMAKE_SYSTEM_PROCESSOR AMD64)
set(CMAKE_C_COMPILER x86_64-w64-mingw32-gcc-posix)
set(CMAKE_CXX_COMPILER x86_64-w64-mingw32-g++-posix)
set(CMAKE_EXE_LINKER_FLAGS_INIT -static) # so that programs run without the compiler's DLLs
set(CMAKE_CROSSCOMPILING_EMULATOR env WINEDEBUG=-all wine)
