// The Anthropic SDK's client of Claude Platform on AWS for Node.js, with a fresh token for each request.
// AWS_REGION=eu-central-1 ANTHROPIC_AWS_WORKSPACE_ID=wrkspc_...
"use strict";
const { AnthropicAws } = require("@anthropic-ai/aws-sdk");
const { Provider } = require("bedrock-token");

const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_REGION } = process.env;
const provider = new Provider({
  region: AWS_REGION,
  service: "claude-platform",
  credentials: () => ({
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: AWS_SECRET_ACCESS_KEY,
    sessionToken: AWS_SESSION_TOKEN,
  }),
});

// The provider's fetch puts its token in place of this key.
const client = new AnthropicAws({ apiKey: "replaced", fetch: provider.fetch });

async function main() {
  const answer = await client.messages.create({
    model: process.argv[2],
    max_tokens: 1024,
    messages: [{ role: "user", content: "Hello" }],
  });
  console.log(answer.content[0].text);
}

main().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
