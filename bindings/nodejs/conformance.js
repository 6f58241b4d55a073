'use strict';
const readline = require('readline');
const koffi = require('koffi');
const { library, check, generate, inspect, BedrockTokenError } = require('./bedrock_token.js');

const generateInto = library.func(`int32_t bedrock_token_generate_into(const char *access_key,
  const char *secret, const char *session, const char *region, uint32_t expires,
  int64_t signing_time, void *buf, size_t capacity, _Out_ size_t *len)`);

function generateAt(...args) {
  const length = [0];
  generateInto(...args, null, 0, length);
  const buffer = Buffer.alloc(length[0] + 1);
  check(generateInto(...args, buffer, buffer.length, length));
  return buffer.toString('ascii', 0, length[0]);
}

function answer(make) {
  try {
    const token = make();
    console.log([0, token, ...Object.values(inspect(token))].join('\t'));
  } catch (error) {
    if (!(error instanceof BedrockTokenError)) throw error;
    console.log(`${error.status}\t${error.message}`);
  }
}

readline.createInterface({ input: process.stdin }).on('line', (line) => {
  const fields = line.split('\t');
  // A JavaScript string has no bytes: each becomes the character of the same number.
  const strings = fields.slice(0, 4).map((s) => (s === '-' ? null : Buffer.from(s.slice(1), 'hex').toString('latin1')));
  answer(() => generateAt(...strings, Number(fields[4]), BigInt(fields[5])));
  answer(() => generate(...strings, Number(fields[4])));
});
