// A worker of benches/languages.py.
"use strict";
const { readFileSync } = require("node:fs");
const { createInterface } = require("node:readline");
const { Worker, isMainThread, parentPort } = require("node:worker_threads");

const SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const REGION = "eu-central-1";
const folder = process.argv[2];
const generators = {};
const sessions = {};
const threads = [];

/** The function that generates. Its first use loads the library. */
function generator(name) {
  const { generate, Provider } = require("./bedrock_token.js");
  const provider = (accessKeyId) =>
    new Provider({ region: REGION, credentials: () => ({ accessKeyId, secretAccessKey: SECRET }) });
  if (name === "generate") {
    return (session) => generate("AKIAIOSFODNN7EXAMPLE", SECRET, session || null, REGION);
  }
  if (name === "kept") {
    const kept = provider("AKIAIOSFODNN7EXAMPLE");
    return () => kept.token();
  }
  const count = Number(name.split("_")[1]); // tenants_COUNT: the kept tokens of so many, in turn
  const tenants = new Map();
  for (let i = 0; i < count; i++) {
    tenants.set(i, provider(`AKIA${String(i).padStart(16, "0")}`));
    tenants.get(i).token();
  }
  let i = 0;
  return () => tenants.get(i = (i + 1) % count).token();
}

function prepare(name, length) {
  generators[name] ??= generator(name);
  sessions[length] ??= readFileSync(`${folder}/${length}`, "ascii").split("\n").slice(0, -1);
  return [generators[name], sessions[length]];
}

/** When it started and when it ended, in nanoseconds. */
async function run(name, length, iterations) {
  const [generate, texts] = prepare(name, length);
  const started = process.hrtime.bigint();
  for (let i = 0; i < iterations; i++) {
    const token = generate(texts[i % texts.length]);
    if (typeof token !== "string") await token;
  }
  return [started, process.hrtime.bigint()];
}

/** The same, from the first start to the last end, of threads that live on. */
async function runInThreads(count, ...task) {
  while (threads.length < count) threads.push(new Worker(__filename, { argv: [folder] }));
  const runs = await Promise.all(threads.slice(0, count).map((thread) => {
    thread.postMessage(task);
    return new Promise((resolve) => thread.once("message", resolve));
  }));
  const order = (a, b) => Number(a - b);
  return [runs.map((run) => run[0]).sort(order)[0], runs.map((run) => run[1]).sort(order).at(-1)];
}

async function main() {
  for await (const line of createInterface({ input: process.stdin })) {
    const [command, name, length, first, second] = line.split(" ");
    if (command === "token") {
      const [generate, texts] = prepare(name, length);
      console.log(await generate(texts[first]));
    } else {
      const task = [name, length, Number(first)];
      const [started, ended] = await (second > 1 ? runInThreads(second, ...task) : run(...task));
      console.log(String(ended - started));
    }
  }
  process.exit(); // with its threads
}

if (isMainThread) main();
else parentPort.on("message", async (task) => parentPort.postMessage(await run(...task)));
