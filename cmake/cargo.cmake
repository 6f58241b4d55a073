# The library, built by cargo into this build tree, and its targets.

foreach(tool cargo rustc)
  string(TOUPPER ${tool} TOOL)
  find_program(BEDROCK_TOKEN_${TOOL} ${tool} HINTS $ENV{CARGO_HOME}/bin $ENV{HOME}/.cargo/bin
               DOC "Rust's ${tool}")
  mark_as_advanced(BEDROCK_TOKEN_${TOOL})
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

# For musl, rustc links the C library statically, and makes no shared library, unless it is told not
# to. The command stays one static file.
set(library_flag "")
set(library_options "")
if(rust_target MATCHES "musl")
  set(library_flag -Ctarget-feature=-crt-static)
  set(library_options --config "target.'cfg(all())'.rustflags=['${library_flag}']")
endif()

# The system libraries that a program needs beside the static library: rustc names them. Every C
# compiler adds libgcc and libc by itself, in the form that the link needs, so they are left out:
# with -static, libgcc_s would be an error.
set(native_libs_file ${PROJECT_BINARY_DIR}/native-static-libs.txt)
file(WRITE ${PROJECT_BINARY_DIR}/empty.rs "")
execute_process(
  COMMAND ${BEDROCK_TOKEN_RUSTC} --target ${rust_target} ${library_flag} --crate-type staticlib --crate-name empty
          --print native-static-libs=${native_libs_file} -o ${PROJECT_BINARY_DIR}/empty.a
          ${PROJECT_BINARY_DIR}/empty.rs
  WORKING_DIRECTORY ${PROJECT_SOURCE_DIR} ERROR_VARIABLE error COMMAND_ERROR_IS_FATAL ANY)
file(STRINGS ${native_libs_file} native_libs)
separate_arguments(native_libs)
list(REMOVE_ITEM native_libs -lgcc_s -lgcc_eh -lgcc -lc)
list(TRANSFORM native_libs REPLACE "^/" "-") # MSVC's options, which CMake would take for paths

# The libraries name no folder of the machine that builds them and no time, so every machine makes
# the same bytes. Rust's own source gets the name that it has where it is not installed.
execute_process(COMMAND ${BEDROCK_TOKEN_RUSTC} --print sysroot WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}
                OUTPUT_VARIABLE sysroot OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
if(DEFINED ENV{CARGO_HOME})
  set(cargo_home $ENV{CARGO_HOME})
elseif(CMAKE_HOST_WIN32)
  set(cargo_home $ENV{USERPROFILE}/.cargo)
else()
  set(cargo_home $ENV{HOME}/.cargo)
endif()
# RUSTFLAGS counts when CMake configures for the first time, as CFLAGS does.
set(BEDROCK_TOKEN_RUSTFLAGS "$ENV{RUSTFLAGS}" CACHE STRING "Options of rustc")
mark_as_advanced(BEDROCK_TOKEN_RUSTFLAGS)
separate_arguments(rustflags UNIX_COMMAND "${BEDROCK_TOKEN_RUSTFLAGS}")

# Multi-configuration generators get the release profile in each configuration: on Windows, Rust
# always uses the release run-time library.
set(profile release)
set(profile_folder release)
set(profile_options "")
set(strip --strip-unneeded)
if(CMAKE_BUILD_TYPE STREQUAL "Debug")
  set(profile dev)
  set(profile_folder debug)
  set(strip "")
elseif(CMAKE_BUILD_TYPE STREQUAL "RelWithDebInfo")
  set(profile_options --config profile.release.debug=true)
  set(strip "")
else()
  foreach(folder ${sysroot}=/rust ${sysroot}/lib/rustlib/src/rust=/rustc/${rust_commit}
                 ${cargo_home}=/cargo ${PROJECT_SOURCE_DIR}=/bedrock-token ${PROJECT_BINARY_DIR}=/build)
    list(APPEND rustflags --remap-path-prefix=${folder})
  endforeach()
  if(MINGW)
    list(APPEND rustflags -Clink-arg=-Wl,--no-insert-timestamp)
  endif()
endif()
list(TRANSFORM rustflags REPLACE "(.+)" "'\\1'")
list(JOIN rustflags "," rustflags)
list(APPEND profile_options --config "target.'cfg(all())'.rustflags=[${rustflags}]")
# The environment and cargo's configuration cannot change these, above all not that panics unwind.
file(STRINGS Cargo.toml settings REGEX "^(lto|codegen-units|panic) = ")
foreach(setting IN LISTS settings)
  string(REGEX REPLACE "^([a-z-]+) = ([^ ]+).*" "\\1=\\2" setting "${setting}")
  list(APPEND profile_options --config profile.release.${setting})
endforeach()

set(cargo_target ${PROJECT_BINARY_DIR}/cargo)
set(cargo_output ${cargo_target}/${rust_target}/${profile_folder})
set(library_folder ${PROJECT_BINARY_DIR}/lib)
set(import_library "")
if(WIN32)
  set(cargo_shared bedrock_token.dll)
  set(shared_library bedrock_token.dll)
  if(MSVC)
    set(cargo_static bedrock_token.lib)
    set(import_library bedrock_token.dll.lib)
  else()
    set(cargo_static libbedrock_token.a)
    set(import_library libbedrock_token.dll.a)
  endif()
  set(shared_links "")
