// The WebAssembly module. It is compiled once, and has one instance, because each call of it ends before
// the next one begins.
import { source } from "#module";
import { BedrockTokenError } from "./error.js";

/** What the module exports. A pointer is a number, a 64-bit integer is a BigInt. */
interface Exports {
  memory: { buffer: ArrayBuffer };
  bedrock_token_generate_into(
    service: number,
    accessKey: number,
    secret: number,
    session: number,
    region: number,
    expires: number,
    signingTime: bigint,
    buf: number,
    capacity: number,
    len: number,
  ): number;
  bedrock_token_inspect(token: number, info: number, infoSize: number): number;
  bedrock_token_schedule(
    issuedAt: bigint,
    expires: number,
    credentialsExpireAt: bigint,
    times: number,
    timesSize: number,
  ): number;
  bedrock_token_retry_at(now: bigint, expiresAt: bigint): bigint;
  bedrock_token_status_message(status: number): number;
  bedrock_token_wasm_alloc(size: number): number;
  bedrock_token_wasm_free(address: number, size: number): void;
}

let compiled: WebAssembly.Module | undefined;
let instance: Exports | undefined;

/**
 * Compiles the module in the background. Only needed where a program must not compile when it first
 * generates a token: in browsers that refuse to compile on the main thread (Chrome before 115), and in
 * runtimes that compile no bytes. Those hand in `bedrock-token/bedrock_token.wasm`, imported as a module.
 */
export async function load(module?: object): Promise<void> {
  if (module !== undefined) {
    compiled = module as WebAssembly.Module;
    instance = undefined;
  } else if (compiled === undefined) {
    const from = source();
    compiled = from instanceof WebAssembly.Module ? from : await WebAssembly.compile(from);
  }
}

function loaded(): Exports {
  if (instance === undefined) {
    if (compiled === undefined) {
      const from = source();
      compiled = from instanceof WebAssembly.Module ? from : new WebAssembly.Module(from);
    }
    instance = new WebAssembly.Instance(compiled).exports as unknown as Exports;
  }
  return instance;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Memory of the module, for the arguments and results of one call. */
export class Room {
  readonly exports: Exports;
  readonly address: number;
  readonly #size: number;
  #used: number;

  /** The first `results` bytes are for results. */
  constructor(exports: Exports, address: number, size: number, results: number) {
    this.exports = exports;
    this.address = address;
    this.#size = size;
    this.#used = results;
  }

  /** Made anew for each use: if the memory has grown in a call, it is another buffer. */
  get #bytes(): Uint8Array {
    return new Uint8Array(this.exports.memory.buffer, this.address, this.#size);
  }

  /** Where the bytes begin that are not used yet, and how many there are. */
  get rest(): [address: number, size: number] {
    return [this.address + this.#used, this.#size - this.#used];
  }

  /**
   * Writes a string with a NUL, and returns its address: NULL for an absent one. All strings are ASCII
   * without NULs. Another one becomes a string that is refused.
   */
  put(text: unknown): number {
    if (text === undefined || text === null) return 0;
    const at = this.#used;
    const string = typeof text === "string" ? text : REFUSED;
    const end = at + string.length;
    this.#used = end + 1;
    const bytes = this.#bytes;
    const { read } = encoder.encodeInto(string, bytes.subarray(at, end));
    if (read !== string.length || string.includes("\0")) bytes[at] = REFUSED.charCodeAt(0);
    bytes[end] = 0;
    return this.address + at;
  }

  get view(): DataView {
    return new DataView(this.exports.memory.buffer, this.address, this.#size);
  }

  text(at: number, length: number): string {
    return decoder.decode(this.#bytes.subarray(at, at + length));
  }

  textUntilNul(at: number): string {
    return this.text(at, this.#bytes.indexOf(0, at) - at);
  }
}

const REFUSED = "\x7f";

/** How much room `put` needs for a string. */
export const roomFor = (text: unknown): number => (typeof text === "string" ? text.length : 1) + 1;

/**
 * Calls a function of the module, which returns a status, in room that is wiped afterwards. Then `read`
 * reads the result. If the module traps, it is wiped, and the next call gets a new instance.
 */
export function call<R>(
  size: number,
  results: number,
  run: (room: Room) => number,
  read: (room: Room) => R,
): R {
  const on = loaded();
  let status: number;
  let result: R | undefined;
  try {
    const address = on.bedrock_token_wasm_alloc(size) >>> 0;
    if (address === 0) {
      status = 10;
    } else {
      const room = new Room(on, address, size, results);
      status = run(room);
      if (status === 0) result = read(room);
      on.bedrock_token_wasm_free(address, size);
    }
  } catch (trap) {
    instance = undefined;
    new Uint8Array(on.memory.buffer).fill(0);
    throw failure(14, trap);
  }
  if (status !== 0) throw failure(status);
  return result as R;
}

export function retryAt(now: number, expiresAt: number): number {
  return Number(loaded().bedrock_token_retry_at(BigInt(now), BigInt(expiresAt)));
}

/** The error for a status, with the reason of a source of credentials. */
export function failure(status: number, ...reason: [cause?: unknown]): BedrockTokenError {
  const { memory, bedrock_token_status_message } = loaded();
  const at = bedrock_token_status_message(status);
  const bytes = new Uint8Array(memory.buffer);
  const message = decoder.decode(bytes.subarray(at, bytes.indexOf(0, at)));
  if (reason.length === 0) return new BedrockTokenError(status, message);
  const [cause] = reason;
  const because = cause instanceof Error ? cause.message : String(cause);
  return new BedrockTokenError(status, `${message}: ${because}`, { cause });
}
