import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { bin, folder, run, write } from "./program.mjs";

const source = readFileSync(new URL("clients.ts", import.meta.url), "utf8");

/** Compiles a user's file, and returns what the compiler says. */
function compile(compiler, name, options, text = source) {
  const here = folder(`types-${name.replaceAll(/\W/g, "-")}`);
  write(`${here}${name}`, text);
  const compilerOptions = { noEmit: true, strict: true, target: "es2022", ...options };
  write(`${here}tsconfig.json`, JSON.stringify({ compilerOptions }));
  const { stdout } = spawnSync(process.execPath, [compiler, "-p", here], { encoding: "utf8" });
  return stdout;
}

const OURS = bin("../../node_modules/typescript/bin/tsc"); // what the package is compiled with
const OLDER = bin("typescript/bin/tsc");
const NODENEXT = { module: "nodenext", moduleResolution: "nodenext" };
const BUNDLER = { module: "esnext", moduleResolution: "bundler" };

for (const [version, compiler] of [["the newest TypeScript", OURS], ["TypeScript 5", OLDER]]) {
  test(`the clients accept what the provider gives them, ${version}`, () => {
    const rest = { skipLibCheck: true, types: ["node"] };
    assert.equal(compile(compiler, "esm.mts", { ...NODENEXT, ...rest }), "");
    assert.equal(compile(compiler, "cjs.cts", { ...NODENEXT, ...rest }), "");
    assert.equal(compile(compiler, "bundler.ts", { ...BUNDLER, ...rest }), "");
  });

  test(`our types need no others than Node's or a browser's, ${version}`, () => {
    const text = 'import { Provider } from "bedrock-token";\nexport const { fetch, token }: Provider = null!;\n';
    for (const rest of [{ lib: ["es2022"], types: ["node"] }, { lib: ["es2022", "dom"], types: [] }]) {
      assert.equal(compile(compiler, "types.mts", { ...NODENEXT, ...rest }, text), "");
    }
  });
}

test("publint finds no fault", async () => {
  const { publint } = await import("publint");
  const { messages } = await publint({ pkgDir: bin("bedrock-token"), strict: true });
  assert.deepEqual(messages, []);
});

test("attw: the types are right for each way to import", () => {
  const tarball = process.env.TARBALL;
  const output = run(process.execPath, [
    bin("@arethetypeswrong/cli/dist/index.js"),
    ...["--format", "json", "--exclude-entrypoints", "bedrock_token.wasm", "--", tarball],
  ]);
  const { analysis, problems } = JSON.parse(output);
  assert.equal(analysis.types.kind, "included");
  assert.deepEqual(problems ?? {}, {});
});
