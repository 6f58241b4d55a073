/** The names of the statuses in the C header, in their order. */
const CODES = [
  "BEDROCK_TOKEN_OK",
  "BEDROCK_TOKEN_ERR_NULL_ARGUMENT",
  "BEDROCK_TOKEN_ERR_ACCESS_KEY",
  "BEDROCK_TOKEN_ERR_SECRET",
  "BEDROCK_TOKEN_ERR_SESSION",
  "BEDROCK_TOKEN_ERR_SESSION_REQUIRED",
  "BEDROCK_TOKEN_ERR_REGION",
  "BEDROCK_TOKEN_ERR_EXPIRES",
  "BEDROCK_TOKEN_ERR_TIME",
  "BEDROCK_TOKEN_ERR_BUFFER_TOO_SMALL",
  "BEDROCK_TOKEN_ERR_OUT_OF_MEMORY",
  "BEDROCK_TOKEN_ERR_INVALID_TOKEN",
  "BEDROCK_TOKEN_ERR_NO_CREDENTIALS",
  "BEDROCK_TOKEN_ERR_CREDENTIALS_EXPIRED",
  "BEDROCK_TOKEN_ERR_INTERNAL",
  "BEDROCK_TOKEN_ERR_SERVICE",
  "BEDROCK_TOKEN_ERR_REENTRANT",
] as const;

export type ErrorCode = (typeof CODES)[number];

/**
 * A refusal or a failure. Its message names the argument at fault and never shows its value.
 *
 * `instanceof` fails if a program has two copies of this package; `code` tells in any case.
 */
export class BedrockTokenError extends Error {
  /** The number of the status in the C library. */
  readonly status: number;
  /** Its name there, such as `BEDROCK_TOKEN_ERR_REGION`. */
  readonly code: ErrorCode;

  /** @internal */
  constructor(status: number, message: string, options?: { cause: unknown }) {
    super(message, options);
    this.status = status;
    this.code = CODES[status] ?? "BEDROCK_TOKEN_ERR_INTERNAL";
  }

  static {
    Object.defineProperty(this.prototype, "name", { value: "BedrockTokenError" });
  }
}
