// Writes tokens.tsv, with the tokens that the official npm generator makes while the clock stands
// still; refusals.tsv, which has the contract's checks as data; and the npm part of official.tsv.
// Run by make.sh, which installs the generator: node make.mjs FOLDER. In FOLDER/regions.txt are AWS's
// regions.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { getToken } from "@aws/bedrock-token-generator";

const BEDROCK = 0;
const CLAUDE_PLATFORM = 1;
const ACCESS_KEY = "AKIAIOSFODNN7EXAMPLE";
const SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const TEMPORARY_KEY = "ASIAIOSFODNN7EXAMPLE";
const REGION = "eu-central-1";
const EXPIRES = 43200;
const TIME = seconds("2026-06-15T12:00:00Z");
const LAST_SECOND = seconds("9999-12-31T23:59:59Z");

const range = (first, last) => Array.from({ length: last - first + 1 }, (_, i) => first + i);
const text = (codes) => String.fromCharCode(...codes);
const cut = (alphabet, length) => alphabet.repeat(Math.ceil(length / alphabet.length)).slice(0, length);

const WORD = text([...range(65, 90), ...range(97, 122), ...range(48, 57)]) + "_";
const GRAPHIC = text(range(0x21, 0x7e));
const DIGITS = "0123456789";
const LABEL = `abcdefghijklmnopqrstuvwxyz${DIGITS}-`;

// A session token as STS makes them: a long Base64 text.
const BASE64 = WORD.slice(0, -1) + "+/";
const session = (length) => (length < 2 ? cut(BASE64, length) : cut(BASE64, length - 2) + "==");

function seconds(iso) {
  return Date.parse(iso) / 1000;
}

// --- the clock ---

const RealDate = Date;
let now = 0;
globalThis.Date = class extends RealDate {
  constructor(...given) {
    super(...(given.length ? given : [now * 1000]));
  }
};

// --- tokens.tsv ---

const vectors = [];
const vector = (changes) =>
  vectors.push({ service: BEDROCK, accessKey: ACCESS_KEY, secret: SECRET, session: "", region: REGION, expires: EXPIRES, time: TIME, ...changes });

// The first four are in official.tsv too. The first two have published signatures.
vector({ session: "FAKE/SESSION+TOKEN==", expires: 7200 });
vector({});
vector({ session: GRAPHIC.slice(0, 40) + " " + GRAPHIC.slice(40), region: "us-gov-east-1", expires: 1, time: 0 });
vector({ accessKey: TEMPORARY_KEY, session: session(356), region: "ap-southeast-7", expires: 900, time: LAST_SECOND });
const IN_OFFICIAL = vectors.length;

// Session tokens: every byte at every distance from a chunk of three, then lengths around those
// where a Base64 group, a SHA-256 block or a power of two ends, all bytes escaped or none.
for (const length of [1, 2, 3, 4]) vector({ session: cut("x", length) });
for (const shift of [1, 2]) vector({ session: cut("x", shift) + GRAPHIC + " " + [...GRAPHIC].reverse().join("") });
for (const edge of ["/", "%", "~", "=", "+", "&", "\\", "x\"x", "x'x", "x`x"]) vector({ session: edge });
for (const length of [63, 64, 65, 127, 128, 129, 255, 256, 257, 511, 512, 513, 1024]) vector({ session: session(length) });
vector({ session: cut("/", 513) });
vector({ accessKey: TEMPORARY_KEY, session: session(4096) });
vector({ accessKey: TEMPORARY_KEY, session: cut(GRAPHIC, 4096) });
vector({ session: "no lone  space   at an end" });

// Regions: every one of every partition, and the edges of what a region's name may be.
const regions = readFileSync(join(process.argv[2], "regions.txt"), "utf8").trim().split("\n");
for (const region of [
  ...regions, "a-1", "a-0", "x--1", "r2-d2-007", "no-such-region-99", LABEL + "-0", cut("a-1", 61) + "-1", "z-" + cut("0123456789", 61),
]) vector({ region });

for (const expires of [
  1, 2, 9, 10, 59, 60, 99, 100, 300, 899, 900, 999, 1000, 3599, 3600, 3601, 9999, 10000, 21600, 43199, 43200,
]) vector({ expires });

