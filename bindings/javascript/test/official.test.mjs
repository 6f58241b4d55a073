// A program that uses AWS's own generator can use this package in its place: for the same input and in the
// same second, a shim over it answers what that package does.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { getToken, getTokenProvider } from "@aws/bedrock-token-generator";
import { generate, Provider } from "bedrock-token";

const shim = {
  getToken: ({ credentials, region, expiresInSeconds: expires }) => {
    const { accessKeyId, secretAccessKey, sessionToken } = credentials;
    return generate(accessKeyId, secretAccessKey, sessionToken, region, { expires });
  },
  getTokenProvider: ({ credentials, region, expiresInSeconds: expires }) =>
    new Provider({ credentials, region, expires }).token,
};

const vectors = readFileSync(`${process.env.ROOT}/tests/vectors/tokens.tsv`, "utf8")
  .split("\n")
  .filter((line) => line.startsWith("0\t"))
  .map((line) => line.split("\t"));

/** Both sign with the system's clock. */
function at(time, body) {
  const { Date: real } = globalThis;
  globalThis.Date = class extends real {
    constructor(...args) {
      super(...(args.length ? args : [time]));
    }
    static now = () => time;
  };
  return body().finally(() => (globalThis.Date = real));
}

test("the same tokens", async () => {
  for (const [, accessKeyId, secretAccessKey, sessionToken, region, expires, time] of vectors) {
    const credentials = { accessKeyId, secretAccessKey, sessionToken: sessionToken || undefined };
    const config = { credentials, region, expiresInSeconds: Number(expires) };
    await at(Number(time) * 1000, async () => {
      const theirs = await getToken(config);
      assert.equal(await shim.getToken(config), theirs);
      assert.equal(await getTokenProvider(config)(), theirs);
      assert.equal(await shim.getTokenProvider(config)(), theirs);
    });
  }
  assert(vectors.length > 50);
});

test("the same default life", async () => {
  const credentials = { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "secret" };
  const config = { credentials, region: "us-west-2" };
  await at(Date.now(), async () => assert.equal(await shim.getToken(config), await getToken(config)));
});

test("what theirs refuses, ours does", async () => {
  const credentials = { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "secret" };
  for (const expiresInSeconds of [0, -1, 43201]) {
    const config = { credentials, region: "us-west-2", expiresInSeconds };
    for (const get of [getToken, shim.getToken]) {
      await assert.rejects(async () => await get(config), JSON.stringify(config));
    }
  }
});
