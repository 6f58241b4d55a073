# Makes a static library out of rustc's in which bedrock_token_* are the only global symbols.
#   cmake -D ARCHIVE= -D OUTPUT= -D LINKER= -D NM= -D OBJCOPY= -D AR= -D STRIP= -P seal-archive.cmake
# STRIP is an option of objcopy or empty, which keeps the debugging information.
# All objects that the functions need become one, and everything else in it becomes local. Sections
# stay apart, so --gc-sections still drops what a program does not use.
execute_process(COMMAND ${NM} -g --defined-only ${ARCHIVE}
                OUTPUT_VARIABLE symbols ERROR_VARIABLE error COMMAND_ERROR_IS_FATAL ANY)
string(REGEX MATCHALL " T bedrock_token_[a-z_]+" symbols "${symbols}")
if(NOT symbols)
  message(FATAL_ERROR "${ARCHIVE} has no bedrock_token_* in it")
endif()
list(TRANSFORM symbols REPLACE " T " "--undefined=" OUTPUT_VARIABLE roots)

cmake_path(REMOVE_EXTENSION OUTPUT OUTPUT_VARIABLE object)
string(APPEND object ".o")
# A group that two libraries have in common is kept once, and the other library's local symbols in
# it would be gone: so no groups.
execute_process(
  COMMAND ${LINKER} -r --gc-sections --force-group-allocation ${roots} -o ${object} ${ARCHIVE}
  COMMAND_ERROR_IS_FATAL ANY)
# Bitcode that rustc left for others, joined end to end, is none any more.
execute_process(
  COMMAND ${OBJCOPY} --wildcard --keep-global-symbol=bedrock_token_* --remove-section=.llvmbc
          --remove-section=.llvmcmd ${STRIP} ${object}
  COMMAND_ERROR_IS_FATAL ANY)
file(REMOVE ${OUTPUT})
execute_process(COMMAND ${AR} rcsD ${OUTPUT} ${object} COMMAND_ERROR_IS_FATAL ANY)
file(REMOVE ${object})
