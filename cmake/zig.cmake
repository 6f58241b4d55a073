# Zig as the compiler and linker for another platform: the files in targets/ include this one. It has
# the C library of every target, also old versions of glibc. Set before: zig_target, Zig's name of it.
# cargo-zigbuild runs Zig, and takes out rustc's arguments that Zig does not know. cargo takes one
# program as its linker, so each target has a program of its own.
execute_process(
  COMMAND ${CMAKE_CURRENT_LIST_DIR}/../tools/zig.sh
  OUTPUT_VARIABLE zig_programs OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
file(GLOB zig ${zig_programs}/../lib/python3*/site-packages/ziglang/zig)
foreach(language cc c++)
  set(program ${zig_programs}/${language}-${zig_target})
  file(CONFIGURE OUTPUT ${program} @ONLY CONTENT "#!/bin/sh
export CARGO_ZIGBUILD_ZIG_COMMAND='@zig@'
exec '@zig_programs@/cargo-zigbuild' zig @language@ -- -target @zig_target@ \"$@\"
")
  file(CHMOD ${program} PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE)
endforeach()
set(CMAKE_C_COMPILER ${zig_programs}/cc-${zig_target})
set(CMAKE_CXX_COMPILER ${zig_programs}/c++-${zig_target})
# Other compilers add this to each program by themselves: docs/LINKING.md, "The unwinder".
set(CMAKE_C_STANDARD_LIBRARIES "${zig_unwinder}")
set(CMAKE_CXX_STANDARD_LIBRARIES "${zig_unwinder}")
# Zig names this machine's binutils as its own, which know one kind of processor.
set(BEDROCK_TOKEN_BINUTILS ${CMAKE_SYSTEM_PROCESSOR}-linux-gnu-)
