// A worker of benches/languages.py: the binding, and the official generator.
import { createInterface } from "node:readline";
import { getToken } from "@aws/bedrock-token-generator";
import { generate, Provider } from "bedrock-token";

const KEY = "AKIAIOSFODNN7EXAMPLE";
const SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const REGION = "eu-central-1";

const provider = new Provider({
  region: REGION,
  credentials: () => ({ accessKeyId: KEY, secretAccessKey: SECRET }),
});

const operations = {
  generate: (session) => generate(KEY, SECRET, session, REGION),
  kept: () => provider.token(),
  official: (session) =>
    getToken({
      credentials: { accessKeyId: KEY, secretAccessKey: SECRET, sessionToken: session ?? undefined },
      region: REGION,
      expiresInSeconds: 43200,
    }),
};

for await (const line of createInterface({ input: process.stdin })) {
  const [name, iterations, session] = line.split(" ");
  const given = session === "-" ? null : session;
  let token;
  for (let i = 0; i < Number(iterations); i++) {
    token = operations[name](given);
    if (typeof token !== "string") token = await token;
  }
  console.log(token);
}
