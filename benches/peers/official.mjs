// The official generator for JavaScript; a worker as worker.h describes it, for one thread. Its
// clock is the system's. Its operation "first" has another access key each time: the generator keeps
// signing keys. official.mjs FOLDER; official.mjs - tells what loading it and the first token take.
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";

const memory = () => process.resourceUsage().maxRSS;
const now = () => Number(process.hrtime.bigint());
const [before, start] = [memory(), now()];
const { getToken } = await import("@aws/bedrock-token-generator");

const generate = (session, accessKeyId = "AKIAIOSFODNN7EXAMPLE") =>
  getToken({
    credentials: {
      accessKeyId,
      secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
      sessionToken: session || undefined,
    },
    region: "eu-central-1",
    expiresInSeconds: 43200,
  });

let tenant = 0;
const operations = {
  presign: (session) => generate(session),
  first: (session) => generate(session, `AKIA${String(tenant++).padStart(16, "0")}`),
};

const folder = process.argv[2];
if (folder === "-") {
  await generate("");
  const took = now() - start;
  console.log(`${took} ${memory() - before}`);
  process.exit();
}

const loaded = new Map();
for await (const line of createInterface({ input: process.stdin })) {
  const [command, name, length, first] = line.split(" ");
  const operation = operations[name];
  if (!loaded.has(length)) {
    loaded.set(length, readFileSync(`${folder}/${length}`, "ascii").split("\n").slice(0, -1));
  }
  const sessions = loaded.get(length);
  if (command === "token") {
    console.log(await operation(sessions[Number(first)]));
  } else {
    const started = now();
    for (let i = 0; i < Number(first); i++) await operation(sessions[i % sessions.length]);
    console.log(now() - started);
  }
}
