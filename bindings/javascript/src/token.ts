import { call, type Room, roomFor } from "./module.js";

/** Amazon Bedrock, or Claude Platform on AWS. */
export type Service = "bedrock" | "claude-platform";

/** In the order of their numbers in the C library. */
const SERVICES: readonly Service[] = ["bedrock", "claude-platform"];

export interface GenerateOptions {
  /** The life of the token in seconds, 1 to 43200. By default 43200: 12 hours. */
  expires?: number | undefined;
  /** By default `"bedrock"`. */
  service?: Service | undefined;
  /** When the token's life begins. By default now. */
  at?: Date | undefined;
}

export interface TokenInfo {
  accessKey: string;
  region: string;
  issuedAt: Date;
  /** The token ends sooner if its credentials do. */
  expiresAt: Date;
  hasSession: boolean;
  service: Service;
}

export const EXPIRES_DEFAULT = 43200;

/** The longest session token, in bytes. Of a longer string, one byte more is enough to refuse it. */
const SESSION_MAX = 65536;
/** More than the longest token. */
const TOKEN_CUT = 1 << 19;

const cut = (text: unknown, length: number): unknown =>
  typeof text === "string" && text.length > length ? text.slice(0, length) : text;

const seconds = (date: Date): bigint => {
  const millis = date instanceof Date ? date.getTime() : NaN;
  return Number.isNaN(millis) ? -1n : BigInt(Math.floor(millis / 1000));
};

/** A number that the module refuses if it is not one of 32 bits. */
const uint32 = (number: number): number => number === number >>> 0 ? number : 0;

/**
 * Generates a token. With long-term credentials there is no session token: `undefined`, `null` or `""`.
 *
 * @throws BedrockTokenError if an argument is refused. It names the argument and does not show its value.
 */
export function generate(
  accessKey: string,
  secret: string,
  session: string | null | undefined,
  region: string,
  { expires = EXPIRES_DEFAULT, service = "bedrock", at = new Date() }: GenerateOptions = {},
): string {
  const strings = [accessKey, secret, session, region].map((text) => cut(text, SESSION_MAX + 1));
  const forStrings = strings.reduce<number>((sum, text) => sum + roomFor(text), 0);
  // Of a session token, each byte can become "%XX", and that is in Base64. All else is in 1 KiB.
  const forToken = 1024 + 4 * roomFor(strings[2]);
  const run = (room: Room): number => {
    const [a, b, c, d] = strings.map((text) => room.put(text)) as [number, number, number, number];
    const [token, capacity] = room.rest;
    return room.exports.bedrock_token_generate_into(
      SERVICES.indexOf(service),
      a,
      b,
      c,
      d,
      uint32(expires),
      seconds(at),
      token,
      capacity,
      room.address,
    );
  };
  return call(4 + forStrings + forToken, 4, run, (room) => {
    const [token] = room.rest;
    return room.text(token - room.address, room.view.getUint32(0, true));
  });
}

/**
 * Reads what a token says of itself. Only its form is checked: the service alone can verify it.
 *
 * @throws BedrockTokenError if this is not a token of either service.
 */
export function inspect(token: string): TokenInfo {
  // bedrock_token_info
  const size = 224;
  const text = cut(token, TOKEN_CUT);
  return call(
    size + roomFor(text),
    size,
    (room) => room.exports.bedrock_token_inspect(room.put(text), room.address, size),
    (room) => {
      const { view } = room;
      const date = (at: number) => new Date(Number(view.getBigInt64(at, true)) * 1000);
      return {
        accessKey: room.textUntilNul(0),
        region: room.textUntilNul(129),
        issuedAt: date(200),
        expiresAt: date(208),
        hasSession: view.getInt32(216, true) !== 0,
        service: SERVICES[view.getInt32(220, true)] as Service,
      };
    },
  );
}

/** When a token is used and renewed, in Unix seconds. The C header says what each time means. */
export interface Times {
  validFrom: number;
  renewAt: number;
  waitFrom: number;
  expiresAt: number;
}

/** The times of a token. `credentialsExpireAt` is 0 if the credentials do not end. */
export function schedule(issuedAt: number, expires: number, credentialsExpireAt: number): Times {
  const size = 32; // bedrock_token_times
  return call(
    size,
    size,
    (room) =>
      room.exports.bedrock_token_schedule(
        BigInt(issuedAt),
        uint32(expires),
        BigInt(credentialsExpireAt),
        room.address,
        size,
      ),
    ({ view }) => {
      const time = (at: number) => Number(view.getBigInt64(at, true));
      return { validFrom: time(0), renewAt: time(8), waitFrom: time(16), expiresAt: time(24) };
    },
  );
}
