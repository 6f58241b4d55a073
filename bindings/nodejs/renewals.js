"use strict";
const readline = require("node:readline");
const { inspect: inspectObject } = require("node:util");
const { setTimeout: sleep } = require("node:timers/promises");
const { inspect, Provider, BedrockTokenError } = require("./bedrock_token.js");

let now, source, provider;
Date.now = () => now * 1000; // the clock stands still

async function answer() {
  try {
    return inspect(await provider.token()).issuedAt;
  } catch (error) {
    return error instanceof BedrockTokenError ? `status ${error.status}` : error.message;
  }
}

function credentials(end) {
  if (end === "raise") throw new Error("raised");
  if (end === "nothing") return undefined;
  const expiration = end === "0" ? undefined : new Date(Number(end) * 1000);
  return {
    accessKeyId: "AKIAIOSFODNN7EXAMPLE",
    secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    expiration,
  };
}

async function answers(step) {
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
      const inner = source;
      let inside;
      source = async () => {
        inside = await answer();
        return inner();
      };
      return [await answer(), inside];
    }
    case "together": {
      const inner = source;
      source = async () => {
        await sleep(50);
        return inner();
      };
      return new Set(await Promise.all(Array.from({ length: 8 }, answer)));
    }
  }
}

async function main() {
  for await (const line of readline.createInterface({ input: process.stdin })) {
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
}

main();
