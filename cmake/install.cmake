# Nothing installed names an absolute path, so a prefix can be moved.

file(GLOB headers ${PROJECT_SOURCE_DIR}/include/*.h ${PROJECT_SOURCE_DIR}/include/*.hpp)
install(FILES ${headers} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})

if(WIN32)
  install(FILES ${library_folder}/${shared_library} DESTINATION ${CMAKE_INSTALL_BINDIR})
else()
  install(FILES ${library_folder}/${shared_library} DESTINATION ${CMAKE_INSTALL_LIBDIR}
          PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
endif()
install(FILES ${shared_link_paths} ${import_library_path} ${library_folder}/${cargo_static}
        DESTINATION ${CMAKE_INSTALL_LIBDIR})

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
