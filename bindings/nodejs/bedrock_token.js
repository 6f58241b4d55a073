// AWS Bedrock API keys in Node.js, with koffi (npm install koffi).
'use strict';
const koffi = require('koffi');

const library = koffi.load('libbedrock_token.so.0');
koffi.struct('bedrock_token_info', {
  access_key: koffi.array('char', 129, 'String'),
  region: koffi.array('char', 64, 'String'),
  issued_at: 'int64_t',
  expires_at: 'int64_t',
  has_session: 'int32_t',
});
// The token is a void *: out of a char **, koffi would make a string and lose the address.
const tokenGenerate = library.func(`int32_t bedrock_token_generate(const char *access_key,
  const char *secret, const char *session, const char *region, uint32_t expires,
  _Out_ void **out_buf, _Out_ size_t *len)`);
const tokenFree = library.func('void bedrock_token_free(void *token)');
const tokenInspect = library.func(
  'int32_t bedrock_token_inspect(const char *token, _Out_ bedrock_token_info *info, size_t info_size)');
const statusMessage = library.func('const char *bedrock_token_status_message(int32_t status)');

/** Names the argument at fault, never its value. */
class BedrockTokenError extends Error {
  constructor(status) {
    super(statusMessage(status));
    this.status = status;
  }
}

function check(status) {
  if (status !== 0) throw new BedrockTokenError(status);
}

function generate(accessKey, secret, session, region, expires = 43200) {
  const [out, length] = [[null], [0]];
  check(tokenGenerate(accessKey, secret, session, region, expires, out, length));
  const token = koffi.decode(out[0], 'char', length[0]); // a copy
  tokenFree(out[0]);
  return token;
}

function inspect(token) {
  const info = {};
  check(tokenInspect(token, info, koffi.sizeof('bedrock_token_info')));
  return info;
}

module.exports = { library, check, generate, inspect, BedrockTokenError };
