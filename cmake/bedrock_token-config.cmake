# find_package(bedrock_token 0.1 CONFIG) gives bedrock_token::shared and bedrock_token::static.
# bedrock_token::bedrock_token is the shared one when BUILD_SHARED_LIBS is on, and the static one
# otherwise, as with add_library(). Where only one is installed, it is that one.
if(TARGET bedrock_token::bedrock_token)
  return()
endif()

# This file is the same in every installation. Differences are in bedrock_token.pc.
get_filename_component(_prefix "${CMAKE_CURRENT_LIST_DIR}/../../.." ABSOLUTE)
foreach(_folder "lib/${CMAKE_LIBRARY_ARCHITECTURE}" lib lib64)
  set(_libdir "${_prefix}/${_folder}")
  if(EXISTS "${_libdir}/pkgconfig/bedrock_token.pc")
    break()
  endif()
endforeach()

set(_shared "${_libdir}/libbedrock_token${CMAKE_SHARED_LIBRARY_SUFFIX}")
set(_static "${_libdir}/libbedrock_token.a")
if(WIN32)
  set(_shared "${_prefix}/bin/bedrock_token.dll")
  set(_import "${_libdir}/libbedrock_token.dll.a")
  if(MSVC)
    set(_import "${_libdir}/bedrock_token.dll.lib")
    set(_static "${_libdir}/bedrock_token.lib")
  endif()
endif()

if(EXISTS "${_shared}")
  add_library(bedrock_token::shared SHARED IMPORTED)
  set_target_properties(bedrock_token::shared PROPERTIES
    IMPORTED_LOCATION "${_shared}" INTERFACE_INCLUDE_DIRECTORIES "${_prefix}/include")
  if(WIN32)
    set_target_properties(bedrock_token::shared PROPERTIES
      IMPORTED_IMPLIB "${_import}" INTERFACE_COMPILE_DEFINITIONS BEDROCK_TOKEN_DLL)
  endif()
endif()
if(EXISTS "${_static}")
  file(STRINGS "${_libdir}/pkgconfig/bedrock_token.pc" _libs REGEX "^Libs.private:")
  string(REGEX REPLACE "^Libs.private: *" "" _libs "${_libs}")
  separate_arguments(_libs)
  # Every C compiler adds these by itself, in the form that the link needs.
  list(REMOVE_ITEM _libs -lgcc_s -lgcc_eh -lgcc -lc)
  list(TRANSFORM _libs REPLACE "^/" "-") # MSVC's options, which CMake would take for paths
  add_library(bedrock_token::static STATIC IMPORTED)
  set_target_properties(bedrock_token::static PROPERTIES
    IMPORTED_LOCATION "${_static}" INTERFACE_INCLUDE_DIRECTORIES "${_prefix}/include"
    INTERFACE_LINK_LIBRARIES "${_libs}")
endif()

if(TARGET bedrock_token::shared AND (BUILD_SHARED_LIBS OR NOT TARGET bedrock_token::static))
  add_library(bedrock_token::bedrock_token ALIAS bedrock_token::shared)
elseif(TARGET bedrock_token::static)
  add_library(bedrock_token::bedrock_token ALIAS bedrock_token::static)
else()
  set(bedrock_token_FOUND FALSE)
  set(bedrock_token_NOT_FOUND_MESSAGE "there is no libbedrock_token under ${_prefix}")
endif()

foreach(_name _prefix _folder _libdir _shared _static _import _libs _name)
  unset(${_name})
endforeach()
