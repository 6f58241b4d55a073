# Debian's gcc for another processor: the files in targets/ include this one. Set before:
# CMAKE_SYSTEM_PROCESSOR; gnu, Debian's name of the target; qemu, the emulator.
set(CMAKE_SYSTEM_NAME Linux)
get_filename_component(BEDROCK_TOKEN_RUST_TARGET ${CMAKE_PARENT_LIST_FILE} NAME_WLE)
set(CMAKE_C_COMPILER ${gnu}-gcc)
set(CMAKE_CXX_COMPILER ${gnu}-g++)
set(CMAKE_CROSSCOMPILING_EMULATOR ${qemu} -L /usr/${gnu})
