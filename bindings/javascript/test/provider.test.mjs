import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { inspect as show } from "node:util";
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

test("the arguments are checked at once", () => {
  for (const region of ["us-east-1a", "", undefined]) {
    assert.throws(() => new Provider({ region, credentials: KEYS }), isFailure("REGION"));
  }
  assert.throws(() => provider(KEYS, { expires: 0 }), isFailure("EXPIRES"));
  assert.throws(() => provider(KEYS, { service: "claude" }), isFailure("SERVICE"));
});

test("credentials may be an object, a function or a promise of a function", async () => {
  for (const credentials of [KEYS, () => KEYS, () => Promise.resolve(KEYS)]) {
    assert.equal(inspect(await provider(credentials).token()).accessKey, KEYS.accessKeyId);
  }
});

test("all callers share one renewal", async () => {
  const ask = source();
  const p = provider(ask);
  const tokens = await Promise.all([p.token(), p.token(), p.token()]);
  assert.equal(new Set(tokens).size, 1);
  assert.equal(ask.asked, 1);
  await p.token();
  assert.equal(ask.asked, 1);
});

test("a failure is shared, has the source's reason, and is shown until a renewal succeeds", async () => {
  const reason = new Error("the metadata service is down");
  const ask = source(async () => {
    await sleep(5);
    throw reason;
  });
  const failures = [];
  const p = provider(ask, { onFailure: (failure) => failures.push(failure) });
  assert.equal(p.failure, undefined);
  const results = await Promise.allSettled([p.token(), p.identity(), p.token()]);
  assert.equal(ask.asked, 1);
  const [{ reason: error }] = results;
  for (const result of results) assert.equal(result.reason, error);
  assert(error instanceof BedrockTokenError);
  assert.equal(error.status, 12);
  assert.equal(error.cause, reason);
  assert.match(error.message, /^credentials: .*: the metadata service is down$/);
  assert.deepEqual(failures, [error]);
  assert.equal(p.failure, error);

  ask.answer = () => KEYS;
  await p.token();
  assert.equal(p.failure, undefined);
  ask.answer = () => Promise.reject(undefined);
  now = END - 100;
  assert.equal(issuedAt(await p.token()), START); // it still holds
  assert.equal(p.failure.code, "BEDROCK_TOKEN_ERR_NO_CREDENTIALS");
  assert.equal(failures.length, 2);
});

test("while one caller renews, the others get the kept token until shortly before its end", async () => {
  const ask = source();
  const p = provider(ask);
  await p.token();
  let answer;
  ask.answer = () => new Promise((resolve) => (answer = resolve));
  now = END - 200;
  const renews = p.token();
  assert.equal(issuedAt(await p.token()), START);
  now = END - 1;
  const waits = p.token();
  answer(KEYS);
  assert.deepEqual([await renews, await waits].map(issuedAt), [END - 1, END - 1]);
  assert.equal(ask.asked, 2);
});

test("a signal ends its own caller's wait, and no other's", async () => {
  let answer;
  const ask = source(() => new Promise((resolve) => (answer = resolve)));
  const p = provider(ask);
  const deadline = new AbortController();
  const first = p.token({ signal: deadline.signal });
  const second = p.token();
  const why = new Error("too late");
  deadline.abort(why);
  await assert.rejects(first, why);
  await assert.rejects(p.token({ signal: AbortSignal.abort(why) }), why);
  answer(KEYS);
  assert.equal(issuedAt(await second), START);
  assert.equal(ask.asked, 1);
});

test("when its only caller gave up, a renewal goes on for the next", async () => {
  let answer;
  const ask = source(() => new Promise((resolve) => (answer = resolve)));
  const p = provider(ask);
  const deadline = new AbortController();
  const first = p.token({ signal: deadline.signal });
  deadline.abort();
  await assert.rejects(first, { name: "AbortError" });
  answer(KEYS);
  await sleep(1);
  await p.token();
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
    const ask = source(async () => {
      await sleep(20);
      return KEYS;
    });
    await provider(ask, { timeout }).token();
  }
});

test("a source that asks its own provider is refused", async () => {
  for (const before of [() => {}, () => sleep(1)]) {
    let inner;
    const outer = provider(async () => {
      await before();
      inner = await outer.token().catch((error) => error);
      return KEYS;
    });
    await outer.token();
    assert.equal(inner.code, "BEDROCK_TOKEN_ERR_REENTRANT");
  }
});

