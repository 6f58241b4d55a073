"""Clients of each SDK, one and one for asyncio, with a token that renews itself. Copy what you need."""

from typing import Any

import bedrock_token
from bedrock_token import BearerAuth, Provider


def openai(provider: Provider) -> Any:
    from openai import AsyncOpenAI, DefaultAsyncHttpxClient, DefaultHttpxClient, OpenAI

    auth = BearerAuth(provider)
    url = f"https://bedrock-mantle.{provider.region}.api.aws/v1"
    return (
        OpenAI(base_url=url, api_key="unused", http_client=DefaultHttpxClient(auth=auth)),
        AsyncOpenAI(base_url=url, api_key="unused", http_client=DefaultAsyncHttpxClient(auth=auth)),
    )


def openai_bedrock(provider: Provider) -> Any:
    """OpenAI's own way, for models at /openai/v1. It does not repeat a request whose token was
    refused."""
    from openai import AsyncOpenAI, OpenAI
    from openai.providers import bedrock

    return (
        OpenAI(provider=bedrock(region=provider.region, token_provider=provider.get)),
        AsyncOpenAI(provider=bedrock(region=provider.region, token_provider=provider.get_async)),
    )


def anthropic(name: str, provider: Provider, **options: Any) -> Any:
    """AnthropicBedrock(api_key="unused"): models are inference profiles, eu.anthropic.claude-sonnet-5.
    AnthropicBedrockMantle(skip_auth=True): models have bare IDs, anthropic.claude-sonnet-5.
    AnthropicAWS(skip_auth=True, workspace_id=...): Claude Platform, also the provider's service.
    """
    import anthropic

    options = {"aws_region": provider.region, **options}
    auth = BearerAuth(provider)
    client, async_client = getattr(anthropic, name), getattr(anthropic, f"Async{name}")
    return (
        client(http_client=anthropic.DefaultHttpxClient(auth=auth), **options),
        async_client(http_client=anthropic.DefaultAsyncHttpxClient(auth=auth), **options),
    )


def anthropic_plain(provider: Provider) -> Any:
    """Anthropic's plain clients. After a 401, they ask again with force_refresh."""
    from anthropic import Anthropic, AsyncAnthropic
    from anthropic.lib.credentials import AccessToken

    # With the end 0, the client does not keep the token: the provider does.
    def credentials(*, force_refresh: bool = False) -> AccessToken:
        if force_refresh:
            provider.invalidate()
        return AccessToken(provider.get(), 0)

    async def credentials_async(*, force_refresh: bool = False) -> AccessToken:
        if force_refresh:
            provider.invalidate()
        return AccessToken(await provider.get_async(), 0)

    url = f"https://bedrock-mantle.{provider.region}.api.aws/anthropic"
    return (
        Anthropic(base_url=url, credentials=credentials),
        AsyncAnthropic(base_url=url, credentials=credentials_async),
    )


def langchain(provider: Provider) -> Any:
    from langchain_openai import ChatOpenAI
    from openai import DefaultAsyncHttpxClient, DefaultHttpxClient
    from pydantic import SecretStr

    auth = BearerAuth(provider)
    return ChatOpenAI(
        model="openai.gpt-oss-20b",
        base_url=f"https://bedrock-mantle.{provider.region}.api.aws/v1",
        api_key=SecretStr("unused"),
        http_client=DefaultHttpxClient(auth=auth),
        http_async_client=DefaultAsyncHttpxClient(auth=auth),
    )


def langchain_converse(provider: Provider) -> Any:
    import boto3
    from langchain_aws import ChatBedrockConverse

    client = boto3.client("bedrock-runtime", region_name=provider.region)
    bedrock_token.authorize(client, provider)
    return ChatBedrockConverse(model="openai.gpt-oss-20b-1:0", client=client)


def litellm(provider: Provider) -> Any:
    """litellm takes a token for each call."""
    from litellm import acompletion, completion

    def about(prompt: str) -> Any:
        return {
            "model": "bedrock/converse/openai.gpt-oss-20b-1:0",
            "messages": [{"role": "user", "content": prompt}],
            "aws_region_name": provider.region,
        }

    async def ask(prompt: str) -> Any:
        return await acompletion(api_key=await provider.get_async(), **about(prompt))

    return lambda prompt: completion(api_key=provider.get(), **about(prompt)), ask
