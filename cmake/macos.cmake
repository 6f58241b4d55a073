# Clang as the compiler and linker for macOS: the files in targets/ include this one. Set before:
# CMAKE_SYSTEM_PROCESSOR, as Apple names it, and CMAKE_OSX_DEPLOYMENT_TARGET, the oldest macOS.
# It links with the linker of LLVM that comes with Rust: Zig's exports more than rustc asks for. Of
# Apple's SDK it needs the list of libSystem's symbols, which Zig has; LLVM does not know one kind of
# processor in it. As in the SDK, libc and libm are other names of libSystem. rustc names libiconv too, and
# nothing of it is used. With -S the linker does not name the object files: their folder would change the
# UUID, which is a hash of the file.
set(CMAKE_SYSTEM_NAME Darwin)
get_filename_component(BEDROCK_TOKEN_RUST_TARGET ${CMAKE_PARENT_LIST_FILE} NAME_WLE)
execute_process(
  COMMAND ${CMAKE_CURRENT_LIST_DIR}/../tools/zig.sh
  OUTPUT_VARIABLE zig_programs OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
cmake_path(SET CMAKE_OSX_SYSROOT NORMALIZE ${zig_programs}/../macos)
file(GLOB lib_system ${zig_programs}/../lib/python3*/site-packages/ziglang/lib/libc/darwin/libSystem.tbd)
file(READ ${lib_system} lib_system)
string(REGEX REPLACE ",[ \n]*arm64e\\.x1-[a-z]+" "" lib_system "${lib_system}")
foreach(library System c m iconv)
  file(CONFIGURE OUTPUT ${CMAKE_OSX_SYSROOT}/usr/lib/lib${library}.tbd CONTENT "${lib_system}" @ONLY)
endforeach()
execute_process(COMMAND rustc --print target-libdir OUTPUT_VARIABLE rust_libraries
                OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
set(program ${zig_programs}/cc-${CMAKE_SYSTEM_PROCESSOR}-macos)
file(CONFIGURE OUTPUT ${program} @ONLY CONTENT "#!/bin/sh
exec clang --target=@CMAKE_SYSTEM_PROCESSOR@-apple-macos@CMAKE_OSX_DEPLOYMENT_TARGET@ -isysroot '@CMAKE_OSX_SYSROOT@' \\
  --ld-path='@rust_libraries@/../bin/gcc-ld/ld64.lld' -mlinker-version=609 -Wl,-S -Wno-unused-command-line-argument \"$@\"
")
file(CHMOD ${program} PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE)
set(CMAKE_C_COMPILER ${program})