test("a source that asks its own provider by way of another is refused", async () => {
  let inner;
  const first = provider(async () => {
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

test("a source may ask another provider", async () => {
  const inner = provider(KEYS);
  const outer = provider(async () => {
    await inner.token();
    return KEYS;
  });
  await outer.token();
});

test("invalidate drops the kept token if it was the refused one", async () => {
  const ask = source();
  const p = provider(ask);
  const first = await p.token();
  p.invalidate("another");
  await p.token();
  assert.equal(ask.asked, 1);
  p.invalidate(first);
  now += 1;
  const second = await p.token();
  assert.notEqual(second, first);
  p.invalidate(first); // somebody else's late news
  assert.equal(await p.token(), second);
  p.invalidate();
  await p.token();
  assert.equal(ask.asked, 3);
});

test("a renewal that is under way when the token is invalidated is kept", async () => {
  let answer;
  const ask = source(() => new Promise((resolve) => (answer = resolve)));
  const p = provider(ask);
  const renews = p.token();
  p.invalidate();
  answer(KEYS);
  assert.equal(await renews, await p.token());
  assert.equal(ask.asked, 1);
});

test("the end of the credentials", async () => {
  const withEnd = (expiration) => provider({ ...KEYS, expiration });
  assert.equal((await withEnd(new Date((START + 900) * 1000)).identity()).expiration / 1000, START + 900);
  assert.equal((await withEnd(undefined).identity()).expiration / 1000, END);
  for (const expiration of [new Date(START * 1000), new Date(0), new Date(-1)]) {
    await assert.rejects(withEnd(expiration).token(), isFailure("CREDENTIALS_EXPIRED"));
  }
  const seconds = new Date((START + 900) * 1000 * 1000);
  for (const expiration of [seconds, new Date(NaN), "soon"]) {
    await assert.rejects(withEnd(expiration).token(), isFailure("TIME"));
  }
});

test("credentials that are none", async () => {
  for (const answer of [undefined, null]) {
    await assert.rejects(provider(() => answer).token(), isFailure("NO_CREDENTIALS"));
  }
  await assert.rejects(provider(() => ({})).token(), isFailure("ACCESS_KEY"));
  const temporary = { ...KEYS, accessKeyId: "ASIAIOSFODNN7EXAMPLE" };
  await assert.rejects(provider(temporary).token(), isFailure("SESSION_REQUIRED"));
});

test("a clock that was set back: the token from the future is not used", async () => {
  const ask = source();
  const p = provider(ask);
  await p.token();
  now -= 3600;
  assert.equal(issuedAt(await p.token()), START - 3600);
});

test("nothing that a log shows has a secret", async () => {
  const p = provider(KEYS);
  await p.token();
  const text = show(p, { showHidden: true, depth: 9 }) + JSON.stringify(p) + String(p);
  assert(!text.includes(KEYS.secretAccessKey) && !text.includes("bedrock-api-key-"));
});

/** What provider.fetch sends, or why it does not. */
async function sent(p, ...request) {
  const { fetch } = globalThis;
  let made;
  globalThis.fetch = (...args) => {
    made = new Request(...args);
    return Promise.resolve(new Response("", { status: sent.status }));
  };
  try {
    await p.fetch(...request);
    return made;
  } finally {
    globalThis.fetch = fetch;
    sent.status = 200;
  }
}
sent.status = 200;

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

test("fetch sends the token to the service's hosts in its region, over https, and to listed ones", async () => {
  const p = provider(KEYS);
  const china = new Provider({ region: "cn-north-1", credentials: KEYS });
  const listed = provider(KEYS, { hosts: ["gateway.example", "localhost:8080"] });
  const takes = [
    [p, "https://bedrock-runtime.eu-central-1.amazonaws.com/"],
    [p, "https://bedrock-runtime-fips.eu-central-1.amazonaws.com/"],
    [p, "https://bedrock-mantle.eu-central-1.api.aws/"],
    [p, "https://BEDROCK.eu-central-1.amazonaws.com./"],
    [p, "https://vpce-0a1b-x.bedrock-runtime.eu-central-1.vpce.amazonaws.com/"],
    [china, "https://bedrock-runtime.cn-north-1.amazonaws.com.cn/"],
    [listed, "https://gateway.example/"],
    [listed, "http://localhost:8080/"],
  ];
  for (const [of, url] of takes) {
    assert.match((await sent(of, url)).headers.get("authorization"), /^Bearer bedrock-api-key-/, url);
  }
  const refuses = [
    [p, "http://bedrock-runtime.eu-central-1.amazonaws.com/"],
    [p, "https://bedrock-runtime.us-east-1.amazonaws.com/"],
    [p, "https://aws-external-anthropic.eu-central-1.api.aws/"],
    [p, "https://bedrock-runtime.eu-central-1.amazonaws.com.evil.example/"],
    [p, "https://evil-bedrock-runtime.eu-central-1.amazonaws.com/"],
    [p, "https://x.bedrock-runtime.eu-central-1.amazonaws.com/"],
    [p, "https://bedrock-runtime.eu-central-1.amazonaws.com.cn/"],
    [p, "https://vpce-x.bedrock-runtime.eu-central-1.amazonaws.com/"],
    [p, "https://bedrock-runtime.eu-central-1.vpce.amazonaws.com/"],
    [p, "https://bucket.s3.eu-central-1.amazonaws.com/"],
    [p, "https://gateway.example/"],
    [china, "https://bedrock-runtime.cn-north-1.amazonaws.com/"],
    [listed, "http://gateway.example/"],
    [listed, "https://gateway.example:8443/"],
    [listed, "http://localhost:8081/"],
  ];
  for (const [of, url] of refuses) await assert.rejects(sent(of, url), /not sent to/, url);
});

test("a token that the service refuses is not used again", async () => {
  const ask = source();
  const p = provider(ask);
  const url = "https://bedrock-runtime.eu-central-1.amazonaws.com/";
  for (const status of [200, 400, 429, 500]) {
    sent.status = status;
    await sent(p, url);
  }
  assert.equal(ask.asked, 1);
  for (const status of [401, 403]) {
    sent.status = status;
    await sent(p, url);
    await sent(p, url);
  }
  assert.equal(ask.asked, 3);
});
