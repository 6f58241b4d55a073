# The library, built by cargo into this build tree, and its targets.

foreach(tool cargo rustc)
  string(TOUPPER ${tool} TOOL)
  find_program(BEDROCK_TOKEN_${TOOL} ${tool} HINTS $ENV{CARGO_HOME}/bin $ENV{HOME}/.cargo/bin
               DOC "Rust's ${tool}")
endforeach()
set(rust "none")
if(BEDROCK_TOKEN_CARGO AND BEDROCK_TOKEN_RUSTC)
  execute_process(COMMAND ${BEDROCK_TOKEN_RUSTC} --version --verbose
                  WORKING_DIRECTORY ${PROJECT_SOURCE_DIR} OUTPUT_VARIABLE rust ERROR_VARIABLE rust)
  string(REGEX REPLACE ".*commit-hash: ([0-9a-z]+).*" "\\1" rust_commit "${rust}")
  string(REGEX REPLACE ".*host: ([0-9a-z_-]+).*" "\\1" rust_host "${rust}")
  string(REGEX REPLACE "^rustc ([0-9.]+).*" "\\1" rust "${rust}")
endif()
if(NOT rust VERSION_GREATER_EQUAL rust_version)
  message(FATAL_ERROR "bedrock-token is built with Rust ${rust_version} or newer, cargo included; "
                      "found: ${rust}. https://www.rust-lang.org/tools/install says how to get it.")
endif()

# The target is always named, so that no setting of cargo's can choose another.
set(rust_target ${rust_host})
if(BEDROCK_TOKEN_RUST_TARGET)
  set(rust_target ${BEDROCK_TOKEN_RUST_TARGET})
endif()

# The options of rustc. RUSTFLAGS counts when CMake configures for the first time, as CFLAGS does; without it,
# `[build] rustflags` of cargo's configuration, which our own options would replace. cargo has no stable
# command that prints it.
set(BEDROCK_TOKEN_RUSTFLAGS "$ENV{RUSTFLAGS}" CACHE STRING "Options of rustc")
separate_arguments(rustflags UNIX_COMMAND "${BEDROCK_TOKEN_RUSTFLAGS}")
set(configured "") # as TOML, with a comma behind each
if(NOT rustflags)
  execute_process(
    COMMAND ${CMAKE_COMMAND} -E env RUSTC_BOOTSTRAP=1 ${BEDROCK_TOKEN_CARGO} -Z unstable-options
            config get build.rustflags --format json-value
    WORKING_DIRECTORY ${PROJECT_SOURCE_DIR} OUTPUT_VARIABLE output ERROR_VARIABLE error OUTPUT_STRIP_TRAILING_WHITESPACE)
  if(output MATCHES "^\\[(.+)\\]$")
    set(configured "${CMAKE_MATCH_1}, ")
  elseif(output MATCHES "^\".+\"$") # words in one string
    string(REGEX REPLACE " +" "\", \"" configured "${output}")
    string(APPEND configured ", ")
  elseif(NOT output AND NOT error MATCHES "is not set")
    message(WARNING "cargo does not say whether its configuration has rustflags: ${error}")
  endif()
endif()

# For musl, rustc links the C library statically, and makes no shared library, unless it is told not
# to. The command stays one static file.
set(library_flags "")
if(rust_target MATCHES "musl")
  set(library_flags -Ctarget-feature=-crt-static)
endif()

# The system libraries that a program needs beside the static library: rustc names them. Every C
# compiler adds libgcc and libc by itself, in the form that the link needs, so they are left out:
# with -static, libgcc_s would be an error.
set(native_libs_file ${PROJECT_BINARY_DIR}/native-static-libs.txt)
file(WRITE ${PROJECT_BINARY_DIR}/empty.rs "")
execute_process(
  COMMAND ${BEDROCK_TOKEN_RUSTC} --target ${rust_target} ${library_flags} --crate-type staticlib --crate-name empty
          --print native-static-libs=${native_libs_file} -o ${PROJECT_BINARY_DIR}/empty.a
          ${PROJECT_BINARY_DIR}/empty.rs
  WORKING_DIRECTORY ${PROJECT_SOURCE_DIR} ERROR_VARIABLE error COMMAND_ERROR_IS_FATAL ANY)
