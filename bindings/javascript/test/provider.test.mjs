import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { afterEach, beforeEach, mock, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { BedrockTokenError, inspect, Provider } from "bedrock-token";

const KEYS = {
  accessKeyId: "AKIAIOSFODNN7EXAMPLE",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
};
const REGION = "eu-central-1";
const START = 1_800_000_000;
const END = START + 43200;

const realNow = Date.now;
let now;
beforeEach(() => {
  now = START;
  Date.now = () => now * 1000;
});
afterEach(() => (Date.now = realNow));

/** A source that counts, and the answer that it gives next. */
function source(answer = () => KEYS) {
  const ask = async () => {
    ask.asked++;
    return await ask.answer();
  };
  return Object.assign(ask, { asked: 0, answer });
}

const provider = (credentials, options) => new Provider({ region: REGION, credentials, ...options });
const issuedAt = (token) => inspect(token).issuedAt.getTime() / 1000;
const isFailure = (name) => ({ name: "BedrockTokenError", code: `BEDROCK_TOKEN_ERR_${name}` });

test("a failure has the source's reason, and onFailure is called with it", async () => {
  const reason = new Error("the metadata service is down");
  const ask = source(() => Promise.reject(reason));
  const failures = [];
  const p = provider(ask, { onFailure: (failure) => failures.push(failure) });
  const [{ reason: error }, other] = await Promise.allSettled([p.token(), p.identity()]);
  assert.equal(other.reason, error);
  assert(error instanceof BedrockTokenError);
  assert.equal(error.cause, reason);
  assert.match(error.message, /^credentials: .*: the metadata service is down$/);
  assert.deepEqual(failures, [error]);
  ask.answer = () => KEYS;
  await p.token();
  ask.answer = () => Promise.reject(undefined);
  now = END - 100;
  assert.equal(issuedAt(await p.token()), START); // it still holds
  assert.equal(p.failure, failures[1]);
});

test("a renewal under way goes on when a caller stops waiting, and when the token is invalidated", async () => {
  let answer;
  const ask = source(() => new Promise((resolve) => (answer = resolve)));
  const p = provider(ask);
  const why = new Error("too late");
  const deadline = new AbortController();
  const only = p.token({ signal: deadline.signal });
  deadline.abort(why);
  await assert.rejects(only, why);
  await assert.rejects(p.token({ signal: AbortSignal.abort(why) }), why);
  const renews = p.token();
  p.invalidate();
  answer(KEYS);
  assert.equal(await renews, await p.token());
  assert.equal(ask.asked, 1);
});

test("a source that never answers is given up, also for those who came later", async () => {
  const answers = [];
  const ask = source(() => new Promise((resolve) => answers.push(resolve)));
  const p = provider(ask, { timeout: 30 });
  const results = await Promise.allSettled([p.token(), p.token()]);
  for (const { reason } of results) {
    assert.equal(reason.code, "BEDROCK_TOKEN_ERR_NO_CREDENTIALS");
    assert.match(reason.message, /no answer within 30 ms/);
  }
  assert.equal(ask.asked, 1);
  const next = p.token();
  assert.equal(ask.asked, 2);
  now += 1;
  answers[0]({ ...KEYS, accessKeyId: "AKIALATE" }); // too late
  await sleep(1);
  answers[1](KEYS);
  assert.equal(inspect(await next).accessKey, KEYS.accessKeyId);
});

test("a source that never answers is given up, also if each caller stops waiting sooner", async () => {
  const ask = source(() => new Promise(() => {}));
  const p = provider(ask, { timeout: 100 });
  for (let i = 0; i < 8; i++) await assert.rejects(p.token({ signal: AbortSignal.timeout(50) }));
  assert(ask.asked > 1);
  assert.match(p.failure.message, /no answer within 100 ms/);
});

test("a source that never answers is asked again while the kept token holds", async () => {
  const ask = source();
  const p = provider(ask, { timeout: 30 });
  const kept = await p.token();
  now = END - 100;
  ask.answer = () => new Promise(() => {});
  const deadline = new AbortController();
  const only = p.token({ signal: deadline.signal });
  deadline.abort();
  await assert.rejects(only);
  await sleep(40);
  assert.equal(await p.token(), kept);
  assert.match(p.failure.message, /no answer within 30 ms/);
  assert.equal(ask.asked, 2);
  ask.answer = () => KEYS;
  now = END - 50;
  assert.equal(issuedAt(await p.token()), now);
});

test("a caller that comes later waits for what is left of the timeout", async () => {
  const delays = [];
  const p = provider(() => new Promise(() => {}));
  const { setTimeout: real } = globalThis;
  globalThis.setTimeout = (_, delay) => void delays.push(delay);
  p.token();
  await sleep(20);
  p.token();
  globalThis.setTimeout = real;
  assert(delays[0] > 59_000 && delays[1] <= delays[0] - 15, `${delays}`);
});

test("a renewal that nobody carries on does not stop the next caller", async () => {
  // As in a worker whose first request was cancelled: neither its timer nor its source goes on.
  const ask = source(() => new Promise(() => {}));
  const p = provider(ask, { timeout: 30 });
  const { setTimeout: real } = globalThis;
  globalThis.setTimeout = () => 0;
  p.token().catch(() => {});
  globalThis.setTimeout = real;
  await assert.rejects(p.token(), isFailure("NO_CREDENTIALS"));
  ask.answer = () => KEYS;
  assert.equal(issuedAt(await p.token()), START);
});

test("a timeout longer than a timer can be is none", async () => {
  for (const timeout of [Infinity, 2 ** 40]) {
    await provider(() => sleep(20, KEYS), { timeout }).token();
  }
});

test("a source may ask another provider, and not its own by way of another", async () => {
  let inner;
  const other = provider(KEYS);
  const first = provider(async () => {
    await other.token();
    inner = await second.token().catch((error) => error);
    return KEYS;
  });
  const second = provider(async () => {
    await sleep(1);
    await first.token();
    return KEYS;
  });
  await first.token();
  assert.equal(inner.code, "BEDROCK_TOKEN_ERR_NO_CREDENTIALS");
  assert.equal(inner.cause.code, "BEDROCK_TOKEN_ERR_REENTRANT");
});

test("credentials, and their end", async () => {
  const withEnd = (expiration) => provider({ ...KEYS, expiration });
  assert.equal((await withEnd(new Date((START + 900) * 1000)).identity()).expiration / 1000, START + 900);
  assert.equal((await withEnd(undefined).identity()).expiration / 1000, END);
  for (const expiration of [new Date(0), new Date(-1)]) {
    await assert.rejects(withEnd(expiration).token(), isFailure("CREDENTIALS_EXPIRED"));
  }
  for (const expiration of [new Date(NaN), "soon"]) {
    await assert.rejects(withEnd(expiration).token(), isFailure("TIME"));
  }
  await assert.rejects(provider(() => null).token(), isFailure("NO_CREDENTIALS"));
  await assert.rejects(provider(() => ({})).token(), isFailure("ACCESS_KEY"));
  assert.throws(() => provider(KEYS, { service: "claude" }), isFailure("SERVICE"));
});

/** What provider.fetch sends, or why it does not. */
async function sent(p, request, init, status = 200) {
  const fetch = mock.method(globalThis, "fetch", () => new Response("", { status }));
  try {
    await p.fetch(request, init);
    return new Request(...fetch.mock.calls[0].arguments);
  } finally {
    fetch.mock.restore();
  }
}

test("fetch replaces the key, and follows no redirect", async () => {
  const url = "https://bedrock-runtime.eu-central-1.amazonaws.com/openai/v1/chat/completions";
  const headers = { "X-Api-Key": "placeholder", Authorization: "Bearer placeholder", "X-Other": "1" };
  const init = { method: "POST", body: "{}", headers };
  const p = provider(KEYS);
  for (const request of [[url, init], [new URL(url), init], [new Request(url, init)]]) {
    const made = await sent(p, ...request);
    assert.equal(made.headers.get("authorization"), `Bearer ${await p.token()}`);
    assert.equal(made.headers.get("x-api-key"), null);
    assert.equal(made.headers.get("x-other"), "1");
    assert.deepEqual([made.method, made.redirect, await made.text()], ["POST", "manual", "{}"]);
  }
  const claude = provider(KEYS, { service: "claude-platform" });
  const made = await sent(claude, `https://aws-external-anthropic.${REGION}.api.aws/v1/messages`, init);
  assert.equal(made.headers.get("x-api-key"), await claude.token());
  assert.equal(made.headers.get("authorization"), null);
});

test("fetch sends the token to the hosts of the vectors, and nothing to others", async () => {
  const text = await readFile(`${process.env.ROOT}/tests/vectors/hosts.tsv`, "utf8");
  const rows = text.split("\n").filter((line) => line && !line.startsWith("#"));
  for (const row of rows) {
    const [service, region, more, url, result] = row.split("\t");
    const p = new Provider({ service, region, credentials: KEYS, hosts: more === "-" ? [] : [more] });
    if (result === "token") {
      const { headers } = await sent(p, url);
      const token = headers.get("x-api-key") ?? headers.get("authorization").replace("Bearer ", "");
      assert.equal(token, await p.token(), row);
    } else {
      await assert.rejects(sent(p, url), /not sent to|credentials/, row);
    }
  }
  assert.ok(rows.length > 50);
});

test("hosts are compared as URLs have them, and what is no host is refused", async () => {
  const goesTo = (host, url) => sent(provider(KEYS, { hosts: [host] }), url);
  for (const [host, url] of [
    ["gateway.example.com:443", "https://gateway.example.com/"],
    ["Other.example.com", "https://other.example.com/"],
    ["Other.example.com:8443", "https://other.example.com:8443/"],
    ["localhost:80", "http://localhost/"],
    ["localhost:443", "https://localhost/"],
    ["[0:0:0:0:0:0:0:1]:8080", "http://[::1]:8080/"],
  ]) {
    assert.ok((await goesTo(host, url)).headers.has("authorization"), host);
  }
  for (const [host, url] of [
    ["gateway.example.com:443", "https://gateway.example.com:8443/"],
    ["gateway.example.com", "https://example.com/"],
    ["localhost:80", "https://localhost/"],
    ["localhost:443", "http://localhost/"],
  ]) {
    await assert.rejects(goesTo(host, url), /not sent to/, host);
  }
  const wrong = ["", ".", "*", "*.example.com", "example.com.", "https://example.com", "example.com/", "::1", ":80"];
  wrong.push("user@example.com", "example.com:x", "example.com:", "example.com:0", "example.com:65536", "[:::]");
  wrong.push("exam ple.com", "example.com?", "example.com#", "example.com\n", "256.0.0.1", undefined, null, 1, ["a"]);
  const refused = { name: "TypeError", message: /^hosts must be a list/ };
  for (const host of wrong) {
    assert.throws(() => provider(KEYS, { hosts: ["example.com", host] }), refused, JSON.stringify(host));
  }
  for (const hosts of ["api.gateway.example.com", "", null, {}]) assert.throws(() => provider(KEYS, { hosts }), refused);
});

test("a token that the service refuses is not used again", async () => {
  const ask = source();
  const p = provider(ask);
  const url = "https://bedrock-runtime.eu-central-1.amazonaws.com/";
  const send = (status) => sent(p, url, undefined, status);
  for (const status of [200, 400, 429, 500, 401]) await send(status);
  assert.equal(ask.asked, 1);
  await send(403); // with a new token; most refusals have another cause
  await send(200);
  assert.equal(ask.asked, 2);
  now += 60;
  await send(403);
  ask.answer = () => Promise.reject(new Error("down"));
  const kept = (await sent(p, url)).headers.get("authorization");
  assert.equal(issuedAt(kept.slice("Bearer ".length)), now - 60);
  assert.equal(ask.asked, 3);
});
