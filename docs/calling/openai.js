// The OpenAI SDK for Node.js, with a streamed answer.
// OPENAI_BASE_URL=https://bedrock-runtime.eu-central-1.amazonaws.com/openai/v1
"use strict";
const { OpenAI } = require("openai");
const { Provider } = require("bedrock-token");

const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_REGION } = process.env;
const provider = new Provider({
  region: AWS_REGION,
  credentials: () => ({
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: AWS_SECRET_ACCESS_KEY,
    sessionToken: AWS_SESSION_TOKEN,
  }),
});
const client = new OpenAI({ apiKey: provider.token }); // called before each request

async function main() {
  const answer = await client.chat.completions.create({
    model: process.argv[2],
    messages: [{ role: "user", content: "Hello" }],
    stream: true,
  });
  for await (const chunk of answer) process.stdout.write(chunk.choices[0].delta.content ?? "");
  process.stdout.write("\n");
}

main().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
