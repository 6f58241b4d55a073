# What is installed. No file names an absolute path, so a prefix can be moved, unless CMAKE_INSTALL_LIBDIR and
# the like are absolute.

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
      set(rpath ${CMAKE_INSTALL_LIBDIR})
      if(NOT IS_ABSOLUTE ${rpath})
        file(RELATIVE_PATH rpath ${CMAKE_INSTALL_FULL_BINDIR} ${CMAKE_INSTALL_FULL_LIBDIR})
        if(APPLE)
          string(PREPEND rpath @loader_path/)
        else()
          string(PREPEND rpath $ORIGIN/)
        endif()
      endif()
      file(WRITE ${PROJECT_BINARY_DIR}/rpath.txt "-Wl,-rpath,${rpath}\n")
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

# pkg-config's file, and CMake's. Where the folders are relative, these find the prefix from where they are.
set(prefix ${CMAKE_INSTALL_PREFIX})
if(NOT IS_ABSOLUTE ${CMAKE_INSTALL_LIBDIR})
  file(RELATIVE_PATH prefix /prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig /prefix)
  string(REGEX REPLACE "/$" "" prefix "\${pcfiledir}/${prefix}")
endif()
foreach(folder LIBDIR INCLUDEDIR)
  set(${folder} "\${prefix}")
  cmake_path(APPEND ${folder} ${CMAKE_INSTALL_${folder}})
endforeach()
string(JOIN " " libs_private ${native_libs})
configure_file(${PROJECT_SOURCE_DIR}/cmake/bedrock_token.pc.in bedrock_token.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/bedrock_token.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

include(CMakePackageConfigHelpers)
set(BEDROCK_TOKEN_INSTALL_CMAKEDIR ${CMAKE_INSTALL_DATADIR}/cmake/bedrock_token CACHE STRING
    "Where the files of find_package are installed")
mark_as_advanced(BEDROCK_TOKEN_INSTALL_CMAKEDIR)
set(installed_shared ${CMAKE_INSTALL_LIBDIR}/${cargo_shared}) # a link
if(WIN32)
  set(installed_shared ${CMAKE_INSTALL_BINDIR}/${shared_library})
endif()
configure_package_config_file(
  ${PROJECT_SOURCE_DIR}/cmake/bedrock_token-config.cmake.in bedrock_token-config.cmake
  INSTALL_DESTINATION ${BEDROCK_TOKEN_INSTALL_CMAKEDIR}
  PATH_VARS CMAKE_INSTALL_INCLUDEDIR CMAKE_INSTALL_LIBDIR installed_shared
  NO_SET_AND_CHECK_MACRO NO_CHECK_REQUIRED_COMPONENTS_MACRO)
# A version can replace every older one that has the same major version: docs/ABI.md.
write_basic_package_version_file(bedrock_token-config-version.cmake COMPATIBILITY SameMajorVersion)
install(FILES ${PROJECT_BINARY_DIR}/bedrock_token-config.cmake
              ${PROJECT_BINARY_DIR}/bedrock_token-config-version.cmake
        DESTINATION ${BEDROCK_TOKEN_INSTALL_CMAKEDIR})

install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/bedrock-token)