for (const iso of [
  "1970-01-01T00:00:00Z", "1970-01-01T00:00:01Z", "1970-12-31T23:59:59Z", "1972-02-29T00:00:00Z",
  "1999-12-31T23:59:59Z", "2000-01-01T00:00:00Z", "2000-02-28T23:59:59Z", "2000-02-29T00:00:00Z",
  "2000-03-01T00:00:00Z", "2023-02-28T23:59:59Z", "2023-03-01T00:00:00Z", "2024-02-29T12:34:56Z",
  "2024-12-31T23:59:59Z", "2026-10-25T01:00:00Z", "2038-01-19T03:14:07Z", "2038-01-19T03:14:08Z",
  "2100-02-28T23:59:59Z", "2100-03-01T00:00:00Z", "2106-02-07T06:28:15Z", "2106-02-07T06:28:16Z",
  "2400-02-29T23:59:59Z", "9999-02-28T00:00:00Z", "9999-12-31T00:00:00Z", "9999-12-31T23:59:59Z",
]) vector({ time: seconds(iso) });

// Access keys. ASIA asks for a session token only at the front, and only in capitals.
for (const length of [1, 2, 3, 16, 19, 21, 22, 63, 64, 127, 128]) vector({ accessKey: cut(WORD, length) });
for (const accessKey of ["A", "_", "9", "ASI", "asiaIOSFODNN7EXAMPLE", "XASIA", "AIDA_ASIA"]) vector({ accessKey });
vector({ accessKey: "ASIA", session: "x" });

// Secrets; with "AWS4" in front, 60 bytes of one fill a block of the HMAC.
for (const length of [1, 2, 39, 41, 59, 60, 61, 63, 64, 65, 123, 124, 125, 255, 256]) vector({ secret: cut(SECRET, length) });
vector({ secret: GRAPHIC });
vector({ secret: [...GRAPHIC].reverse().join("") });
for (const secret of ["!", "~", 'a"b', "a'b", "a`b", "\\", "AWS4", "%2F", "\\x41"]) vector({ secret });

