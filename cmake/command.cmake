# The command bedrock-token, its manual page and its completions.
option(BEDROCK_TOKEN_COMMAND "Build and install the command bedrock-token" ${PROJECT_IS_TOP_LEVEL})
if(NOT BEDROCK_TOKEN_COMMAND)
  return()
endif()

set(command bedrock-token${CMAKE_EXECUTABLE_SUFFIX})
set(pages ${PROJECT_BINARY_DIR}/share)

add_custom_target(bedrock_token_command ALL
  COMMAND ${cargo_build} --config ${PROJECT_BINARY_DIR}/cargo-command.toml --package bedrock-token-cli --bin bedrock-token
  COMMAND ${CMAKE_COMMAND} -E copy ${cargo_output}/${command} ${PROJECT_BINARY_DIR}/${command}
  BYPRODUCTS ${PROJECT_BINARY_DIR}/${command}
  WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}
  COMMENT "Building bedrock-token with cargo"
  USES_TERMINAL ${job_server} VERBATIM)
# The program that writes the pages runs here, also when the command is for another machine.
set(pages_config "")
if(rust_target STREQUAL rust_host)
  set(pages_config --config ${PROJECT_BINARY_DIR}/cargo-command.toml)
endif()
add_custom_target(bedrock_token_pages ALL
  COMMAND ${BEDROCK_TOKEN_CARGO} run --quiet --package bedrock-token-pages --locked
          --target ${rust_host} --target-dir ${cargo_target} ${pages_config} -- ${pages}
  WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}
  COMMENT "Writing the manual page and the completions of bedrock-token"
  USES_TERMINAL ${job_server} VERBATIM)

install(PROGRAMS ${PROJECT_BINARY_DIR}/${command} DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT command)
install(DIRECTORY ${pages}/ DESTINATION ${CMAKE_INSTALL_DATADIR} COMPONENT command)
