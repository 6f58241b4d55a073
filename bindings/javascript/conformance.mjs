// Answers vectors, as tests/conformance/README.md says.
import { createInterface } from "node:readline";
import { BedrockTokenError, generate, inspect } from "bedrock-token";

const SERVICES = ["bedrock", "claude-platform"];
const seconds = (date) => date.getTime() / 1000;

function answer(make) {
  try {
    const token = make();
    const { service, accessKey, region, issuedAt, expiresAt, hasSession } = inspect(token);
    const times = [seconds(issuedAt), seconds(expiresAt)];
    const info = [SERVICES.indexOf(service), accessKey, region, ...times, Number(hasSession)];
    console.log([0, token, ...info].join("\t"));
  } catch (error) {
    if (!(error instanceof BedrockTokenError)) throw error;
    console.log(`${error.status}\t${error.message}`);
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const fields = line.split("\t");
  // A JavaScript string has no bytes: each becomes the character of the same number.
  const strings = fields.slice(1, 5)
    .map((s) => (s === "-" ? null : Buffer.from(s.slice(1), "hex").toString("latin1")));
  const options = { service: SERVICES[fields[0]] ?? "none", expires: Number(fields[5]) };
  answer(() => generate(...strings, { ...options, at: new Date(Number(fields[6]) * 1000) }));
  answer(() => generate(...strings, options));
}
