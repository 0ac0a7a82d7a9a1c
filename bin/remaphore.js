#!/usr/bin/env node
// Runs dist/program.js from V8's code cache beside it: without the cache most of the time to start is spent on
// compiling. A cache belongs to the version of the runtime that made it; any other passes it over and compiles.

const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { Script } = require('node:vm');

const filename = join(__dirname, '..', 'dist', 'program.js');

/** @returns {Buffer | undefined} */
function readCache() {
  try {
    return readFileSync(join(filename, '..', 'program.cache'));
  } catch {
    return undefined;
  }
}

// The build writes nothing but ASCII, which as latin1 needs no decoding.
const program = new Script(readFileSync(filename, 'latin1'), { filename, cachedData: readCache() });
program.runInThisContext()(require);
