// Bearer tokens for Amazon Bedrock and Claude Platform on AWS, in Node.js, with koffi (npm install koffi).
"use strict";
const { AsyncLocalStorage } = require("node:async_hooks");
const { timingSafeEqual } = require("node:crypto");
const koffi = require("koffi");

const SERVICES = ["bedrock", "claude-platform"];

function load() {
  const file =
    { win32: "bedrock_token.dll", darwin: "libbedrock_token.0.dylib" }[process.platform] ??
      "libbedrock_token.so.0";
  try {
    return koffi.load(file);
  } catch (cause) {
    throw new Error(
      `cannot load ${file}: install bedrock-token, or add the folder of this file to LD_LIBRARY_PATH` +
        " (macOS: DYLD_LIBRARY_PATH, Windows: PATH)",
      { cause },
    );
  }
}

const library = load();
koffi.struct("bedrock_token_info", {
  access_key: koffi.array("char", 129, "String"),
  region: koffi.array("char", 64, "String"),
  issued_at: "int64_t",
  expires_at: "int64_t",
  has_session: "int32_t",
  service: "int32_t",
});
const generateInto = library.func(`int32_t bedrock_token_generate_into(int32_t service,
  const char *access_key, const char *secret, const char *session, const char *region, uint32_t expires,
  int64_t signing_time, void *buf, size_t capacity, size_t *len)`);
const tokenInspect = library.func(
  "int32_t bedrock_token_inspect(const char *token, _Out_ bedrock_token_info *info, size_t info_size)",
);
koffi.struct("bedrock_token_times", {
  valid_from: "int64_t",
  renew_at: "int64_t",
  wait_from: "int64_t",
  expires_at: "int64_t",
});
const tokenSchedule = library.func(`int32_t bedrock_token_schedule(int64_t issued_at, uint32_t expires,
  int64_t credentials_expire_at, _Out_ bedrock_token_times *times, size_t times_size)`);
const retryAt = library.func("int64_t bedrock_token_retry_at(int64_t now, int64_t expires_at)");
const statusMessage = library.func("const char *bedrock_token_status_message(int32_t status)");

/** Its message names the argument at fault, never its value. */
class BedrockTokenError extends Error {
  constructor(status) {
    super(statusMessage(status));
    this.status = status;
  }
}

function check(status) {
  if (status !== 0) throw new BedrockTokenError(status);
}

/** C would end the string at a NUL inside. "\x7f" is refused. */
const text = (string) => string?.includes("\0") ? "\x7f" : string;

/** koffi would cut a number that has more than 32 bits. 0 is refused. */
const uint32 = (number) => (number === number >>> 0 ? number : 0);

/** The bytes of a token, at most: 4 for each of a percent-encoded session token, less than 1 KiB else. */
const room = (session) => 1024 + 4 * Math.min(session?.length ?? 0, 65536);

const seconds = () => Math.floor(Date.now() / 1000);

/**
 * A token that is valid from now on, or from `at` on, in Unix seconds. The session token is null with
 * long-term credentials.
 */
function generate(
  accessKey,
  secret,
  session,
  region,
  { expires = 43200, service = "bedrock", at = seconds() } = {},
) {
  const buffer = Buffer.allocUnsafe(room(session));
  check(
    generateInto(
      SERVICES.indexOf(service),
      text(accessKey),
      text(secret),
      text(session),
      text(region),
      uint32(expires),
      at,
      buffer,
      buffer.length,
      null,
    ),
  );
  return buffer.latin1Slice(0, buffer.indexOf(0));
}

function inspect(token) {
  const info = {};
  check(tokenInspect(text(token), info, koffi.sizeof("bedrock_token_info")));
  return {
    accessKey: info.access_key,
    region: info.region,
    issuedAt: info.issued_at,
    expiresAt: info.expires_at,
    hasSession: info.has_session !== 0,
    service: SERVICES[info.service],
  };
}

/** When a token is used, renewed and given up, in Unix seconds. `credentialsEnd` is 0 for never. */
function schedule(issuedAt, expires, credentialsEnd) {
  const times = {};
  const size = koffi.sizeof("bedrock_token_times");
  check(tokenSchedule(issuedAt, uint32(expires), credentialsEnd, times, size));
  return times;
}

/** 0 would mean that the credentials do not end. No year is as late as an invalid Date. */
function credentialsEnd(expiration) {
  if (expiration === undefined || expiration === null) return 0;
  const end = Math.floor(expiration.getTime() / 1000);
  return Number.isNaN(end) ? Number.MAX_SAFE_INTEGER : end || -1;
}

function isSame(token, kept = "") {
  const [a, b] = [Buffer.from(token), Buffer.from(kept)];
  return a.length === b.length && timingSafeEqual(a, b);
}

const holds = (kept, now) =>
  kept !== undefined && now >= kept.times.valid_from && now < kept.times.expires_at;

/**
 * The renewal that a source's code is part of, and in `outer` the one around it. One for all providers,
 * because each AsyncLocalStorage makes every promise of the process slower.
 */
const inside = new AsyncLocalStorage();

function isInside(renewal) {
  for (let one = inside.getStore(); one !== undefined; one = one.outer) {
    if (one === renewal) return true;
  }
  return false;
}

/**
 * Keeps a token, and renews it before it or its credentials end. All requests share one: one renews,
 * and the others use the kept token until shortly before its end, then wait.
 */
class Provider {
  #region;
  #options;
  #credentials;
  #kept;
  #renewal; // a promise

  /**
   * `credentials` is a credential provider of the AWS SDK: a function that returns, or promises,
   * { accessKeyId, secretAccessKey, sessionToken, expiration }. The last is a Date, or undefined if
   * the credentials do not end.
   */
  constructor({ region, credentials, expires = 43200, service = "bedrock" }) {
    this.#region = region;
    this.#options = { expires, service };
    this.#credentials = credentials;
  }

  async token() {
    const kept = this.#kept;
    const now = seconds();
    const running = this.#renewal;
    if (running !== undefined) {
      if (isInside(running)) throw new BedrockTokenError(16); // the source itself asks
      if (holds(kept, now) && now < kept.times.wait_from) return kept.token;
      return await running.promise;
    }
    if (holds(kept, now) && now < kept.renewAt) return kept.token;
    const renewal = { outer: inside.getStore() };
    this.#renewal = renewal;
    renewal.promise = inside.run(renewal, () => this.#renew());
    return await renewal.promise;
  }

  /** For when the service refused the token: drops the kept one if it is that one, or if none is given. */
  invalidate(refused) {
    if (refused === undefined || isSame(refused, this.#kept?.token)) this.#kept = undefined;
  }

  async #renew() {
    const kept = this.#kept;
    try {
      this.#kept = await this.#generate();
      return this.#kept.token;
    } catch (error) {
      if (!holds(kept, seconds()) || kept !== this.#kept) throw error;
      kept.renewAt = retryAt(Math.ceil(Date.now() / 1000), kept.times.expires_at);
      return kept.token;
    } finally {
      this.#renewal = undefined;
    }
  }

  async #generate() {
    const credentials = await this.#credentials();
    if (!credentials) throw new BedrockTokenError(12);
    const { accessKeyId, secretAccessKey, sessionToken, expiration } = credentials;
    const now = seconds();
    const times = schedule(now, this.#options.expires, credentialsEnd(expiration));
    const token = generate(accessKeyId, secretAccessKey, sessionToken ?? null, this.#region, {
      ...this.#options,
      at: now,
    });
    return { token, times, renewAt: times.renew_at };
  }
}

module.exports = { SERVICES, generate, inspect, Provider, BedrockTokenError };
