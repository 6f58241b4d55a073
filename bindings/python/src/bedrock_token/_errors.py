"""One exception for each status of the library."""

from typing import Any

from ._library import library


class BedrockTokenError(Exception):
    """Base of all. The message names what is wrong and never shows a value of the library's."""

    #: The status, as in bedrock_token.h.
    status: int = -1

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


class AccessKeyError(BedrockTokenError, ValueError):
    """access_key is not 1 to 128 of ``A-Z a-z 0-9 _``."""

    status = 2


class SecretError(BedrockTokenError, ValueError):
    """secret is not 1 to 256 printable ASCII characters, has a space or a newline in it, or a
    quote at an end."""

    status = 3


class SessionError(BedrockTokenError, ValueError):
    """session is over 65,536 bytes, is not printable ASCII, or has a space or a quote at an end."""

    status = 4


class SessionRequiredError(BedrockTokenError, ValueError):
    """access_key starts with ASIA, so it is temporary, and the session token is missing."""

    status = 5


class RegionError(BedrockTokenError, ValueError):
    """region is not a name such as us-east-1: small letters, digits and -, and a number at the end."""

    status = 6


class ExpiresError(BedrockTokenError, ValueError):
    """expires is not 1 to 43200 seconds."""

    status = 7


class SigningTimeError(BedrockTokenError, ValueError):
    """The time of signing, or the system's clock, is before 1970 or after 9999."""

    status = 8


class TokenMemoryError(BedrockTokenError, MemoryError):
    """No memory for the result."""

    status = 10


class InvalidTokenError(BedrockTokenError, ValueError):
    """The string is not a token."""

    status = 11


class NoCredentialsError(BedrockTokenError, RuntimeError):
    """The source gave no credentials. ``__cause__`` is the exception that it raised, whose text is
    in this one's."""

    status = 12


class CredentialsExpiredError(BedrockTokenError, RuntimeError):
    """The credentials have expired already."""

    status = 13


class InternalError(BedrockTokenError, RuntimeError):
    """A defect in the library; please report it."""

    status = 14


class ServiceError(BedrockTokenError, ValueError):
    """service is not "bedrock" or "claude-platform"."""

    status = 15


class ReentrantError(BedrockTokenError, RuntimeError):
    """A provider's source came back into the same provider."""

    status = 16


_BY_STATUS = {error.status: error for error in BedrockTokenError.__subclasses__()}


def check(status: int) -> None:
    """Raises the exception of a status, if it is not 0."""
    if status != 0:
        # A missing status is a NULL that this package never passes, or a newer library's.
        raise _BY_STATUS.get(status, InternalError)()
