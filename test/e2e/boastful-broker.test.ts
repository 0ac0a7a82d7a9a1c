// What a server says of itself is shown, and can be anything: no more of it than a person can read, and nothing that is
// no figure.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createNetwork, type TestNetwork } from '../helpers/network.ts';
import { run } from '../helpers/program.ts';
import { startProxy, type TestProxy } from '../helpers/proxy.ts';
import { openSite } from '../helpers/site.ts';

const site = openSite(['com.crypto.us.left']);
let proxy: TestProxy;
let network: TestNetwork;
let config: string;

beforeAll(async () => {
  proxy = await startProxy(site.server.port);
  network = createNetwork(proxy.url, ['com.crypto.us.left']);
  config = network.nodes[0]?.config as string;
  return async () => {
    network[Symbol.dispose]();
    await proxy[Symbol.asyncDispose]();
  };
});

afterAll(() => {
  proxy.fromServer = (chunk) => chunk;
});

/** Has the server's greeting say something else. */
function say(pattern: RegExp, words: string): void {
  proxy.fromServer = (chunk) =>
    chunk.subarray(0, 5).toString() === 'INFO ' ? Buffer.from(chunk.toString('latin1').replace(pattern, words)) : chunk;
}

describe('a server that says', () => {
  it('a version of 20,000 characters is shown with the first of them', async () => {
    say(/"version":"[^"]*"/, `"version":"${'9'.repeat(20_000)}"`);
    const { stdout } = await run(config, ['check', '-t', '10s']);
    expect(stdout).toContain(`${'9'.repeat(200)}…`);
    expect(stdout).not.toContain('9'.repeat(201));
  });

  it.each(['-5', '"many"', '0.5', '1e400'])('a max_payload of %s is not believed', async (size) => {
    say(/"max_payload":\d+/, `"max_payload":${size}`);
    const { stdout } = await run(config, ['check', '-t', '10s']);
    expect(stdout).toMatch(/payload +messages up to 1 MiB$/m);
  });

  it('much about why it does not let anybody in is shown in part', async () => {
    proxy.fromServer = (chunk) =>
      chunk.toString('latin1').startsWith('PONG') ? Buffer.from(`-ERR '${'no '.repeat(2000)}'\r\n`) : chunk;
    const { exitCode, stderr } = await run(config, ['-s', '-t', '1s']);
    expect(exitCode).toBe(3);
    expect(stderr.length).toBeLessThan(600);
  });
});
