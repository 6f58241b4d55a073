"""The interface of AWS's package aws-bedrock-token-generator, module by module and name by name.

Where a program says ``aws_bedrock_token_generator``, ``bedrock_token.compat`` may stand. An argument
that the service would refuse later is a ValueError at once. Like the official one, provide_token()
looks for credentials in each call. A server rather keeps a ``bedrock_token.from_session()``.
"""

import os
from datetime import timedelta
from typing import Any, Optional, Protocol

from .._botocore import NEEDS_BOTOCORE

try:
    from botocore.session import Session
except ImportError as _error:
    raise ImportError(NEEDS_BOTOCORE) from _error

from .token_generator import TOKEN_DURATION, BedrockTokenGenerator, _generate_token

# The release of the official package whose interface this is, and what it says of itself.
__version__ = "1.1.0"
__author__ = "Amazon Web Services"
__email__ = "aws-bedrock-token-generator@amazon.com"
__all__ = ["BedrockTokenGenerator", "provide_token"]


class CredentialProvider(Protocol):
    """botocore's class of this name."""

    def load(self) -> Any: ...


def provide_token(
    region: Optional[str] = None,
    aws_credentials_provider: Optional[CredentialProvider] = None,
    expiry: timedelta = timedelta(hours=12),
) -> str:
    """Generate a short-lived AWS Bedrock bearer token.

    Args:
        region: AWS region; if missing, the environment variable AWS_REGION.
        aws_credentials_provider: Its load() gives the credentials; if missing, botocore's default
            chain does.
        expiry: More than 0 seconds, at most 12 hours.

    Returns:
        The token.

    Raises:
        ValueError: The region is missing, the expiry is out of range, or the library refuses an
            argument (see bedrock_token.generate).
        RuntimeError: There are no credentials.
    """
    region = region or os.environ.get("AWS_REGION")
    if not region:
        raise ValueError("Region must be provided or set via the AWS_REGION environment variable.")
    if not 0 < expiry.total_seconds() <= TOKEN_DURATION:
        raise ValueError(
            "Token expiry must be greater than zero and less than or equal to 12 hours"
        )
    credentials = (
        aws_credentials_provider.load() if aws_credentials_provider else Session().get_credentials()
    )
    if credentials is None:
        raise RuntimeError(
            "No AWS credentials found. Check your environment or credential provider."
        )
    return _generate_token(credentials, region, int(expiry.total_seconds()))
