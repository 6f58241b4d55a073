import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { test } from "node:test";
import { promisify } from "node:util";
import { bin, check, cjs, esm, folder, missing, run, worker, write } from "./program.mjs";

const runtimes = {
  "Node.js": [process.execPath],
  "Node.js 20.8": [bin("node-20/bin/node")],
  "Node.js 22": [bin("node-22/bin/node")],
  "Node.js 26": [bin("node-26/bin/node")],
  // No permission for anything: the package reads no file and no variable.
  Deno: [bin(".bin/deno"), "run", "--no-prompt", "--no-config", "--node-modules-dir=manual"],
  Bun: [bin("@oven/bun-linux-x64/bin/bun")],
};

for (const [name, [command, ...args]] of Object.entries(runtimes)) {
  // process.getBuiltinModule() came with Node.js 20.16.
  const options = { followsContext: name !== "Node.js 20.8" };
  test(`${name}, ESM and CommonJS`, () => {
    const here = folder(name.replaceAll(" ", "-"));
    check(run(command, [...args, write(`${here}a.mjs`, esm())]), options);
    check(run(command, [...args, write(`${here}b.cjs`, cjs())]), options);
  });
}

test("Jest, which loads the package anew for each file", () => {
  const here = folder("jest");
  write(`${here}package.json`, '{ "jest": { "testEnvironment": "node" } }');
  const show = `(text) => { require("node:fs").writeFileSync("${here}answer.json", text); resolve(); }`;
  write(
    `${here}a.test.js`,
    `test("answers", async () => {
       const first = require("bedrock-token");
       jest.resetModules();
       expect(require("bedrock-token")).not.toBe(first);
       await new Promise((resolve) => { ${cjs(show)} });
     });`,
  );
  run(process.execPath, [bin("jest/bin/jest.js"), "--rootDir", here], { cwd: here, stdio: "pipe" });
  check(readFileSync(`${here}answer.json`, "utf8"));
});

test("vitest", () => {
  const here = folder("vitest");
  const show = `(text) => test("answers", () => writeFileSync("${here}answer.json", text))`;
  const imports = 'import { writeFileSync } from "node:fs";\nimport { test } from "vitest";\n';
  write(`${here}a.test.mjs`, imports + esm(show));
  run(process.execPath, [bin("vitest/vitest.mjs"), "run", "--root", here], { cwd: here, stdio: "pipe" });
  check(readFileSync(`${here}answer.json`, "utf8"));
});

const esbuild = (...args) => run(bin(".bin/esbuild"), ["--bundle", "--log-level=warning", ...args]);

test("bundles of esbuild", () => {
  const here = folder("esbuild");
  const [module, script] = [write(`${here}a.mjs`, esm()), write(`${here}b.cjs`, cjs())];
  for (const platform of ["node", "browser", "neutral"]) {
    for (const [format, entry, extension] of [["esm", module, "mjs"], ["cjs", script, "cjs"], ["iife", script, "cjs"]]) {
      const out = `${here}${platform}-${format}.${extension}`;
      esbuild(entry, `--platform=${platform}`, `--format=${format}`, "--minify", `--outfile=${out}`);
      check(run(process.execPath, [out]));
    }
  }
});

test("bundles of webpack", async () => {
  const { default: webpack } = await import("webpack");
  const here = folder("webpack");
  for (const target of ["node", "web", "webworker"]) {
    const entry = write(`${here}${target}.mjs`, esm());
    const output = { path: here, filename: `${target}.cjs` };
    const config = { mode: "production", target, context: here, entry, output };
    const stats = await promisify(webpack)({ ...config, performance: false }); // the vectors are large
    assert(!stats.hasErrors() && !stats.hasWarnings(), stats.toString());
    check(run(process.execPath, [`${here}${target}.cjs`]));
  }
});

test("Chromium, bundled, and with an import map", { skip: missing("chromium") }, async () => {
  const show = "(text) => (document.body.textContent = btoa(text))"; // without characters that HTML escapes
  const here = folder("chromium");
  const bundle = `${here}bundle.js`;
  esbuild(write(`${here}a.mjs`, esm(show)), "--format=esm", `--outfile=${bundle}`);
  const imports = { "bedrock-token": "/esm/index.js", "#module": "/esm/inline.js" };
  const page = (head) => `<!doctype html><meta charset="utf-8">${head}<body></body>`;
  const policy = `<meta http-equiv="Content-Security-Policy" content="script-src 'self' 'wasm-unsafe-eval'">`;
  const map = `<script type="importmap">${JSON.stringify({ imports })}</script>`;
  const pages = {
    "/bundled": page(`${policy}<script type="module" src="/bundle.js"></script>`),
    "/import-map": page(`${map}<script type="module">${esm(show)}</script>`),
  };
  const server = createServer(({ url }, response) => {
    const [type, text] = url.endsWith(".js")
      ? ["text/javascript", readFileSync(url === "/bundle.js" ? bundle : bin(`bedrock-token${url}`))]
      : ["text/html", pages[url]];
    response.writeHead(200, { "content-type": type }).end(text);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    for (const path of Object.keys(pages)) {
      const url = `http://127.0.0.1:${server.address().port}${path}`;
      const args = ["--headless", "--no-sandbox", "--disable-gpu", `--user-data-dir=${here}profile`];
      const chromium = spawn("chromium", [...args, "--virtual-time-budget=20000", "--dump-dom", url]);
      chromium.stdout.setEncoding("utf8");
      const chunks = await chromium.stdout.toArray();
      check(atob(/<body>(.*)<\/body>/s.exec(chunks.join(""))[1]), { followsContext: false });
    }
  } finally {
    server.close();
  }
});

test("workerd, which compiles no bytes", async () => {
  const here = folder("workerd");
  // As Cloudflare's own bundler does it: .wasm files stay files, and are modules of the worker.
  esbuild(
    write(`${here}a.mjs`, worker()),
    "--format=esm",
    "--conditions=workerd,worker,browser",
    "--external:*.wasm",
    `--outfile=${here}worker.js`,
  );
  write(
    `${here}config.capnp`,
    `using Workerd = import "/workerd/workerd.capnp";
     const config :Workerd.Config = (
       services = [(name = "main", worker = (
         modules = [
           (name = "esm/worker.js", esModule = embed "worker.js"),
           (name = "bedrock_token.wasm", wasm = embed "bedrock_token.wasm"),
         ],
         compatibilityDate = "2026-01-01",
       ))],
       sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
     );`,
  );
  write(`${here}bedrock_token.wasm`, readFileSync(bin("bedrock-token/bedrock_token.wasm")));
  const workerd = spawn(bin("@cloudflare/workerd-linux-64/bin/workerd"), ["serve", "config.capnp", "--control-fd=3"], {
    cwd: here,
    stdio: ["ignore", "inherit", "inherit", "pipe"],
  });
  try {
    const [line] = await once(workerd.stdio[3], "data");
    const { port } = JSON.parse(String(line).split("\n")[0]);
    const response = await fetch(`http://127.0.0.1:${port}/`);
    check(await response.text(), { followsContext: false });
  } finally {
    workerd.kill();
  }
});
