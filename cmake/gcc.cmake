# Debian's gcc for another processor, and qemu: the files in targets/ include this one. Set before: gnu,
# Debian's name of the target; qemu, what stands between qemu- and -static in the emulator's name, if gnu does
# not begin with it.
set(CMAKE_SYSTEM_NAME Linux)
get_filename_component(BEDROCK_TOKEN_RUST_TARGET ${CMAKE_PARENT_LIST_FILE} NAME_WLE)
string(REGEX REPLACE "-.*" "" CMAKE_SYSTEM_PROCESSOR ${BEDROCK_TOKEN_RUST_TARGET})
if(NOT qemu)
  string(REGEX REPLACE "-.*" "" qemu ${gnu})
endif()
set(CMAKE_C_COMPILER ${gnu}-gcc)
set(CMAKE_CXX_COMPILER ${gnu}-g++)
set(CMAKE_CROSSCOMPILING_EMULATOR qemu-${qemu}-static -L /usr/${gnu})
