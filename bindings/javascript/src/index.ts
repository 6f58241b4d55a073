export { BedrockTokenError, type ErrorCode } from "./error.js";
export { load } from "./module.js";
export { type Credentials, Provider, type ProviderOptions } from "./provider.js";
export { generate, type GenerateOptions, inspect, type Service, type TokenInfo } from "./token.js";
