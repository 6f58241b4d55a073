# An overlay port, which builds from source with the Rust that is on the machine:
#   vcpkg install bedrock-token --overlay-ports=.
# Checked: the CMake syntax, and the checksum (tests/dist/test_recipes.py). Not checked: `vcpkg install`.
set(VCPKG_BUILD_TYPE release) # Rust uses the release run-time library in both configurations
vcpkg_download_distfile(archive
  URLS "https://github.com/bedrock-token/bedrock-token/releases/download/v${VERSION}/bedrock-token-${VERSION}.tar.gz"
  FILENAME "bedrock-token-${VERSION}.tar.gz"
  SHA512 @sha512:bedrock-token-@VERSION@.tar.gz@)
vcpkg_extract_source_archive(source ARCHIVE "${archive}")
vcpkg_cmake_configure(SOURCE_PATH "${source}" OPTIONS -DBUILD_TESTING=OFF -DBEDROCK_TOKEN_COMMAND=OFF)
vcpkg_cmake_install()
set(lib "${CURRENT_PACKAGES_DIR}/lib")
if(VCPKG_LIBRARY_LINKAGE STREQUAL "static")
  file(GLOB shared "${CURRENT_PACKAGES_DIR}/bin" "${lib}/*.so*" "${lib}/*.dylib" "${lib}/*.dll.*")
  file(REMOVE_RECURSE ${shared})
else()
  file(REMOVE "${lib}/libbedrock_token.a" "${lib}/bedrock_token.lib")
endif()
vcpkg_fixup_pkgconfig()
vcpkg_install_copyright(FILE_LIST "${source}/LICENSE")