file(REMOVE ${PROJECT_BINARY_DIR}/empty.a) # 21 MB
file(STRINGS ${native_libs_file} native_libs)
separate_arguments(native_libs)
list(REMOVE_ITEM native_libs -lgcc_s -lgcc_eh -lgcc -lc)
list(TRANSFORM native_libs REPLACE "^/" "-") # MSVC's options, which CMake would take for paths

# CMake's C compiler links, as CMake itself would call it.
set(arguments "")
set(command_flags "")
if(NOT MSVC)
  if(CMAKE_C_COMPILER_TARGET AND CMAKE_C_COMPILE_OPTIONS_TARGET)
    list(APPEND arguments ${CMAKE_C_COMPILE_OPTIONS_TARGET}${CMAKE_C_COMPILER_TARGET})
  endif()
  if(CMAKE_SYSROOT AND CMAKE_C_COMPILE_OPTIONS_SYSROOT)
    list(APPEND arguments ${CMAKE_C_COMPILE_OPTIONS_SYSROOT}${CMAKE_SYSROOT})
  endif()
  foreach(variable C_FLAGS SHARED_LINKER_FLAGS EXE_LINKER_FLAGS)
    separate_arguments(${variable} NATIVE_COMMAND "${CMAKE_${variable}}")
    list(TRANSFORM ${variable} PREPEND -Clink-arg=)
  endforeach()
  list(TRANSFORM arguments PREPEND -Clink-arg= OUTPUT_VARIABLE link_arguments)
  list(APPEND rustflags ${link_arguments} ${C_FLAGS})
  list(APPEND library_flags ${SHARED_LINKER_FLAGS})
  list(APPEND command_flags ${EXE_LINKER_FLAGS})
endif()

set(BEDROCK_TOKEN_CARGO_TARGET_DIR ${PROJECT_BINARY_DIR}/cargo CACHE PATH "cargo's folder; build trees may share one")
set(cargo_target ${BEDROCK_TOKEN_CARGO_TARGET_DIR})

# Multi-configuration generators get the release profile in each configuration: on Windows, Rust
# always uses the release run-time library.
set(profile release)
set(fixed "lto|codegen-units|panic")
set(profile_folder release)
set(settings "")
set(strip --strip-unneeded)
if(CMAKE_BUILD_TYPE STREQUAL "Debug")
  set(profile dev)
  set(fixed panic)
  set(profile_folder debug)
  set(strip "")
elseif(CMAKE_BUILD_TYPE STREQUAL "RelWithDebInfo")
  set(settings "debug = true\n")
  set(strip "")
else()
  # The libraries name no folder of the machine that builds them and no time, so every machine makes the
  # same bytes. Rust's own source gets the name that it has where it is not installed. Packages come from
  # a registry, a mirror or a vendor folder. cargo says where they are.
  execute_process(COMMAND ${BEDROCK_TOKEN_RUSTC} --print sysroot WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}
                  OUTPUT_VARIABLE sysroot OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS Cargo.lock)
  execute_process(
    COMMAND ${BEDROCK_TOKEN_CARGO} metadata --format-version 1 --locked --filter-platform ${rust_target}
    WORKING_DIRECTORY ${PROJECT_SOURCE_DIR} OUTPUT_VARIABLE metadata ERROR_VARIABLE error
    COMMAND_ERROR_IS_FATAL ANY)
  # As text: CMake takes a second to parse it.
  string(REGEX MATCHALL "{\"name\":\"[^\"]+\",\"version\":\"[^\"]+\",\"id\"" packages "${metadata}")
  string(REGEX MATCHALL "\"manifest_path\":\"[^\"]+\"" manifests "${metadata}")
  list(TRANSFORM packages REPLACE ".*\"name\":\"([^\"]+)\",\"version\":\"([^\"]+)\".*" "/cargo/\\1-\\2")
  list(TRANSFORM manifests REPLACE ".*:\"(.+)[/\\\\]Cargo.toml\"" "\\1")
  list(TRANSFORM manifests REPLACE "\\\\\\\\" "\\\\")
  set(folders ${sysroot}=/rust ${sysroot}/lib/rustlib/src/rust=/rustc/${rust_commit} ${PROJECT_BINARY_DIR}=/build
      ${cargo_target}=/build/cargo)
  foreach(package folder IN ZIP_LISTS packages manifests)
    list(APPEND folders ${folder}=${package})
  endforeach()
  list(SORT folders ORDER DESCENDING) # the last one that fits counts, so a folder follows the one that it is in
  list(TRANSFORM folders PREPEND --remap-path-prefix=)
  list(APPEND rustflags ${folders})
  if(MINGW)
    list(APPEND rustflags -Clink-arg=-Wl,--no-insert-timestamp)
  endif()
