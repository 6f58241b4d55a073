// The program that each runtime runs, and what it must answer.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";

const vectors = readFileSync(`${process.env.ROOT}/tests/vectors/tokens.tsv`, "utf8")
  .split("\n")
  .filter((line) => line && !line.startsWith("#"))
  .map((line) => line.split("\t"));

const ANSWERS = `
const vectors = ${JSON.stringify(vectors)};
const services = ["bedrock", "claude-platform"];
const prefixes = ["bedrock-api-key-", "aws-external-anthropic-api-key-"];
async function answers({ generate, inspect, Provider }) {
  const right = vectors.filter(([number, accessKey, secret, session, region, expires, time, token]) => {
    const options = { service: services[number], expires: Number(expires), at: new Date(time * 1000) };
    return generate(accessKey, secret, session, region, options) === prefixes[number] + token;
  });
  let refusal;
  try {
    generate("AKIAIOSFODNN7EXAMPLE", "a newline\\n", null, "eu-central-1");
  } catch (error) {
    refusal = error.name + " " + error.code;
  }
  let failure;
  const provider = new Provider({
    region: "us-west-2",
    service: "claude-platform",
    credentials: async () => {
      await null;
      failure ??= await provider.token({ signal: AbortSignal.timeout(50) }).catch((error) => error.name);
      return { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "secret" };
    },
  });
  const provided = inspect(await provider.token()).region;
  return JSON.stringify({ right: right.length, refusal, provided, reentrant: failure });
}
`;

const NAMES = "{ generate, inspect, Provider }";

/** The program, for each kind of module. `show` is a JavaScript expression: where the answer goes. */
export const esm = (show = "console.log") =>
  `import ${NAMES} from "bedrock-token";\n${ANSWERS}\n(${show})(await answers(${NAMES}));\n`;
export const cjs = (show = "console.log") =>
  `const ${NAMES} = require("bedrock-token");\n${ANSWERS}\nanswers(${NAMES}).then(${show});\n`;
/** In a worker, a request runs it. */
export const worker = () =>
  `import ${NAMES} from "bedrock-token";\n${ANSWERS}
   export default { fetch: async () => new Response(await answers(${NAMES})) };`;

/** Where the context of a source can be followed, its request for its own token is refused at once. */
export function check(output, { followsContext = true } = {}) {
  assert.deepEqual(JSON.parse(output), {
    right: vectors.length,
    refusal: "BedrockTokenError BEDROCK_TOKEN_ERR_SECRET",
    provided: "us-west-2",
    reentrant: followsContext ? "BedrockTokenError" : "TimeoutError",
  });
}

/** An empty folder for a program. It is beside node_modules, so the packages are found. */
export function folder(name) {
  const path = new URL(`programs/${name}/`, import.meta.url).pathname;
  rmSync(path, { recursive: true, force: true });
  mkdirSync(path, { recursive: true });
  return path;
}

export function write(path, text) {
  writeFileSync(path, text);
  return path;
}

export const bin = (name) => new URL(`node_modules/${name}`, import.meta.url).pathname;

/** Runs a command and returns what it prints. */
export const run = (command, args, options) =>
  execFileSync(command, args, { encoding: "utf8", timeout: 120_000, ...options });

/** A command that is not an npm package: skipped without it, failed in CI. */
export function missing(command) {
  try {
    run("sh", ["-c", `command -v ${command}`]);
    return false;
  } catch {
    if (process.env.CI) throw new Error(`needs ${command}`);
    return `needs ${command}`;
  }
}
