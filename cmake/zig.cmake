# Zig as the compiler and linker for another platform: the files in targets/ include this one. It has
# the C library of every target, also old versions of glibc. Set before: for glibc, libgcc_s, Debian's; for
# another processor, CMAKE_CROSSCOMPILING_EMULATOR.
# cargo-zigbuild runs Zig, and takes out rustc's arguments that Zig does not know. cargo takes one
# program as its linker, so each target has a program of its own.
set(CMAKE_SYSTEM_NAME Linux)
get_filename_component(zig_target ${CMAKE_PARENT_LIST_FILE} NAME_WLE)
string(REGEX REPLACE "[.][0-9.]+$" "" BEDROCK_TOKEN_RUST_TARGET ${zig_target})
string(REGEX REPLACE "-.*" "" CMAKE_SYSTEM_PROCESSOR ${zig_target})
string(REPLACE "-unknown" "" zig_target ${zig_target})
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
# Zig names this machine's binutils as its own, which know one kind of processor.
set(BEDROCK_TOKEN_BINUTILS ${CMAKE_SYSTEM_PROCESSOR}-linux-gnu-)
# Other compilers add the unwinder to each program by themselves: docs/LINKING.md, "The unwinder".
if(libgcc_s)
  # glibc itself and C++ programs unwind with libgcc_s, so Zig's unwinder would not fit. Debian's needs a
  # newer glibc, and the one beside an old glibc has the same functions.
  set(CMAKE_C_STANDARD_LIBRARIES "-Wl,--allow-shlib-undefined ${libgcc_s}")
  set(BEDROCK_TOKEN_RUSTFLAGS "-Clink-arg=-Wl,--allow-shlib-undefined -Clink-arg=${libgcc_s}")
  set(CMAKE_CXX_COMPILER ${CMAKE_SYSTEM_PROCESSOR}-linux-gnu-g++)
else()
  set(CMAKE_C_STANDARD_LIBRARIES -lunwind)
  set(CMAKE_CXX_COMPILER ${zig_programs}/c++-${zig_target})
  set(CMAKE_CXX_STANDARD_LIBRARIES -lunwind)
endif()
