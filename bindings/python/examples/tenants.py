from bedrock_token import Credentials, Provider, Tenants


def credentials_of(tenant: str) -> Credentials:
    return Credentials("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")


def new_provider(key: tuple[str, str]) -> Provider:
    tenant, region = key
    return Provider(lambda: credentials_of(tenant), region)


tenants = Tenants(new_provider, limit=10_000)
print(tenants.provider(("tenant-7", "eu-central-1")).get())
