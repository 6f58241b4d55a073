// In a process of its own: compiled code that has run often leaves fewer places where the stack can end.
import assert from "node:assert/strict";
import { test } from "node:test";
import { instances } from "./instances.mjs";

const { generate } = await import("bedrock-token");
const ARGUMENTS = ["AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", null, "eu-central-1"];
const AT = new Date("2026-06-15T12:00:00Z");

test("the stack overflows inside of the module: an error, wiped memory, and a new instance", () => {
  const token = generate(...ARGUMENTS, { at: AT });
  const before = instances.length;
  // On the way back from the overflow, each level tries with a little more stack.
  const overflow = (depth) => {
    try {
      overflow(depth + 1);
    } catch {
      // There is no stack left.
    }
    if (instances.length - before > 5) return;
    try {
      generate(...ARGUMENTS);
    } catch (error) {
      assert(error instanceof RangeError || error.code === "BEDROCK_TOKEN_ERR_INTERNAL");
    }
  };
  overflow(0);
  const replaced = instances.slice(before - 1, -1);
  assert(replaced.length > 0);
  for (const { exports } of replaced) {
    assert(new Uint8Array(exports.memory.buffer).every((byte) => byte === 0));
  }
  assert.equal(generate(...ARGUMENTS, { at: AT }), token);
});
