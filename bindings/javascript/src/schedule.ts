import { call } from "./module.js";
import { uint32 } from "./token.js";

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
