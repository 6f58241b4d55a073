// The OpenAI SDK for Node.js, with an answer that comes in pieces.
// OPENAI_BASE_URL=https://bedrock-runtime.eu-central-1.amazonaws.com/openai/v1
"use strict";
const { OpenAI } = require("openai");
const { generate } = require("../../../bindings/nodejs/bedrock_token.js");

const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_REGION } = process.env;

async function main() {
  const client = new OpenAI({
    // Called before each request; generating takes some microseconds.
    apiKey: () =>
      Promise.resolve(
        generate(AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN ?? null, AWS_REGION),
      ),
  });
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
