"""One exception for each status of the library."""

from typing import Any, Optional

from ._library import library


class BedrockTokenError(Exception):
    """Base of all. The message names what is wrong and never shows a value of the library's."""

    #: The status, as in bedrock_token.h.
    status: int = -1

    def __init_subclass__(cls, status: Optional[int] = None) -> None:
        cls.status = cls.status if status is None else status

    def __init__(self, detail: str = "") -> None:
        self._detail = detail
        message: str = library.bedrock_token_status_message(self.status).decode("ascii")
        super().__init__(f"{message}: {detail}" if detail else message)

    def __reduce__(self) -> "tuple[type[BedrockTokenError], tuple[str], dict[str, Any]]":
        """For pickle and copy, which would lose the cause."""
        return type(self), (self._detail,), {**self.__dict__, "__cause__": self.__cause__}

    def __setstate__(self, state: Any) -> None:
        for name, value in state.items():  # PyPy would put all into __dict__
            setattr(self, name, value)


class AccessKeyError(BedrockTokenError, ValueError, status=2):
    """access_key is not 1 to 128 of ``A-Z a-z 0-9 _``."""


class SecretError(BedrockTokenError, ValueError, status=3):
    """secret is not 1 to 256 printable ASCII characters, has a space or a newline in it, or a
    quote at an end."""


class SessionError(BedrockTokenError, ValueError, status=4):
    """session is over 65,536 bytes, is not printable ASCII, or has a space or a quote at an end."""


class SessionRequiredError(BedrockTokenError, ValueError, status=5):
    """access_key starts with ASIA, so it is temporary, and the session token is missing."""


class RegionError(BedrockTokenError, ValueError, status=6):
    """region is not a name such as us-east-1: small letters, digits and -, and a number at the end."""


class ExpiresError(BedrockTokenError, ValueError, status=7):
    """expires is not 1 to 43200 seconds."""


class SigningTimeError(BedrockTokenError, ValueError, status=8):
    """The time of signing, or the system's clock, is before 1970 or after 9999."""


class TokenMemoryError(BedrockTokenError, MemoryError, status=10):
    """No memory for the result."""


class InvalidTokenError(BedrockTokenError, ValueError, status=11):
    """The string is not a token."""


class NoCredentialsError(BedrockTokenError, RuntimeError, status=12):
    """The source gave no credentials. ``__cause__`` is the exception that it raised, whose text is
    in this one's."""


class CredentialsExpiredError(BedrockTokenError, RuntimeError, status=13):
    """The credentials have expired already."""


class InternalError(BedrockTokenError, RuntimeError, status=14):
    """A defect in the library; please report it."""


class ServiceError(BedrockTokenError, ValueError, status=15):
    """service is not "bedrock" or "claude-platform"."""


class ReentrantError(BedrockTokenError, RuntimeError, status=16):
    """A provider's source came back into the same provider."""


_BY_STATUS = {error.status: error for error in BedrockTokenError.__subclasses__()}


def check(status: int) -> None:
    """Raises the exception of a status, if it is not 0."""
    if status != 0:
        # A missing status is a NULL that this package never passes, or a newer library's.
        raise _BY_STATUS.get(status, InternalError)()
