# macOS 11.0 or newer, on Apple processors.
set(CMAKE_SYSTEM_PROCESSOR arm64)
set(CMAKE_OSX_DEPLOYMENT_TARGET 11.0)
include(${CMAKE_CURRENT_LIST_DIR}/../macos.cmake)
