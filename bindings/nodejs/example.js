"use strict";
const { generate, inspect, Provider } = require("./bedrock_token.js");

const [key, secret] = ["AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"];

const token = generate(key, secret, null, "eu-central-1");
const { accessKey, region, expiresAt } = inspect(token);
console.log(`${token}\n${accessKey} ${region} ${expiresAt}`);
try {
  generate(key, `${secret}\n`, null, "eu-central-1");
} catch (error) {
  console.log(`refused: ${error.message}`);
}

// In a server: one for all requests. It asks for credentials when it needs them; fromNodeProviderChain()
// of @aws-sdk/credential-providers, for example, finds the machine's own.
const provider = new Provider({
  region: "us-west-2",
  service: "claude-platform",
  credentials: () => ({
    accessKeyId: key,
    secretAccessKey: secret,
    expiration: new Date(Date.now() + 900_000),
  }),
});
provider.token().then(console.log);
