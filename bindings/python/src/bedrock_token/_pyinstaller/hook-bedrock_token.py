"""A frozen program needs the library, which no import names."""

from PyInstaller.utils.hooks import collect_dynamic_libs

binaries = collect_dynamic_libs("bedrock_token")
