# macOS 10.12 or newer, on Intel processors.
set(CMAKE_SYSTEM_PROCESSOR x86_64)
set(CMAKE_OSX_DEPLOYMENT_TARGET 10.12)
include(${CMAKE_CURRENT_LIST_DIR}/../macos.cmake)
