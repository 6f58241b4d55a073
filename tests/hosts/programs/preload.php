<?php
// What opcache.preload names. PHP's default, ffi.enable=preload, lets preloaded files alone use FFI.
require __DIR__ . '/../../../bindings/php/bedrock_token.php';