endif()

set(cargo_output ${cargo_target}/${rust_target}/${profile_folder})
set(library_folder ${PROJECT_BINARY_DIR}/lib)
set(cargo_static ${CMAKE_STATIC_LIBRARY_PREFIX}bedrock_token${CMAKE_STATIC_LIBRARY_SUFFIX})
set(cargo_shared libbedrock_token${CMAKE_SHARED_LIBRARY_SUFFIX})
set(import_library "")
if(WIN32)
  set(cargo_shared bedrock_token.dll)
  set(shared_library ${cargo_shared})
  set(shared_links "")
  set(import_library libbedrock_token.dll.a)
  if(MSVC)
    set(import_library bedrock_token.dll.lib)
  endif()
elseif(APPLE)
  set(shared_library libbedrock_token.${PROJECT_VERSION}.dylib)
  set(shared_links libbedrock_token.${PROJECT_VERSION_MAJOR}.dylib ${cargo_shared})
else()
  set(shared_library ${cargo_shared}.${PROJECT_VERSION})
  set(shared_links ${cargo_shared}.${PROJECT_VERSION_MAJOR} ${cargo_shared})
endif()

# A file that has precedence over cargo's other configuration and over the environment, so that
# nothing changes these settings, above all not that panics unwind.
file(STRINGS Cargo.toml own_settings REGEX "^(${fixed}) = ")
list(JOIN own_settings "\n" own_settings)
function(write_cargo_config name) # name, options of rustc...
  list(TRANSFORM ARGN REPLACE "([\"\\\\])" "\\\\\\1")
  list(TRANSFORM ARGN REPLACE "(.+)" "\"\\1\"")
  list(JOIN ARGN ", " flags)
  set(linker "")
  if(NOT MSVC)
    string(REGEX REPLACE "([\"\\\\])" "\\\\\\1" linker "${CMAKE_C_COMPILER}")
    set(linker "[target.${rust_target}]\nlinker = \"${linker}\"\n")
  endif()
  file(WRITE ${PROJECT_BINARY_DIR}/${name}
    "[profile.${profile}]\n${settings}${own_settings}\n${linker}[target.'cfg(all())']\nrustflags = [${configured}${flags}]\n")
endfunction()
write_cargo_config(cargo-library.toml ${rustflags} ${library_flags})
write_cargo_config(cargo-command.toml ${rustflags} ${command_flags})

# cargo runs in each build, because only cargo knows what is out of date. RUSTFLAGS would replace
# our options there. From CMake 3.28 on, cargo shares make's -j.
set(cargo_environment --unset=RUSTFLAGS --unset=CARGO_ENCODED_RUSTFLAGS)
set(job_server "")
if(CMAKE_VERSION VERSION_GREATER_EQUAL 3.28)
  set(job_server JOB_SERVER_AWARE ON)
endif()
if(APPLE AND CMAKE_OSX_SYSROOT) # rustc asks Xcode otherwise
  list(APPEND cargo_environment SDKROOT=${CMAKE_OSX_SYSROOT})
