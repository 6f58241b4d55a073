from functools import lru_cache

from bedrock_token import Credentials, Provider


def credentials_of(tenant: str) -> Credentials:
    return Credentials("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")


@lru_cache(maxsize=10_000)
def provider_of(tenant: str, region: str) -> Provider:
    return Provider(lambda: credentials_of(tenant), region)


print(provider_of("tenant-7", "eu-central-1").get())
