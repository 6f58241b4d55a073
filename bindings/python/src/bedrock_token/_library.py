"""The C library and its functions, as include/bedrock_token.h declares them."""

import ctypes
import sys
from ctypes import POINTER, c_char, c_char_p, c_int32, c_int64, c_size_t, c_uint32
from pathlib import Path
from typing import Optional

NAME = {"darwin": "libbedrock_token.dylib", "win32": "bedrock_token.dll"}.get(
    sys.platform, "libbedrock_token.so"
)


def _load(folder: Path) -> ctypes.CDLL:
    path = folder / NAME
    try:
        # Calls keep the GIL. They take microseconds, and threads that let it go would wait longer to
        # get it back.
        return getattr(ctypes, "PyDLL", ctypes.CDLL)(str(path))  # PyPy has no PyDLL
    except OSError as error:
        if path.is_file():
            advice = f"it is not built for this system ({error})"
        elif getattr(sys, "frozen", False) or "__compiled__" in globals():
            advice = (
                "the program was frozen without it. PyInstaller takes it by itself if it runs in "
                "the environment where bedrock-token is installed; for other tools, add the file "
                f"to the folder bedrock_token (PyInstaller: --add-binary=.../{NAME}:bedrock_token; "
                "Nuitka: copy it into that folder of the result)"
            )
        elif any(parent.is_file() for parent in path.parents):
            advice = "a system cannot load a library out of a zip file: unpack the package"
        else:
            advice = "install the package with pip, which builds it or gets a wheel with it"
        raise ImportError(f"cannot load {path}: {advice}", path=str(path)) from error


library = _load(Path(__file__).parent)


class Info(ctypes.Structure):
    """bedrock_token_info."""

    _fields_ = (
        ("access_key", c_char * 129),
        ("region", c_char * 64),
        ("issued_at", c_int64),
        ("expires_at", c_int64),
        ("has_session", c_int32),
        ("service", c_int32),
    )


class Times(ctypes.Structure):
    """bedrock_token_times."""

    _fields_ = (
        ("valid_from", c_int64),
        ("renew_at", c_int64),
        ("wait_from", c_int64),
        ("expires_at", c_int64),
    )


for _name, _result, _arguments in (
    ("inspect", c_int32, (c_char_p, POINTER(Info), c_size_t)),
    ("retry_at", c_int64, (c_int64, c_int64)),
    ("schedule", c_int32, (c_int64, c_uint32, c_int64, POINTER(Times), c_size_t)),
    ("status_message", c_char_p, (c_int32,)),
    ("version", c_char_p, ()),
):
    _function = getattr(library, f"bedrock_token_{_name}")
    _function.restype = _result
    _function.argtypes = _arguments
# ctypes takes a tenth of the time of generate() to look at argtypes. Without them it passes bytes and
# None as pointers, and an int as an int of C; generate() passes the longer ones as c_int64, c_size_t.
library.bedrock_token_generate_into.restype = c_int32


def encode(value: Optional[str], name: str) -> Optional[bytes]:
    """A C string, or None. What the library must refuse it gets to see and refuses itself:
    a NUL would end the string early, so it goes in as another control character."""
    if value is None:
        return None
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a str or None")
    if "\0" in value:
        value = value.replace("\0", "\1")
    return value.encode("utf-8", "surrogatepass")
