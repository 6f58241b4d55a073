// A worker of benches/bench.py: the package, and the official generator.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const installed = createRequire(`${process.cwd()}/`);
const KEY = "AKIAIOSFODNN7EXAMPLE";
const SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const REGION = "eu-central-1";

const operations = {
  generate() {
    const { generate } = installed("bedrock-token");
    return (session) => generate(KEY, SECRET, session, REGION);
  },
  kept() {
    const { Provider } = installed("bedrock-token");
    const credentials = () => ({ accessKeyId: KEY, secretAccessKey: SECRET });
    const provider = new Provider({ region: REGION, credentials });
    return () => provider.token();
  },
  official() {
    const { getToken } = installed("@aws/bedrock-token-generator");
    return (session) =>
      getToken({
        credentials: { accessKeyId: KEY, secretAccessKey: SECRET, sessionToken: session ?? undefined },
        region: REGION,
        expiresInSeconds: 43200,
      });
  },
};

console.log("ready");
let generate;
for await (const line of createInterface({ input: process.stdin })) {
  const [name, iterations, list] = line.split(" ");
  const sessions = list === "-" ? [null] : list.split(",");
  generate ??= operations[name]();
  let token;
  for (let i = 0; i < Number(iterations); i++) {
    token = generate(sessions[i % sessions.length]);
    if (typeof token !== "string") token = await token;
  }
  console.log(token);
}
