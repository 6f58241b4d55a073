// Node.js 20 does not use HTTPS_PROXY by itself.
"use strict";
const { EnvHttpProxyAgent, setGlobalDispatcher } = require("undici");

setGlobalDispatcher(new EnvHttpProxyAgent());
