// Takes a provider through steps, as tests/conformance/README.md says.
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { inspect as inspectObject } from "node:util";
import { inspect, Provider } from "bedrock-token";

let now, source, provider;
Date.now = () => now * 1000; // the clock stands still

async function answer() {
  try {
    return inspect(await provider.token()).issuedAt.getTime() / 1000;
  } catch (error) {
    return error.cause?.message ?? `status ${error.status}`;
  }
}

function credentials(end) {
  if (end === "raise") throw new Error("raised");
  if (end === "nothing") return undefined;
  return {
    accessKeyId: "AKIAIOSFODNN7EXAMPLE",
    secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    expiration: end === "0" ? undefined : new Date(Number(end) * 1000),
  };
}

async function answers(step) {
  const inner = source;
  switch (step) {
    case "new":
      provider = new Provider({ region: "eu-central-1", credentials: () => source() });
      return [];
    case "show":
      return [inspectObject(provider, { showHidden: true }).replace(/\s+/g, " ")];
    case "invalidate":
      provider.invalidate();
      return [];
    case "get":
      return [await answer()];
    case "reenter": {
      let inside;
      source = async () => {
        inside = await answer();
        return inner();
      };
      return [await answer(), inside];
    }
    case "together":
      source = async () => {
        await sleep(50);
        return inner();
      };
      return new Set(await Promise.all(Array.from({ length: 8 }, answer)));
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const [step, time, end] = line.split("\t");
  let asked = 0;
  now = Number(time ?? now);
  source = () => {
    asked++;
    return credentials(end);
  };
  const answered = await answers(step);
  console.log([asked, ...answered].join("\t"));
}
