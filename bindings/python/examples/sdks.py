"""Clients of each SDK, one and one for asyncio, with a token that renews itself. Copy what you need."""

from typing import Any

import bedrock_token
from bedrock_token import BearerAuth, Provider


def openai(provider: Provider) -> Any:
    from openai import AsyncOpenAI, DefaultAsyncHttpxClient, DefaultHttpxClient, OpenAI

    auth = BearerAuth(provider)
    about: Any = {
        "base_url": f"https://bedrock-mantle.{provider.region}.api.aws/v1",
        "api_key": "unused",
    }
    return (
        OpenAI(http_client=DefaultHttpxClient(auth=auth), **about),
        AsyncOpenAI(http_client=DefaultAsyncHttpxClient(auth=auth), **about),
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


def anthropic_bedrock(provider: Provider) -> Any:
    """For bedrock-runtime, where a model is an inference profile: eu.anthropic.claude-sonnet-5."""
    import anthropic

    http = anthropic.DefaultHttpxClient(auth=BearerAuth(provider))
    async_http = anthropic.DefaultAsyncHttpxClient(auth=BearerAuth(provider))
    about: Any = {"aws_region": provider.region, "api_key": "unused"}
    return (
        anthropic.AnthropicBedrock(http_client=http, **about),
        anthropic.AsyncAnthropicBedrock(http_client=async_http, **about),
    )


def anthropic_mantle(provider: Provider) -> Any:
    """For bedrock-mantle, where a model has a bare ID: anthropic.claude-sonnet-5."""
    import anthropic

    http = anthropic.DefaultHttpxClient(auth=BearerAuth(provider))
    async_http = anthropic.DefaultAsyncHttpxClient(auth=BearerAuth(provider))
    about: Any = {"aws_region": provider.region, "skip_auth": True}
    return (
        anthropic.AnthropicBedrockMantle(http_client=http, **about),
        anthropic.AsyncAnthropicBedrockMantle(http_client=async_http, **about),
    )


def claude_platform(provider: Provider, workspace: str) -> Any:
    """For Claude Platform on AWS: the provider's service is "claude-platform"."""
    import anthropic

    http = anthropic.DefaultHttpxClient(auth=BearerAuth(provider))
    async_http = anthropic.DefaultAsyncHttpxClient(auth=BearerAuth(provider))
    about: Any = {"aws_region": provider.region, "skip_auth": True, "workspace_id": workspace}
    return (
        anthropic.AnthropicAWS(http_client=http, **about),
        anthropic.AsyncAnthropicAWS(http_client=async_http, **about),
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


def litellm(provider: Provider, prompt: str) -> Any:
    """litellm takes a token for each call."""
    from litellm import completion

    return completion(
        model="bedrock/converse/openai.gpt-oss-20b-1:0",
        messages=[{"role": "user", "content": prompt}],
        api_key=provider.get(),
        aws_region_name=provider.region,
    )


async def litellm_async(provider: Provider, prompt: str) -> Any:
    from litellm import acompletion

    return await acompletion(
        model="bedrock/converse/openai.gpt-oss-20b-1:0",
        messages=[{"role": "user", "content": prompt}],
        api_key=await provider.get_async(),
        aws_region_name=provider.region,
    )
