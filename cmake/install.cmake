# What is installed. No file names an absolute path, so a prefix can be moved.

# A project that builds the shared library as a part of itself installs it, because its programs
# need it.
if(BEDROCK_TOKEN_INSTALL OR BUILD_SHARED_LIBS)
  if(WIN32)
    install(FILES ${library_folder}/${shared_library} DESTINATION ${CMAKE_INSTALL_BINDIR})
  else()
    list(GET shared_link_paths 0 loader_link)
    install(PROGRAMS ${library_folder}/${shared_library} DESTINATION ${CMAKE_INSTALL_LIBDIR})
    install(FILES ${loader_link} DESTINATION ${CMAKE_INSTALL_LIBDIR})
    if(NOT PROJECT_IS_TOP_LEVEL AND NOT CMAKE_SKIP_RPATH AND NOT CMAKE_SKIP_INSTALL_RPATH)
      # Programs find the library beside them. The option stands in a file because CMake's generators
      # do not agree on how a $ is escaped.
      file(RELATIVE_PATH library_from_program /prefix/${CMAKE_INSTALL_BINDIR} /prefix/${CMAKE_INSTALL_LIBDIR})
      set(program_folder $ORIGIN)
      if(APPLE)
        set(program_folder @loader_path)
      endif()
      file(WRITE ${PROJECT_BINARY_DIR}/rpath.txt "-Wl,-rpath,${program_folder}/${library_from_program}\n")
      set_target_properties(bedrock_token::shared PROPERTIES
        INTERFACE_LINK_OPTIONS @${PROJECT_BINARY_DIR}/rpath.txt)
    endif()
  endif()
endif()

if(NOT BEDROCK_TOKEN_INSTALL)
  return()
endif()

file(GLOB headers ${PROJECT_SOURCE_DIR}/include/*.h ${PROJECT_SOURCE_DIR}/include/*.hpp)
install(FILES ${headers} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(FILES ${shared_link_paths} ${import_library_path} ${library_folder}/${cargo_static}
        DESTINATION ${CMAKE_INSTALL_LIBDIR})

if(MINGW)
  # Microsoft's linker cannot take MinGW's import library, and makes one of its own from this.
  file(READ ${PROJECT_SOURCE_DIR}/include/bedrock_token.h functions)
  string(REGEX MATCHALL "bedrock_token_[a-z_]+\\(" functions "${functions}")
  list(TRANSFORM functions REPLACE "\\(" "")
  list(REMOVE_DUPLICATES functions)
  list(SORT functions)
  list(JOIN functions "\n" functions)
  file(WRITE ${PROJECT_BINARY_DIR}/bedrock_token.def
       "LIBRARY ${shared_library}\nEXPORTS\n${functions}\n")
  install(FILES ${PROJECT_BINARY_DIR}/bedrock_token.def DESTINATION ${CMAKE_INSTALL_LIBDIR})
endif()

foreach(folder LIBDIR INCLUDEDIR DATADIR)
  if(IS_ABSOLUTE "${CMAKE_INSTALL_${folder}}")
    message(FATAL_ERROR "CMAKE_INSTALL_${folder} must be relative to the prefix, which can be moved")
  endif()
endforeach()
file(RELATIVE_PATH prefix_from_pc /prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig /prefix)
string(REGEX REPLACE "/$" "" prefix_from_pc "${prefix_from_pc}")
string(JOIN " " libs_private ${native_libs})
configure_file(${PROJECT_SOURCE_DIR}/cmake/bedrock_token.pc.in bedrock_token.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/bedrock_token.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

install(FILES ${PROJECT_SOURCE_DIR}/cmake/bedrock_token-config.cmake
              ${PROJECT_SOURCE_DIR}/cmake/bedrock_token-config-version.cmake
        DESTINATION ${CMAKE_INSTALL_DATADIR}/cmake/bedrock_token)
