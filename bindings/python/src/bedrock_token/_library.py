"""The C library and its functions, as include/bedrock_token.h declares them."""

import ctypes
from ctypes import POINTER, c_char, c_char_p, c_int32, c_int64, c_size_t, c_uint32, c_void_p
from pathlib import Path
from typing import Optional

# The wheel carries one, whatever the system calls it. CDLL lets go of the GIL during each call.
library = ctypes.CDLL(
    str(next(p for p in Path(__file__).parent.iterdir() if p.suffix in {".so", ".dylib", ".dll"}))
)


class Info(ctypes.Structure):
    """bedrock_token_info."""

    _fields_ = (
        ("access_key", c_char * 129),
        ("region", c_char * 64),
        ("issued_at", c_int64),
        ("expires_at", c_int64),
        ("has_session", c_int32),
    )


class RawCredentials(ctypes.Structure):
    """bedrock_token_credentials. The strings are void pointers, lest ctypes copies them."""

    _fields_ = (
        ("access_key", c_void_p),
        ("secret", c_void_p),
        ("session", c_void_p),
        ("expires_at", c_int64),
    )


CredentialsFunction = ctypes.CFUNCTYPE(c_int32, c_void_p, POINTER(RawCredentials))

# A token that the library owns is a void pointer: ctypes would turn a c_char_p into bytes at once,
# and with that lose the address that bedrock_token_free() wants.
for _name, _result, _arguments in (
    (
        "generate_into",
        c_int32,
        (
            *(c_char_p, c_char_p, c_char_p, c_char_p, c_uint32, c_int64),
            *(POINTER(c_char), c_size_t, POINTER(c_size_t)),
        ),
    ),
    ("free", None, (c_void_p,)),
    ("inspect", c_int32, (c_char_p, POINTER(Info), c_size_t)),
    (
        "provider_new",
        c_int32,
        (c_char_p, c_uint32, CredentialsFunction, c_void_p, POINTER(c_void_p)),
    ),
    (
        "provider_get",
        c_int32,
        (c_void_p, POINTER(c_void_p), POINTER(c_size_t), POINTER(c_int64)),
    ),
    ("provider_invalidate", None, (c_void_p,)),
    ("provider_free", None, (c_void_p,)),
    ("status_message", c_char_p, (c_int32,)),
    ("version", c_char_p, ()),
):
    _function = getattr(library, f"bedrock_token_{_name}")
    _function.restype = _result
    _function.argtypes = _arguments


def encode(value: Optional[str], name: str) -> Optional[bytes]:
    """A C string, or None. What the library must refuse it gets to see and refuses itself:
    a NUL would end the string early, so it goes in as another control character."""
    if value is None:
        return None
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a str or None")
    return value.encode("utf-8", "surrogatepass").replace(b"\0", b"\1")


def seconds(expires: int) -> int:
    """A lifetime for a uint32_t, to which ctypes would cut larger numbers."""
    return expires if 0 <= expires < 2**32 else 0