endif()
if(APPLE AND CMAKE_OSX_DEPLOYMENT_TARGET)
  list(APPEND cargo_environment MACOSX_DEPLOYMENT_TARGET=${CMAKE_OSX_DEPLOYMENT_TARGET})
endif()
set(cargo_build ${CMAKE_COMMAND} -E env ${cargo_environment} ${BEDROCK_TOKEN_CARGO} build --locked
    --profile ${profile} --target ${rust_target} --target-dir ${cargo_target})
list(TRANSFORM import_library PREPEND ${cargo_output}/ OUTPUT_VARIABLE cargo_import_library)
add_custom_target(bedrock_token_cargo
  COMMAND ${cargo_build} --config ${PROJECT_BINARY_DIR}/cargo-library.toml --package bedrock-token --lib
  BYPRODUCTS ${cargo_output}/${cargo_shared} ${cargo_output}/${cargo_static} ${cargo_import_library}
  WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}
  COMMENT "Building libbedrock_token with cargo"
  USES_TERMINAL ${job_server} VERBATIM)

# The libraries have their installed names here, so that a program that is linked here also runs.
set(copies COMMAND ${CMAKE_COMMAND} -E copy ${cargo_output}/${cargo_shared} ${library_folder}/${shared_library})
foreach(link IN LISTS shared_links)
  list(APPEND copies COMMAND ${CMAKE_COMMAND} -E create_symlink ${shared_library} ${library_folder}/${link})
endforeach()
if(import_library)
  list(APPEND copies COMMAND ${CMAKE_COMMAND} -E copy ${cargo_import_library} ${library_folder}/${import_library})
endif()
list(TRANSFORM shared_links PREPEND ${library_folder}/ OUTPUT_VARIABLE shared_link_paths)
list(TRANSFORM import_library PREPEND ${library_folder}/ OUTPUT_VARIABLE import_library_path)
add_custom_command(
  OUTPUT ${library_folder}/${shared_library} ${shared_link_paths} ${import_library_path}
  ${copies}
  DEPENDS bedrock_token_cargo ${cargo_output}/${cargo_shared}
  COMMENT "" VERBATIM)

# Only bedrock_token_* are global in the static library, so that it does not collide with another
# one, above all with one made by Rust. This needs GNU's binary utilities: LLVM's have no
# --force-group-allocation, and cannot read the bitcode of a newer LLVM.
set(seal OFF)
set(missing "")
if(NOT WIN32 AND NOT APPLE)
  option(BEDROCK_TOKEN_SEAL "Hide all but bedrock_token_* in the static library; needs GNU binutils" ON)
  set(seal ${BEDROCK_TOKEN_SEAL})
