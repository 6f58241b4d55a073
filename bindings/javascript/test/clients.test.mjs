// Each client of clients.ts sends the provider's token: a fresh one for each request.
import assert from "node:assert/strict";
import { test } from "node:test";
import { bin, run } from "./program.mjs";

const compiled = new URL("clients.mjs", import.meta.url).pathname;
run(bin(".bin/esbuild"), ["clients.ts", "--format=esm", `--outfile=${compiled}`, "--log-level=warning"]);
for (const name of Object.keys(process.env)) if (/^(AWS|ANTHROPIC|OPENAI)_/.test(name)) delete process.env[name];
const { bedrock, clients, platform } = await import(compiled);

/** The requests that reach the network, and what it answers. */
const requests = [];
globalThis.fetch = (...request) => {
  requests.push(new Request(...request));
  return Promise.resolve(Response.json({ content: [], choices: [] }));
};
const requestHandler = {
  handle: ({ protocol, hostname, path, method, headers }) => {
    requests.push(new Request(`${protocol}//${hostname}${path}`, { method, headers }));
    throw new Error("not sent");
  },
};

for (const [name, connect] of Object.entries(clients)) {
  test(name, async () => {
    const call = connect({ requestHandler, maxAttempts: 1 });
    const provider = /^Anthropic(Aws)?$/.test(name) ? platform : bedrock;
    const [header, other] = name === "AnthropicAws" ? ["x-api-key", "authorization"] : ["authorization", "x-api-key"];
    const { now } = Date;
    for (const later of [0, 13 * 3600_000]) { // the first token has ended
      Date.now = () => now() + later;
      try {
        await call().catch((error) => assert.equal(error.message, "not sent"));
        const sent = requests.pop();
        assert.equal(sent.headers.get(header)?.replace("Bearer ", ""), await provider.token());
        assert.equal(sent.headers.get(other), null);
      } finally {
        Date.now = now;
      }
    }
  });
}
