// Cloudflare's workers compile no bytes. Their bundler makes this import a module.
// @ts-ignore
import module from "../bedrock_token.wasm";

export const source = (): WebAssembly.Module => module;
