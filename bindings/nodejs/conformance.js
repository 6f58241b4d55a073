"use strict";
const readline = require("node:readline");
const { SERVICES, generate, inspect, BedrockTokenError } = require("./bedrock_token.js");

function answer(make) {
  try {
    const token = make();
    const { service, accessKey, region, issuedAt, expiresAt, hasSession } = inspect(token);
    console.log(
      [
        0,
        token,
        SERVICES.indexOf(service),
        accessKey,
        region,
        issuedAt,
        expiresAt,
        Number(hasSession),
      ].join("\t"),
    );
  } catch (error) {
    if (!(error instanceof BedrockTokenError)) throw error;
    console.log(`${error.status}\t${error.message}`);
  }
}

readline.createInterface({ input: process.stdin }).on("line", (line) => {
  const fields = line.split("\t");
  // A JavaScript string has no bytes: each becomes the character of the same number.
  const strings = fields.slice(1, 5).map((
    s,
  ) => (s === "-" ? null : Buffer.from(s.slice(1), "hex").toString("latin1")));
  const options = { service: SERVICES[fields[0]] ?? "none", expires: Number(fields[5]) };
  answer(() => generate(...strings, { ...options, at: BigInt(fields[6]) }));
  answer(() => generate(...strings, options));
});