elseif(APPLE)
  set(cargo_shared libbedrock_token.dylib)
  set(cargo_static libbedrock_token.a)
  set(shared_library libbedrock_token.${PROJECT_VERSION}.dylib)
  set(shared_links libbedrock_token.${PROJECT_VERSION_MAJOR}.dylib libbedrock_token.dylib)
else()
  set(cargo_shared libbedrock_token.so)
  set(cargo_static libbedrock_token.a)
  set(shared_library libbedrock_token.so.${PROJECT_VERSION})
  set(shared_links libbedrock_token.so.${PROJECT_VERSION_MAJOR} libbedrock_token.so)
endif()

# cargo runs in each build, because only cargo knows what is out of date. RUSTFLAGS would replace
# our options there.
set(cargo_environment --unset=RUSTFLAGS --unset=CARGO_ENCODED_RUSTFLAGS)
if(BEDROCK_TOKEN_RUST_TARGET)
  string(MAKE_C_IDENTIFIER "CARGO_TARGET_${rust_target}_" variable)
  string(TOUPPER ${variable} variable)
  list(APPEND cargo_environment ${variable}LINKER=${CMAKE_C_COMPILER})
endif()
if(APPLE AND CMAKE_OSX_SYSROOT) # rustc asks Xcode otherwise
  list(APPEND cargo_environment SDKROOT=${CMAKE_OSX_SYSROOT})
endif()
if(APPLE AND CMAKE_OSX_DEPLOYMENT_TARGET)
  list(APPEND cargo_environment MACOSX_DEPLOYMENT_TARGET=${CMAKE_OSX_DEPLOYMENT_TARGET})
endif()
set(cargo_build ${CMAKE_COMMAND} -E env ${cargo_environment} ${BEDROCK_TOKEN_CARGO} build --locked
    --profile ${profile} ${profile_options} --target ${rust_target} --target-dir ${cargo_target})
list(TRANSFORM import_library PREPEND ${cargo_output}/ OUTPUT_VARIABLE cargo_import_library)
add_custom_target(bedrock_token_cargo
  COMMAND ${cargo_build} ${library_options} --package bedrock-token --lib
  BYPRODUCTS ${cargo_output}/${cargo_shared} ${cargo_output}/${cargo_static} ${cargo_import_library}
  WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}
  COMMENT "Building libbedrock_token with cargo"
  USES_TERMINAL VERBATIM)

# The libraries have their installed names here, so that a program that is linked here also runs.
set(make_links "")
foreach(link IN LISTS shared_links)
  list(APPEND make_links COMMAND ${CMAKE_COMMAND} -E create_symlink ${shared_library}
       ${library_folder}/${link})
endforeach()
set(copy_import_library "")
if(import_library)
  set(copy_import_library COMMAND ${CMAKE_COMMAND} -E copy ${cargo_import_library}
      ${library_folder}/${import_library})
endif()
list(TRANSFORM shared_links PREPEND ${library_folder}/ OUTPUT_VARIABLE shared_link_paths)
list(TRANSFORM import_library PREPEND ${library_folder}/ OUTPUT_VARIABLE import_library_path)
add_custom_command(
  OUTPUT ${library_folder}/${shared_library} ${shared_link_paths} ${import_library_path}
  COMMAND ${CMAKE_COMMAND} -E copy ${cargo_output}/${cargo_shared} ${library_folder}/${shared_library}
  ${make_links} ${copy_import_library}
  DEPENDS bedrock_token_cargo ${cargo_output}/${cargo_shared}
  COMMENT "" VERBATIM)

# Only bedrock_token_* are global in the static library, so that it does not collide with another
# one, above all with one made by Rust. This needs GNU's binary utilities: LLVM's have no
# --force-group-allocation, and cannot read the bitcode of a newer LLVM.
set(seal OFF)
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
      execute_process(COMMAND ${CMAKE_C_COMPILER} -print-prog-name=${tool} OUTPUT_VARIABLE names
                      OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
      if(CMAKE_CROSSCOMPILING AND NOT IS_ABSOLUTE "${names}")
        string(REGEX REPLACE "-.*" "-linux-gnu-${tool}" names ${rust_target})
      endif()
    endif()
    string(MAKE_C_IDENTIFIER BEDROCK_TOKEN_${tool} variable)
    string(TOUPPER ${variable} variable)
    find_program(${variable} NAMES ${names} DOC "GNU ${tool}")
    mark_as_advanced(${variable})
    if(NOT ${variable})
      message(FATAL_ERROR
        "The static library is sealed with GNU binutils, and there is no ${names} for ${rust_target}. "
        "Install them (on Debian: binutils, or binutils-aarch64-linux-gnu and the like for another "
        "machine), or set ${variable} to its path. With BEDROCK_TOKEN_SEAL=OFF, the static library also "
        "exposes the symbols of Rust's standard library, and may collide with another one made by Rust.")
    endif()
  endforeach()
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

set(all "")
if(BEDROCK_TOKEN_INSTALL OR BUILD_SHARED_LIBS) # the two cases in which something is installed
  set(all ALL)
endif()
add_custom_target(bedrock_token_libraries ${all}
  DEPENDS ${library_folder}/${shared_library} ${library_folder}/${cargo_static})
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

add_dependencies(bedrock_token::shared bedrock_token_libraries)
add_dependencies(bedrock_token::static bedrock_token_libraries)

if(BUILD_SHARED_LIBS)
  add_library(bedrock_token::bedrock_token ALIAS bedrock_token::shared)
else()
  add_library(bedrock_token::bedrock_token ALIAS bedrock_token::static)
endif()
