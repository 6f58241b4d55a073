"""The official package's module of this name."""

from botocore.credentials import Credentials

from .._credentials import FrozenCredentials
from .._token import generate

TOKEN_DURATION: int = 43200


def _generate_token(credentials: FrozenCredentials, region: str, expires: int) -> str:
    if isinstance(credentials, Credentials):
        # All three of one moment, though another thread may be refreshing them.
        credentials = credentials.get_frozen_credentials()
    return generate(
        credentials.access_key, credentials.secret_key, credentials.token, region, expires
    )


class BedrockTokenGenerator:
    """Generates short-lived AWS Bedrock bearer tokens."""

    def get_token(self, credentials: FrozenCredentials, region: str) -> str:
        """A token that lives for 12 hours.

        Raises:
            ValueError: Credentials or region are missing, or the library refuses an argument (see
                bedrock_token.generate).
        """
        if not credentials:
            raise ValueError("Credentials cannot be None")
        if not region or not isinstance(region, str):
            raise ValueError("Region must be a non-empty string")
        return _generate_token(credentials, region, TOKEN_DURATION)
