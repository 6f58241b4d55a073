// What a user of each client writes. types.test.mjs compiles it, clients.test.mjs does the same at run time.
import { AnthropicAws } from "@anthropic-ai/aws-sdk";
import { AnthropicBedrockMantle } from "@anthropic-ai/bedrock-sdk";
import { Anthropic } from "@anthropic-ai/sdk";
import { BedrockRuntimeClient } from "@aws-sdk/client-bedrock-runtime";
import type { AwsCredentialIdentityProvider } from "@aws-sdk/types";
import { BedrockTokenError, type Credentials, generate, inspect, load, Provider } from "bedrock-token";
import { OpenAI } from "openai";

declare const chain: AwsCredentialIdentityProvider;
const region = "us-west-2";
const provider = new Provider({
  region,
  credentials: chain,
  onFailure: (failure) => console.error(failure.code satisfies string),
});
const fetch = provider.fetch;

new BedrockRuntimeClient({ region, token: provider.identity, authSchemePreference: ["httpBearerAuth"] });
new OpenAI({ apiKey: provider.token, baseURL: `https://bedrock-mantle.${region}.api.aws/v1` });
new OpenAI({ apiKey: "replaced", fetch });
new Anthropic({ apiKey: provider.token, baseURL: `https://aws-external-anthropic.${region}.api.aws` });
new AnthropicAws({ awsRegion: region, workspaceId: "wrkspc_", apiKey: "replaced", fetch });
new AnthropicBedrockMantle({ awsRegion: region, apiKey: "replaced", fetch });

export async function types(): Promise<string> {
  await load();
  const credentials: Credentials = await chain();
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  const token: string = generate(accessKeyId, secretAccessKey, sessionToken, region, {
    expires: 900,
    service: "claude-platform",
    at: new Date(),
  });
  const { expiresAt, hasSession, service } = inspect(token);
  const failure: BedrockTokenError | undefined = provider.failure;
  if (failure?.code === "BEDROCK_TOKEN_ERR_REGION") throw failure;
  // @ts-expect-error
  failure?.code === "BEDROCK_TOKEN_ERR_UNKNOWN";
  // @ts-expect-error
  generate(accessKeyId, secretAccessKey, null, region, { service: "claude" });
  // @ts-expect-error
  generate(accessKeyId, secretAccessKey, null, undefined);
  // @ts-expect-error
  new Provider({ region });
  provider.invalidate(token);
  return `${expiresAt.toISOString()} ${hasSession} ${service} ${
    await provider.token({ signal: AbortSignal.timeout(1000) })
  }`;
}
