import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { instances } from "./instances.mjs";

const { BedrockTokenError, generate, inspect, load } = await import("bedrock-token");

const KEY = "AKIAIOSFODNN7EXAMPLE";
const SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const REGION = "eu-central-1";
const AT = new Date("2026-06-15T12:00:00Z");

const isRefused = (code) => ({ name: "BedrockTokenError", code: `BEDROCK_TOKEN_ERR_${code}` });

test("the codes are the names in the C header", () => {
  const header = readFileSync(`${process.env.ROOT}/include/bedrock_token.h`, "utf8");
  const names = [...header.matchAll(/^#define (BEDROCK_TOKEN_(?:OK|ERR_\w+)) (\d+)$/gm)];
  assert(names.length >= 17);
  for (const [, name, status] of names) {
    assert.equal(new BedrockTokenError(Number(status), "").code, name);
  }
});

test("a string that is not ASCII, or has a NUL, is refused by the name of its argument", () => {
  const right = [KEY, SECRET, "FAKE/SESSION+TOKEN==", REGION];
  const codes = ["ACCESS_KEY", "SECRET", "SESSION", "REGION"];
  const wrong = ["\ud800", "\udc00", "\u{1f511}"]; // what no byte of tests/vectors/refusals.tsv is
  for (const [i, code] of codes.entries()) {
    for (const part of wrong) {
      for (const string of [part, part + right[i], right[i] + part, `${right[i]}${part}x`]) {
        assert.throws(() => generate(...right.with(i, string)), isRefused(code), JSON.stringify(string));
      }
    }
    for (const value of [0, 1, {}, [], true, Symbol(), () => right[i], [right[i]]]) {
      assert.throws(() => generate(...right.with(i, value)), isRefused(code));
    }
    assert.throws(() => generate(...right.with(i, "a1-1".repeat(1e6))), isRefused(code));
  }
  assert.throws(() => generate(KEY, SECRET, null, undefined), isRefused("REGION"));
  const token = generate(...right);
  for (const text of [`${token}\0`, `${token}é`, `\ud800${token}`, undefined, null, 1, "x".repeat(1e7)]) {
    assert.throws(() => inspect(text), isRefused("INVALID_TOKEN"));
  }
});

test("an option that is no option is refused", () => {
  const refused = (options, code) =>
    assert.throws(() => generate(KEY, SECRET, null, REGION, options), isRefused(code));
  for (const expires of [0, -1, 43201, 2 ** 32 + 60, 1.5, NaN, Infinity, "60", null]) {
    refused({ expires }, "EXPIRES");
  }
  for (const service of ["Bedrock", "", 0, null]) refused({ service }, "SERVICE");
  const times = [NaN, -1, 253402300800_000, 8.64e15, -8.64e15].map((millis) => new Date(millis));
  for (const at of [...times, 1781524800, null, "2026-06-15"]) refused({ at }, "TIME");
  const { issuedAt } = inspect(generate(KEY, SECRET, null, REGION, { at: new Date(1999) }));
  assert.equal(issuedAt.getTime(), 1000);
});

test("after a call, the memory of the module has no secret", () => {
  // tests/wasm also searches for what is computed with them.
  const secret = "q7w/ZX8vQ2nB5mK1+hG4jD9sL3pT6yR0uE8iO2aC";
  const session = "FwoGZXIvYXdzE".repeat(5041).slice(0, 65536);
  const token = generate(KEY, secret, session, REGION, { at: AT });
  assert.throws(() => generate(KEY, secret, session, "nowhere "));
  assert.throws(() => generate(KEY, `${secret}\n`, session, REGION));
  inspect(token);
  for (const { exports } of instances) {
    const memory = Buffer.from(exports.memory.buffer);
    for (const text of [secret, session, token.slice(-600)]) {
      for (let at = 0; at + 16 <= text.length; at += 16) {
        assert.equal(memory.indexOf(text.slice(at, at + 16)), -1);
      }
    }
  }
});

const module = () =>
  WebAssembly.compile(readFileSync(new URL(import.meta.resolve("bedrock-token/bedrock_token.wasm"))));

test("no memory is an error", async () => {
  const real = WebAssembly.Instance;
  WebAssembly.Instance = function (...args) {
    const { exports } = new real(...args);
    WebAssembly.Instance = real;
    return { exports: { ...exports, bedrock_token_wasm_alloc: () => 0 } };
  };
  await load(await module());
  assert.throws(() => generate(KEY, SECRET, null, REGION), isRefused("OUT_OF_MEMORY"));
  await load(await module());
});

test("the memory grows while a token is generated", async () => {
  // It does so for five ranges of lengths, each of 200: the arguments fit, and the library's own memory does not.
  const tokenOf = (length) => generate(KEY, SECRET, "/".repeat(length), "us-west-2", { at: AT });
  const tokens = new Map();
  const compiled = await module();
  for (let length = 0; length < 65536; length += 150) {
    await load(compiled); // a new instance
    instances.length = 0;
    tokens.set(length, tokenOf(length));
    const memory = Buffer.from(instances[0].exports.memory.buffer);
    for (const text of [SECRET, "/".repeat(16), tokens.get(length).slice(-64)]) assert.equal(memory.indexOf(text), -1);
  }
  tokenOf(65536); // here it grows enough for all
  for (const [length, token] of tokens) {
    assert.equal(token, tokenOf(length));
    assert.equal(inspect(token).hasSession, length > 0);
  }
});

test("the memory grows once, for the longest arguments", () => {
  const longest = () => generate(KEY, SECRET, "/".repeat(65536), REGION).length;
  const size = () => instances.at(-1).exports.memory.buffer.byteLength;
  longest();
  const grown = size();
  for (let i = 0; i < 50; i++) longest();
  assert.equal(size(), grown);
  assert(grown < 1 << 20);
});
