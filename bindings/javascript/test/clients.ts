// What a user of each client writes. types.test.mjs compiles it, clients.test.mjs runs it.
import { AnthropicAws } from "@anthropic-ai/aws-sdk";
import { AnthropicBedrockMantle } from "@anthropic-ai/bedrock-sdk";
import { Anthropic } from "@anthropic-ai/sdk";
import { BedrockRuntimeClient, type BedrockRuntimeClientConfig, ConverseCommand } from "@aws-sdk/client-bedrock-runtime";
import type { AwsCredentialIdentityProvider } from "@aws-sdk/types";
import { BedrockTokenError, type Credentials, generate, inspect, load, Provider } from "bedrock-token";
import { OpenAI } from "openai";

const region = "us-west-2";
const credentials = {
  accessKeyId: "AKIAIOSFODNN7EXAMPLE",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
};
export const bedrock = new Provider({
  region,
  credentials,
  onFailure: (failure) => console.error(failure.code satisfies string),
});
export const platform = new Provider({ region, credentials, service: "claude-platform" });

const gpt = { model: "gpt-oss", messages: [] };
const claude = { model: "claude", max_tokens: 1, messages: [{ role: "user" as const, content: "Hello" }] };
const mantle = `https://bedrock-mantle.${region}.api.aws/v1`;
const runtime = `https://bedrock-runtime.${region}.amazonaws.com/openai/v1`;
const platformURL = `https://aws-external-anthropic.${region}.api.aws`;
const aws = { awsRegion: region, workspaceId: "wrkspc_1" };

/** A client of each kind, and what sends a request with it. */
export const clients = {
  "OpenAI, apiKey": () => {
    const client = new OpenAI({ apiKey: bedrock.token, baseURL: mantle });
    return () => client.chat.completions.create(gpt);
  },
  "OpenAI, fetch": () => {
    const client = new OpenAI({ apiKey: "replaced", fetch: bedrock.fetch, baseURL: runtime });
    return () => client.chat.completions.create(gpt);
  },
  Anthropic: () => {
    const client = new Anthropic({ apiKey: platform.token, baseURL: platformURL });
    return () => client.messages.create(claude);
  },
  AnthropicAws: () => {
    const client = new AnthropicAws({ ...aws, apiKey: "replaced", fetch: platform.fetch });
    return () => client.messages.create(claude);
  },
  AnthropicBedrockMantle: () => {
    const client = new AnthropicBedrockMantle({ awsRegion: region, apiKey: "replaced", fetch: bedrock.fetch });
    return () => client.messages.create(claude);
  },
  "AWS SDK": (more: BedrockRuntimeClientConfig = {}) => {
    const token = { token: bedrock.identity, authSchemePreference: ["httpBearerAuth"] };
    const client = new BedrockRuntimeClient({ region, ...token, ...more });
    return () => client.send(new ConverseCommand({ modelId: "nova", messages: [] }));
  },
};

declare const chain: AwsCredentialIdentityProvider;

export async function types(): Promise<string> {
  await load();
  new Provider({ region, credentials: chain });
  const credentials: Credentials = await chain();
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  const token: string = generate(accessKeyId, secretAccessKey, sessionToken, region, {
    expires: 900,
    service: "claude-platform",
    at: new Date(),
  });
  const { expiresAt, hasSession, service } = inspect(token);
  const failure: BedrockTokenError | undefined = bedrock.failure;
  if (failure?.code === "BEDROCK_TOKEN_ERR_REGION") throw failure;
  // @ts-expect-error
  failure?.code === "BEDROCK_TOKEN_ERR_UNKNOWN";
  // @ts-expect-error
  generate(accessKeyId, secretAccessKey, null, region, { service: "claude" });
  // @ts-expect-error
  generate(accessKeyId, secretAccessKey, null, undefined);
  // @ts-expect-error
  new Provider({ region });
  bedrock.invalidate(token);
  const signal = AbortSignal.timeout(1000);
  return `${expiresAt.toISOString()} ${hasSession} ${service} ${await bedrock.token({ signal })}`;
}
