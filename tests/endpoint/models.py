"""Which model is where: the rules of docs/CALLING.md#models, where their sources are. A request that breaks
one is refused as the services do."""

import re

PROFILE = r"(?:us|eu|apac|jp|au|us-gov|global)\."
# Of the models that mantle serves at /openai/v1; the others are at /v1.
AT_OPENAI = r"(?:openai\.gpt-[56]|xai\.grok|google\.gemma-4)"
# The Claude models that mantle has.
CLAUDE_ON_MANTLE = r"anthropic\.claude-(?:sonnet-5|haiku-4-5|opus-(?:4-[789]|5)|fable-5)"

NO_ROUTE = "model `{}` isn't supported on this route"
NO_MODEL = "The provided model identifier is invalid."
NO_PROFILE = (
    "Invocation of model ID {} with on-demand throughput isn't supported. Retry your request with the ID"
    " or ARN of an inference profile that contains this model."
)


def refusal(endpoint: str, path: str, model: str) -> str | None:
    """Why the service does not take this model at this path; None if it does."""
    is_a = lambda pattern: re.match(pattern, model)  # noqa: E731
    if endpoint == "aws-external-anthropic":
        return None if is_a(r"claude-") else NO_MODEL
    if endpoint == "bedrock-mantle":
        if is_a(PROFILE) or is_a(r".*:\d"):
            return NO_MODEL
        if path.startswith("/anthropic/"):
            right = is_a(CLAUDE_ON_MANTLE)
        else:
            right = not is_a("anthropic") and bool(is_a(AT_OPENAI)) == path.startswith("/openai/")
        return None if right else NO_ROUTE.format(model)
    if path.startswith("/anthropic/") and not is_a(f"{PROFILE}anthropic"):
        return NO_PROFILE.format(model)
    if is_a(r"anthropic\."):
        return NO_PROFILE.format(model)
    if is_a(r"openai\.gpt-oss"):
        if not is_a(r"openai\.gpt-oss-(?:20b|120b)-1:0$"):
            return NO_MODEL
        return NO_ROUTE.format(model) if path.endswith("/responses") else None
    return None if is_a(rf"(?:{PROFILE})?[a-z]+\.") else NO_MODEL
