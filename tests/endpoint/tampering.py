"""What happens to tokens on their way."""

import base64


def with_another_digit(token: str) -> str:
    """The token with the first hex digit of its signature changed into another one."""
    prefix, _, text = token.rpartition("-key-")
    before, name, digits = base64.b64decode(text).partition(b"X-Amz-Signature=")
    digit = b"0" if digits[:1] != b"0" else b"1"
    text = base64.b64encode(before + name + digit + digits[1:]).decode()
    return f"{prefix}-key-{text}"


def edit(token: str, old: str, new: str) -> str:
    """The token with another text inside."""
    prefix, _, text = token.rpartition("-key-")
    decoded = base64.b64decode(text).decode()
    assert old in decoded
    return f"{prefix}-key-{base64.b64encode(decoded.replace(old, new).encode()).decode()}"
