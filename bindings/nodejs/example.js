'use strict';
const { generate, inspect } = require('./bedrock_token.js');

const [key, secret] = ['AKIAIOSFODNN7EXAMPLE', 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'];
const token = generate(key, secret, null, 'eu-central-1');
const { access_key, region, expires_at } = inspect(token);
console.log(`${token}\n${access_key} ${region} ${expires_at}`);
try {
  generate(key, `${secret}\n`, null, 'eu-central-1');
} catch (error) {
  console.log(`refused: ${error.message}`);
}