// All together, from a small generator of random numbers that never changes.
let state = 20260615;
const random = (bound) => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 2 ** 32) * bound);
};
const pick = (alphabet, length) => Array.from({ length }, () => alphabet[random(alphabet.length)]).join("");
const unquoted = (text) => text.replace(/^["'`]|["'`]$/g, "x");
for (let i = 0; i < 24; i++) {
  vector({
    accessKey: "AKIA" + pick(WORD, 1 + random(32)),
    secret: unquoted(pick(GRAPHIC, 1 + random(256))),
    session: i % 3 ? unquoted(pick(GRAPHIC, 1 + random(400))) : "",
    region: pick(LABEL.slice(0, 26), 1) + pick(LABEL, random(30)) + "-" + pick(DIGITS, 1 + random(3)),
    expires: 1 + random(EXPIRES),
    time: random(LAST_SECOND + 1),
  });
}

// The prefix stays out of the files: scanners for leaked secrets look for it.
const PREFIX = ["bedrock-api", "key-"].join("-");
for (const v of vectors) {
  now = v.time;
  const token = await getToken({
    credentials: { accessKeyId: v.accessKey, secretAccessKey: v.secret, sessionToken: v.session },
    region: v.region,
    expiresInSeconds: v.expires,
  });
  if (!token.startsWith(PREFIX)) throw new Error(`no ${PREFIX} in front of a token`);
  v.token = token.slice(PREFIX.length);
}

// --- refusals.tsv ---

const OK = { service: BEDROCK, accessKey: ACCESS_KEY, secret: SECRET, session: "", region: REGION, expires: EXPIRES, time: TIME };
const ERR = { ACCESS_KEY: 2, SECRET: 3, SESSION: 4, SESSION_REQUIRED: 5, REGION: 6, EXPIRES: 7, TIME: 8, SERVICE: 15 };
const refusals = [];
const refuse = (status, changes) => refusals.push({ ...OK, ...changes, status: ERR[status] });

const BAD_BYTES = ["\x01", "\t", "\n", "\r", "\r\n", "\x1b", "\x7f", "\x80", "\xff", "\xc3\xa9", "\xef\xbb\xbf"];
const anywhere = (good, bad) => [bad + good, good.slice(0, 3) + bad + good.slice(3), good + bad];

// Alone, at the front, at the end, around it.
const quoted = (good) => ['"', "'", "`"].flatMap((q) => [q, q + good, good + q, q + good + q]);

// One argument wrong.
const wrong = {
  SERVICE: { service: [2, -1, 2 ** 31 - 1, -(2 ** 31)] },
  ACCESS_KEY: {
    accessKey: [null, "", WORD.repeat(2) + "abc", "-", ..."- /+=.\"'".split("").concat(BAD_BYTES).flatMap((b) => anywhere(ACCESS_KEY, b))],
  },
  SECRET: {
    secret: [null, "", cut(SECRET, 257), " ", ...[" ", ...BAD_BYTES].flatMap((b) => anywhere(SECRET, b)), ...quoted(SECRET)],
  },
  SESSION: {
    session: [" ", "  ", " FAKE/SESSION", "FAKE/SESSION ", "FAKE/SESSION\x20\n", ...BAD_BYTES, ...BAD_BYTES.flatMap((b) => anywhere("FAKE/SESSION", b)), ...quoted("FAKE/SESSION")],
  },
  REGION: {
    region: [null, "", "a", "1", "-", "--", "-1", "1-1", "-us-east-1", "us-east-1-", "US-EAST-1", "us-East-1", "us-east-1a", "us-east-one", "us-east", "us", "global", "aws-global", "useast1", cut("a-1", 62) + "-1", ..."_ /.:%\"'".split("").concat(BAD_BYTES).flatMap((b) => anywhere(REGION, b))],
  },
  EXPIRES: { expires: [0, 43201, 43200 + 2 ** 16, 2 ** 31, 2 ** 32 - 1] },
  TIME: { time: [-1n, -(2n ** 31n), -(2n ** 63n), 253402300800n, 2n ** 40n, 2n ** 63n - 1n] },
};
for (const [status, change] of Object.entries(wrong)) {
  const [[argument, values]] = Object.entries(change);
  for (const value of values) refuse(status, { [argument]: value });
}

// Temporary credentials without their session token.
for (const missing of [null, ""]) {
  refuse("SESSION_REQUIRED", { accessKey: TEMPORARY_KEY, session: missing });
  refuse("SESSION_REQUIRED", { accessKey: "ASIA", session: missing });
}

// The first wrong argument is the one named. A missing session token comes with the session's turn.
const inOrder = [
  ["SERVICE", { service: 2 }],
  ["ACCESS_KEY", { accessKey: "a key" }],
  ["SECRET", { secret: "a secret" }],
  ["SESSION", { session: "a\nsession" }],
  ["REGION", { region: "a region" }],
  ["EXPIRES", { expires: 0 }],
  ["TIME", { time: -1 }],
];
inOrder.forEach(([status, first], i) => {
  for (const [, second] of inOrder.slice(i + 1)) refuse(status, { ...second, ...first });
});
const inOrderAll = Object.assign({}, ...inOrder.map(([, change]) => change));
refuse("SERVICE", inOrderAll);
for (const [status, change] of inOrder.slice(2, 4)) refuse(status, { accessKey: TEMPORARY_KEY, ...change });
for (const [, change] of inOrder.slice(4)) refuse("SESSION_REQUIRED", { accessKey: TEMPORARY_KEY, ...change });

// The checks are the same for the other service.
for (const [status, change] of inOrder.slice(1)) refuse(status, { ...change, service: CLAUDE_PLATFORM });

// A string that is NULL is refused in its turn, as "" is.
for (const argument of ["accessKey", "secret", "session", "region"]) {
  refuse("SERVICE", { ...inOrderAll, [argument]: null });
}
refuse("ACCESS_KEY", { accessKey: null, secret: null, session: null, region: null });
refuse("SECRET", { accessKey: TEMPORARY_KEY, secret: null, session: null, region: null });
refuse("SESSION_REQUIRED", { accessKey: TEMPORARY_KEY, session: null, region: null });

// --- the files ---

const inputs = (v) => [v.service, v.accessKey, v.secret, v.session, v.region, v.expires, v.time];
const escaped = (field) =>
  field === null
    ? "\\N"
    : String(field).replace(/[^ -~]|\\/g, (c) => "\\x" + c.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0"));
const write = (name, comment, rows) =>
  writeFileSync(join(process.argv[2], name), [...comment.map((line) => "# " + line), ...rows.map((row) => row.join("\t")), ""].join("\n"));

write(
  "tokens.tsv",
  [
    "Made by tests/vectors/make.sh with the official generators. Fields, with a TAB between them: service",
    "(0 Bedrock, 1 Claude Platform), access_key, secret, session (may be empty), region, expires,",
    "signing_time, token without its prefix",
  ],
  vectors.map((v) => [...inputs(v), v.token]),
);
write(
  "refusals.tsv",
  [
    "Made by tests/vectors/make.sh. Fields, with a TAB between them: service, access_key, secret, session,",
    "region, expires, signing_time, status. In a field, \\xNN is that byte, and \\N alone is NULL.",
  ],
  refusals.map((r) => [...inputs(r).map(escaped), r.status]),
);
write(
  "official.tsv",
  [
    "Made by tests/vectors/make.sh: the first vectors of tokens.tsv as each official generator makes them.",
    "Fields, with a TAB between them: generator, service, access_key, region, issued_at, expires_at,",
    "has_session, token without its prefix",
  ],
  vectors
    .slice(0, IN_OFFICIAL)
    .map((v) => ["javascript", v.service, v.accessKey, v.region, v.time, v.time + v.expires, v.session ? 1 : 0, v.token]),
);
