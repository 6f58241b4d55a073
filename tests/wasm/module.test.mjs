// The WebAssembly module as a host sees it: its exports alone. MODULE is its path.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const ROOT = new URL("../../", import.meta.url);
const bytes = readFileSync(process.env.MODULE);
const module = await WebAssembly.compile(bytes);

/** The fields of each line of a file of vectors. */
function read(name) {
  const text = readFileSync(new URL(`tests/vectors/${name}`, ROOT), "latin1");
  return text.split("\n").filter((line) => line && line[0] !== "#").map((line) => line.split("\t"));
}

const unescaped = (field) =>
  field === "\\N"
    ? undefined // NULL
    : field.replace(/\\x(..)/g, (_, hex) => String.fromCharCode(parseInt(hex, 16)));

const TOKENS = read("tokens.tsv");
const REFUSALS = read("refusals.tsv").map((fields) => fields.map(unescaped));
const PREFIXES = ["bedrock-api-key-", "aws-external-anthropic-api-key-"];
const INFO_SIZE = 224;
const TIMES_SIZE = 32;

/** An instance, and what a host does to call it. */
class Host {
  constructor() {
    this.exports = new WebAssembly.Instance(module).exports;
  }

  get memory() {
    return Buffer.from(this.exports.memory.buffer);
  }

  /** Room for results of this size and for these strings, and the addresses of the strings. */
  room(size, strings) {
    const lengths = strings.map((string) => (string === undefined ? 0 : string.length + 1));
    this.size = lengths.reduce((sum, length) => sum + length, size);
    this.address = this.exports.bedrock_token_wasm_alloc(this.size);
    assert.notEqual(this.address, 0);
    assert.equal(this.address % 8, 0);
    let at = this.address + size;
    return strings.map((string, i) => {
      if (string === undefined) return 0;
      this.memory.write(`${string}\0`, at, "latin1");
      at += lengths[i];
      return at - lengths[i];
    });
  }

  free() {
    this.exports.bedrock_token_wasm_free(this.address, this.size);
  }

  /** The memory, except for the room. */
  outside() {
    const memory = Buffer.from(this.memory);
    memory.fill(0, this.address, this.address + this.size);
    return memory;
  }

  generate([service, accessKey, secret, session, region, expires, time], capacity = 8 + 300_000) {
    const [a, b, c, d] = this.room(8 + capacity, [accessKey, secret, session, region]);
    const buffer = this.address + 8;
    const status = this.exports.bedrock_token_generate_into(
      Number(service),
      a,
      b,
      c,
      d,
      Number(expires),
      BigInt(time),
      buffer,
      capacity,
      this.address,
    );
    const length = this.memory.readUInt32LE(this.address);
    const token = this.memory.toString("latin1", buffer, buffer + length);
    if (status === 0) assert.equal(this.memory[buffer + length], 0);
    else if (capacity > 0) assert.equal(this.memory[buffer], 0);
    return { status, token, length };
  }

  /** The status, and the fields. */
  inspect(token) {
    const [at] = this.room(INFO_SIZE, [token]);
    const status = this.exports.bedrock_token_inspect(at, this.address, INFO_SIZE);
    const info = Buffer.from(this.memory.subarray(this.address, this.address + INFO_SIZE));
    const text = (from) => info.toString("latin1", from, info.indexOf(0, from));
    const [issuedAt, expiresAt] = [200, 208].map((from) => Number(info.readBigInt64LE(from)));
    return [status, info.readInt32LE(220), text(0), text(129), issuedAt, expiresAt, info.readInt32LE(216)];
  }

  text(at) {
    return this.memory.toString("latin1", at, this.memory.indexOf(0, at));
  }
}

test("it imports nothing, exports what is documented, and is small", () => {
  assert.deepEqual(WebAssembly.Module.imports(module), []);
  const exported = WebAssembly.Module.exports(module).map(({ name, kind }) => `${kind} ${name}`);
  // All but the functions that need a clock, a callback or a heap of their own.
  const abi = readFileSync(new URL("tests/abi/exported-symbols.txt", ROOT), "utf8").match(/^\w+/gm);
  const left = abi.filter((name) => !/_(free|generate|generate_for)$|_provider_/.test(name));
  assert.deepEqual(exported.sort(), [
    ...left.map((name) => `function ${name}`),
    "function bedrock_token_wasm_alloc",
    "function bedrock_token_wasm_free",
    "global __data_end", // Rust exports these two
    "global __heap_base",
    "memory memory",
  ]);
  assert(bytes.length <= 100_000, `${bytes.length} bytes`);
  const sysroot = execFileSync("rustc", ["--print", "sysroot"], { cwd: ROOT, encoding: "utf8" }).trim();
  const folders = [fileURLToPath(ROOT), homedir(), process.env.CARGO_HOME ?? homedir(), sysroot];
  for (const folder of folders) assert(!bytes.includes(folder), "it names no folder of this machine");
});

test("tokens of the other official generators are read", () => {
  const host = new Host();
  for (const [, service, accessKey, region, issuedAt, expiresAt, hasSession, token] of read("official.tsv")) {
    assert.deepEqual(
      host.inspect(PREFIXES[service] + token),
      [0, Number(service), accessKey, region, Number(issuedAt), Number(expiresAt), Number(hasSession)],
    );
    host.free();
  }
});

