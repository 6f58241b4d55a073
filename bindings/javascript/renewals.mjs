// Takes a provider through steps, as tests/conformance/README.md says.
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { inspect as inspectObject } from "node:util";
import { inspect, Provider } from "bedrock-token";

let now, source, provider;
Date.now = () => now * 1000; // the clock stands still

const failed = ({ cause, status }) => cause?.message ?? cause ?? `status ${status}`;

async function answer(signal) {
  try {
    return inspect(await provider.token({ signal })).issuedAt.getTime() / 1000;
  } catch (error) {
    return error.name === "TimeoutError" ? "deadline" : failed(error);
  }
}

const times = (count, call) => Promise.all(Array.from({ length: count }, call));

function credentials(end) {
  if (end === "raise") throw new Error("raised");
  if (end === "throw") throw "raised";
  if (end === "nothing") return undefined;
  return {
    accessKeyId: "AKIAIOSFODNN7EXAMPLE",
    secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    expiration: end === "0" ? undefined : new Date(Number(end) * 1000),
  };
}

async function answers(step, first, end) {
  const inner = source;
  switch (step) {
    case "new":
      try {
        const [region, expires] = [first ?? "eu-central-1", end && Number(end)];
        provider = new Provider({ region, expires, credentials: () => source() });
        return [];
      } catch (error) {
        return [failed(error)];
      }
    case "failure":
      return [provider.failure === undefined ? "ok" : failed(provider.failure)];
    case "show":
      return [inspectObject(provider, { showHidden: true }).replace(/\s+/g, " ")];
    case "invalidate":
      provider.invalidate();
      return [];
    case "get":
      return [await answer()];
    case "reenter":
    case "child": {
      let inside;
      source = async () => {
        if (step === "child") await sleep(1); // answer() is then called by the event loop
        inside = await answer();
        return inner();
      };
      return [await answer(), inside];
    }
    case "together":
      source = async () => {
        await sleep(Number.isInteger(Number(end)) ? 50 : 500);
        return inner();
      };
      return new Set(await times(8, () => answer()));
    case "deadline": {
      source = async () => {
        await sleep(1);
        await limited;
        return inner();
      };
      const limited = times(2, () => answer(AbortSignal.timeout(100)));
      const last = answer();
      return [...(await limited), await last];
    }
    case "refused": {
      const token = await provider.token();
      const report = () => {
        provider.invalidate(token);
        return answer();
      };
      return new Set([...(await times(16, report)), await report()]);
    }
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const [step, first, end] = line.split("\t");
  let asked = 0;
  if (step !== "new") now = Number(first ?? now);
  source = () => {
    asked++;
    return credentials(end);
  };
  const answered = await answers(step, first, end);
  console.log([asked, ...answered].join("\t"));
}