endif()
if(seal)
  set(BEDROCK_TOKEN_BINUTILS "" CACHE STRING
      "What the names of GNU binutils begin with; empty: as the C compiler says")
  foreach(tool ld.bfd nm objcopy ar)
    # GCC and clang know where their tools are. Of a tool that they do not have, they print the name
    # alone, and that tool is this machine's.
    set(names ${BEDROCK_TOKEN_BINUTILS}${tool})
    if(NOT BEDROCK_TOKEN_BINUTILS)
      execute_process(COMMAND ${CMAKE_C_COMPILER} ${arguments} -print-prog-name=${tool} OUTPUT_VARIABLE names
                      OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
      if(CMAKE_CROSSCOMPILING AND NOT IS_ABSOLUTE "${names}")
        string(REGEX REPLACE "-.*" "-linux-gnu-${tool}" names ${rust_target})
      endif()
    endif()
    string(MAKE_C_IDENTIFIER BEDROCK_TOKEN_${tool} variable)
    string(TOUPPER ${variable} variable)
    find_program(${variable} NAMES ${names} DOC "GNU ${tool}")
    if(NOT ${variable} AND NOT missing)
      string(CONCAT missing
        "The static library is sealed with GNU binutils, and there is no ${names} for ${rust_target}. "
        "Install them (on Debian: binutils, or binutils-aarch64-linux-gnu and the like for another "
        "machine), or set ${variable} to its path. With BEDROCK_TOKEN_SEAL=OFF, the static library also "
        "exposes the symbols of Rust's standard library, and may collide with another one made by Rust.")
    endif()
  endforeach()
endif()
if(missing AND BEDROCK_TOKEN_INSTALL)
  message(FATAL_ERROR "${missing}")
elseif(missing) # a program that takes the shared library needs no such tools
  set(make_static ${CMAKE_COMMAND} -E echo "${missing}" COMMAND ${CMAKE_COMMAND} -E false)
elseif(seal)
  set(make_static ${CMAKE_COMMAND} -D ARCHIVE=${cargo_output}/${cargo_static}
      -D OUTPUT=${library_folder}/${cargo_static} -D LINKER=${BEDROCK_TOKEN_LD_BFD}
      -D NM=${BEDROCK_TOKEN_NM} -D OBJCOPY=${BEDROCK_TOKEN_OBJCOPY} -D AR=${BEDROCK_TOKEN_AR}
      -D STRIP=${strip} -P ${PROJECT_SOURCE_DIR}/cmake/seal-archive.cmake)
else()
  set(make_static ${CMAKE_COMMAND} -E copy ${cargo_output}/${cargo_static}
      ${library_folder}/${cargo_static})
endif()
add_custom_command(
  OUTPUT ${library_folder}/${cargo_static}
  COMMAND ${make_static}
  DEPENDS bedrock_token_cargo ${cargo_output}/${cargo_static} ${PROJECT_SOURCE_DIR}/cmake/seal-archive.cmake
  COMMENT "" VERBATIM)

# A library is built for those who link it, and where it is installed.
set(all_shared "")
set(all_static "")
if(BEDROCK_TOKEN_INSTALL OR BUILD_SHARED_LIBS)
  set(all_shared ALL)
endif()
if(BEDROCK_TOKEN_INSTALL)
  set(all_static ALL)
endif()
add_custom_target(bedrock_token_shared ${all_shared} DEPENDS ${library_folder}/${shared_library})
add_custom_target(bedrock_token_static ${all_static} DEPENDS ${library_folder}/${cargo_static})
file(MAKE_DIRECTORY ${library_folder})

add_library(bedrock_token::shared SHARED IMPORTED GLOBAL)
set_target_properties(bedrock_token::shared PROPERTIES
  IMPORTED_LOCATION ${library_folder}/${shared_library}
  INTERFACE_INCLUDE_DIRECTORIES ${PROJECT_SOURCE_DIR}/include)
if(WIN32)
  set_target_properties(bedrock_token::shared PROPERTIES
    IMPORTED_IMPLIB ${import_library_path}
    INTERFACE_COMPILE_DEFINITIONS BEDROCK_TOKEN_DLL)
else()
  list(GET shared_links 0 soname)
  if(APPLE)
    string(PREPEND soname "@rpath/")
  endif()
  set_target_properties(bedrock_token::shared PROPERTIES IMPORTED_SONAME ${soname})
endif()

add_library(bedrock_token::static STATIC IMPORTED GLOBAL)
set_target_properties(bedrock_token::static PROPERTIES
  IMPORTED_LOCATION ${library_folder}/${cargo_static}
  INTERFACE_INCLUDE_DIRECTORIES ${PROJECT_SOURCE_DIR}/include
  INTERFACE_LINK_LIBRARIES "${native_libs}")

add_dependencies(bedrock_token::shared bedrock_token_shared)
add_dependencies(bedrock_token::static bedrock_token_static)

if(BUILD_SHARED_LIBS)
  add_library(bedrock_token::bedrock_token ALIAS bedrock_token::shared)
else()
  add_library(bedrock_token::bedrock_token ALIAS bedrock_token::static)
endif()

get_cmake_property(variables CACHE_VARIABLES)
list(FILTER variables INCLUDE REGEX "^BEDROCK_TOKEN_(CARGO|RUSTC|RUSTFLAGS|CARGO_TARGET_DIR|LD_BFD|NM|OBJCOPY|AR)$")
mark_as_advanced(${variables})
