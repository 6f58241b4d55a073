"""One exception for each status of the library."""

from ._library import library


class BedrockTokenError(Exception):
    """Base of all. The message names what is wrong and never shows a value."""

    #: The status, as in bedrock_token.h.
    status: int

    def __init__(self, status: int) -> None:
        self.status = status
        super().__init__(library.bedrock_token_status_message(status).decode("ascii"))

    def __reduce__(self) -> "tuple[type[BedrockTokenError], tuple[int]]":
        return type(self), (self.status,)


class NullArgumentError(BedrockTokenError, TypeError):
    """None where a string must be."""


class AccessKeyError(BedrockTokenError, ValueError):
    """access_key is not 1 to 128 of ``A-Z a-z 0-9 _``."""


class SecretError(BedrockTokenError, ValueError):
    """secret is not 1 to 256 printable ASCII characters, has a space or a newline in it, or a
    quote at an end."""


class SessionError(BedrockTokenError, ValueError):
    """session is over 65,536 bytes, is not printable ASCII, or has a space or a quote at an end."""


class SessionRequiredError(BedrockTokenError, ValueError):
    """access_key starts with ASIA, so it is temporary, and the session token is missing."""


class RegionError(BedrockTokenError, ValueError):
    """region is not 1 to 63 of ``a-z 0-9 -``, with a letter first and a number after the last ``-``."""


class ExpiresError(BedrockTokenError, ValueError):
    """expires is not 1 to 43200 seconds."""


class SigningTimeError(BedrockTokenError, ValueError):
    """The time of signing, or the system's clock, is before 1970 or after 9999."""


class TokenMemoryError(BedrockTokenError, MemoryError):
    """No memory for the result."""


class InvalidTokenError(BedrockTokenError, ValueError):
    """The string is not a token."""


class NoCredentialsError(BedrockTokenError, RuntimeError):
    """The source gave no credentials; ``__cause__`` is the exception that it raised."""


class CredentialsExpiredError(BedrockTokenError, RuntimeError):
    """The credentials have expired already."""


class ServiceError(BedrockTokenError, ValueError):
    """service is not "bedrock" or "claude-platform"."""


class ReentrantError(BedrockTokenError, RuntimeError):
    """A thread that is in a provider's source came back into the same provider."""


class InternalError(BedrockTokenError, RuntimeError):
    """A defect in the library; please report it."""


_BY_STATUS = {
    1: NullArgumentError,
    2: AccessKeyError,
    3: SecretError,
    4: SessionError,
    5: SessionRequiredError,
    6: RegionError,
    7: ExpiresError,
    8: SigningTimeError,
    10: TokenMemoryError,
    11: InvalidTokenError,
    12: NoCredentialsError,
    13: CredentialsExpiredError,
    14: InternalError,
    15: ServiceError,
    16: ReentrantError,
}


def check(status: int) -> None:
    """Raises the exception of a status, if it is not 0."""
    if status != 0:
        raise _BY_STATUS.get(status, BedrockTokenError)(status)
