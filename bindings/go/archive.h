// The functions of the static library that the module carries for this platform, or of an installed
// library. A released module carries the header too.
#ifdef BEDROCK_TOKEN_DYNAMIC
#include "bedrock_token.h"
#else

#if defined __linux__ && !defined __ANDROID__
#include <features.h>
#if defined __x86_64__ && defined __GLIBC__
#define ARCHIVE "libbedrock_token_linux_amd64_glibc.a"
#elif defined __x86_64__
#define ARCHIVE "libbedrock_token_linux_amd64_musl.a"
#elif defined __aarch64__ && defined __GLIBC__
#define ARCHIVE "libbedrock_token_linux_arm64_glibc.a"
#elif defined __aarch64__
#define ARCHIVE "libbedrock_token_linux_arm64_musl.a"
#endif
// Go cannot tell the two apart, so a program is linked with both. The functions for musl have other
// names, so it takes them from the right one.
#ifndef __GLIBC__
#define bedrock_token_generate_into musl_bedrock_token_generate_into
#define bedrock_token_inspect musl_bedrock_token_inspect
#define bedrock_token_retry_at musl_bedrock_token_retry_at
#define bedrock_token_schedule musl_bedrock_token_schedule
#define bedrock_token_status_message musl_bedrock_token_status_message
#endif
#elif defined _WIN32 && defined __x86_64__
#define ARCHIVE "libbedrock_token_windows_amd64.a"
#elif defined __APPLE__ && defined __x86_64__
#define ARCHIVE "libbedrock_token_darwin_amd64.a"
#elif defined __APPLE__ && defined __aarch64__
#define ARCHIVE "libbedrock_token_darwin_arm64.a"
#endif

#ifndef ARCHIVE
#error \
    "bedrocktoken carries no library for this platform; install bedrock-token, and build with -tags bedrock_token_dynamic"
#elif !__has_include(ARCHIVE)
#error \
    "only a released version of bedrocktoken carries the library; install bedrock-token, and build with -tags bedrock_token_dynamic"
#else
#include "bedrock_token.h"
#endif

#endif
