# Makes a static library from rustc's. Only bedrock_token_* are global symbols in it.
#   cmake -D ARCHIVE= -D OUTPUT= -D LINKER= -D NM= -D OBJCOPY= -D AR= -D STRIP= -P seal-archive.cmake
# STRIP is an option of objcopy. If it is empty, the debugging information stays.
# The objects that the functions need become one object, and all other symbols become local. The
# sections stay separate, so --gc-sections still drops what a program does not use.
execute_process(COMMAND ${NM} -g --defined-only ${ARCHIVE}
                OUTPUT_VARIABLE symbols ERROR_VARIABLE error COMMAND_ERROR_IS_FATAL ANY)
string(REGEX MATCHALL " T bedrock_token_[a-z_]+" symbols "${symbols}")
if(NOT symbols)
  message(FATAL_ERROR "${ARCHIVE} has no bedrock_token_* in it")
endif()
list(TRANSFORM symbols REPLACE " T " "--undefined=" OUTPUT_VARIABLE roots)

cmake_path(REMOVE_EXTENSION OUTPUT OUTPUT_VARIABLE object)
string(APPEND object ".o")
# It has no section groups: the linker keeps only one copy of a group that two libraries have, and the
# local symbols of the other copy would be missing.
execute_process(
  COMMAND ${LINKER} -r --gc-sections --force-group-allocation ${roots} -o ${object} ${ARCHIVE}
  COMMAND_ERROR_IS_FATAL ANY)
# rustc leaves bitcode for other tools. Joined end to end it is not valid, so it is removed.
execute_process(
  COMMAND ${OBJCOPY} --wildcard --keep-global-symbol=bedrock_token_* --remove-section=.llvmbc
          --remove-section=.llvmcmd ${STRIP} ${object}
  COMMAND_ERROR_IS_FATAL ANY)
file(REMOVE ${OUTPUT})
execute_process(COMMAND ${AR} rcsD ${OUTPUT} ${object} COMMAND_ERROR_IS_FATAL ANY)
file(REMOVE ${object})
