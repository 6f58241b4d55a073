"""AWS's signer in C, as Python programs use it: the package awscrt. awscrt_python.py FOLDER"""

import base64
import sys
from datetime import UTC, datetime

from awscrt.auth import (
    AwsCredentialsProvider,
    AwsSignatureType,
    AwsSigningAlgorithm,
    AwsSigningConfig,
    aws_sign_request,
)
from awscrt.http import HttpHeaders, HttpRequest
from worker import work

EMPTY_SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def generate(session: str) -> str:
    request = HttpRequest(
        "POST", "/?Action=CallWithBearerToken", HttpHeaders([("host", "bedrock.amazonaws.com")])
    )
    config = AwsSigningConfig(
        algorithm=AwsSigningAlgorithm.V4,
        signature_type=AwsSignatureType.HTTP_REQUEST_QUERY_PARAMS,
        credentials_provider=AwsCredentialsProvider.new_static(
            "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", session or None
        ),
        region="eu-central-1",
        service="bedrock",
        date=datetime.now(UTC),
        use_double_uri_encode=False,
        signed_body_value=EMPTY_SHA256,
        expiration_in_seconds=43200,
    )
    signed = aws_sign_request(request, config).result()
    url = f"bedrock.amazonaws.com{signed.path}&Version=1"
    return "bedrock-api" + "-key-" + base64.b64encode(url.encode()).decode()


work(sys.argv[1], {"presign": lambda: generate})
