// Each client, as in clients.ts, sends the provider's token: a fresh one for each request.
import assert from "node:assert/strict";
import { test } from "node:test";
import { AnthropicAws } from "@anthropic-ai/aws-sdk";
import { AnthropicBedrockMantle } from "@anthropic-ai/bedrock-sdk";
import { Anthropic } from "@anthropic-ai/sdk";
import { BedrockRuntimeClient, ConverseCommand } from "@aws-sdk/client-bedrock-runtime";
import { Provider } from "bedrock-token";
import { OpenAI } from "openai";

const region = "us-west-2";
const KEYS = {
  accessKeyId: "AKIAIOSFODNN7EXAMPLE",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
};
for (const name of Object.keys(process.env)) if (/^(AWS|ANTHROPIC|OPENAI)_/.test(name)) delete process.env[name];

/** The requests that reach the network, and what it answers. */
const requests = [];
globalThis.fetch = (...request) => {
  requests.push(new Request(...request));
  return Promise.resolve(Response.json({ content: [], choices: [] }));
};

const claude = {
  model: "claude",
  max_tokens: 1,
  messages: [{ role: "user", content: "Hello" }],
};
const bedrock = new Provider({ region, credentials: KEYS });
const platform = new Provider({ region, credentials: KEYS, service: "claude-platform" });

const clients = {
  "OpenAI, apiKey": [bedrock, "authorization", () => {
    const baseURL = `https://bedrock-mantle.${region}.api.aws/v1`;
    const client = new OpenAI({ apiKey: bedrock.token, baseURL });
    return () => client.chat.completions.create({ model: "gpt-oss", messages: [] });
  }],
  "OpenAI, fetch": [bedrock, "authorization", () => {
    const baseURL = `https://bedrock-runtime.${region}.amazonaws.com/openai/v1`;
    const client = new OpenAI({ apiKey: "replaced", fetch: bedrock.fetch, baseURL });
    return () => client.chat.completions.create({ model: "gpt-oss", messages: [] });
  }],
  "Anthropic, apiKey": [platform, "authorization", () => {
    const baseURL = `https://aws-external-anthropic.${region}.api.aws`;
    const client = new Anthropic({ apiKey: platform.token, baseURL });
    return () => client.messages.create(claude);
  }],
  AnthropicAws: [platform, "x-api-key", () => {
    const client = new AnthropicAws({
      awsRegion: region,
      workspaceId: "wrkspc_1",
      apiKey: "replaced",
      fetch: platform.fetch,
    });
    return () => client.messages.create(claude);
  }],
  AnthropicBedrockMantle: [bedrock, "authorization", () => {
    const client = new AnthropicBedrockMantle({
      awsRegion: region,
      apiKey: "replaced",
      fetch: bedrock.fetch,
    });
    return () => client.messages.create(claude);
  }],
  "AWS SDK": [bedrock, "authorization", () => {
    const client = new BedrockRuntimeClient({
      region,
      token: bedrock.identity,
      authSchemePreference: ["httpBearerAuth"],
      requestHandler: {
        handle: ({ protocol, hostname, path, method, headers }) => {
          requests.push(new Request(`${protocol}//${hostname}${path}`, { method, headers }));
          throw new Error("not sent");
        },
      },
      maxAttempts: 1,
    });
    return () => client.send(new ConverseCommand({ modelId: "nova", messages: [] })).catch(() => {});
  }],
};

for (const [name, [provider, header, connect]] of Object.entries(clients)) {
  test(name, async () => {
    const call = connect();
    const { now } = Date;
    for (const later of [0, 13 * 3600_000]) { // the first token has ended
      Date.now = () => now() + later;
      try {
        await call();
        const sent = requests.pop();
        assert.equal(sent.headers.get(header)?.replace("Bearer ", ""), await provider.token());
        const other = header === "x-api-key" ? "authorization" : "x-api-key";
        assert.equal(sent.headers.get(other), null);
      } finally {
        Date.now = now;
      }
    }
  });
}