test("a buffer that is too small: the length, and nothing of the token", () => {
  const host = new Host();
  const { length, token } = host.generate(TOKENS[0]);
  host.free();
  for (const capacity of [0, 1, length]) {
    const short = host.generate(TOKENS[0], capacity);
    assert.deepEqual([short.status, short.length], [9, length]);
    assert.equal(host.memory.indexOf(token.slice(16, 32)), -1);
    host.free();
  }
  assert.equal(host.generate(TOKENS[0], length + 1).status, 0);
});

test("room: none of size 0 or over 1 MiB, and it is used again", () => {
  const { bedrock_token_wasm_alloc: alloc, bedrock_token_wasm_free: free, memory } = new Host().exports;
  for (const size of [0, (1 << 20) + 1, 0x7fffffff, -1]) assert.equal(alloc(size), 0);
  free(0, 100);
  for (let i = 0; i < 100; i++) free(alloc(1 << 20), 1 << 20);
  assert(memory.buffer.byteLength < 3 << 20);
});

test("the schedule: when a token is used and renewed", () => {
  const host = new Host();
  for (const [i, [issuedAt, expiresAt, askedAt, happens]] of read("renewal.tsv").entries()) {
    const [issued, ends, asked] = [issuedAt, expiresAt, askedAt].map(BigInt);
    host.room(TIMES_SIZE, []);
    assert.equal(host.exports.bedrock_token_schedule(issued, 43200, ends, host.address, TIMES_SIZE), 0);
    const [validFrom, renewAt, waitFrom, end] = [0, 8, 16, 24].map((at) =>
      host.memory.readBigInt64LE(host.address + at)
    );
    host.free();
    const now = asked < validFrom || asked >= end
      ? "ended"
      : asked >= waitFrom
      ? "wait"
      : asked >= renewAt
      ? "renew"
      : "kept";
    assert.equal(now, happens, `case ${i + 1}`);
    assert(host.exports.bedrock_token_retry_at(asked, end) > asked);
  }
});

test("messages and the version", () => {
  const host = new Host();
  const { bedrock_token_status_message: message, bedrock_token_version: version } = host.exports;
  assert.equal(host.text(message(0)), "success");
  assert.match(host.text(message(6)), /^region: /);
  assert.equal(host.text(message(-1)), host.text(message(1000)));
  const cargo = readFileSync(new URL("Cargo.toml", ROOT), "utf8");
  assert.equal(host.text(version()), /^version = "(.*)"/m.exec(cargo)[1]);
});

/** Another string of the same length and form. */
const other = (string) =>
  string?.replace(/[A-Za-z0-9]/g, (c) => {
    if (/[0-9]/.test(c)) return String.fromCharCode(48 + (c.charCodeAt(0) - 48 + 3) % 10);
    const first = c >= "a" ? 97 : 65;
    return String.fromCharCode(first + (c.charCodeAt(0) - first + 7) % 26);
  });

/**
 * The strictest search for secrets: whatever they were, the memory is the same. So it has nothing of them, as
 * they are or as anything that was computed with them.
 */
function sameMemory(run, ...inputs) {
  const [first, second] = inputs.map((input) => {
    const host = new Host();
    const outcome = run(host, input);
    const outside = host.outside();
    host.free();
    return { outcome, outside, after: host.memory };
  });
  assert.deepEqual(first.outcome, second.outcome);
  assert(first.outside.equals(second.outside), "the call left something outside of its room");
  assert(first.after.equals(second.after), "something is left in the room that was given back");
}

/** The same vector with another secret and another session token. */
const changed = ([service, accessKey, secret, session, ...rest]) =>
  [service, accessKey, other(secret), other(session), ...rest];

test("every token of the official generators; the memory does not depend on its secret parts", () => {
  for (const vector of TOKENS) {
    const expected = PREFIXES[vector[0]] + vector[7];
    sameMemory((host, input) => {
      const { status, token, length } = host.generate(input);
      assert.equal(status, 0);
      if (input === vector) assert(token === expected, String(vector));
      return length;
    }, vector, changed(vector));

    const [service, accessKey, , session, region, expires, time] = vector;
    const end = Number(time) + Number(expires);
    const info = [0, Number(service), accessKey, region, Number(time), end, Number(session !== "")];
    const second = new Host().generate(changed(vector)).token;
    sameMemory((host, token) => assert.deepEqual(host.inspect(token), info), expected, second);
    sameMemory((host, token) => host.inspect(token), expected.slice(0, -5), second.slice(0, -5));
  }
  assert(TOKENS.length > 100);
});

test("every refusal, by its status; the memory does not depend on the secret", () => {
  for (const vector of REFUSALS) {
    sameMemory((host, input) => {
      const { status, length } = host.generate(input);
      if (input === vector) assert.deepEqual([status, length], [Number(vector[7]), 0], String(vector));
      return [status, length];
    }, vector, changed(vector));
  }
  assert(REFUSALS.length > 100);
});
