import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createNetwork, type TestNetwork } from '../helpers/network.ts';
import { run, startReady } from '../helpers/program.ts';
import { startServer, type TestServer } from '../helpers/server.ts';

let server: TestServer;
let network: TestNetwork;
let left: string;
let right: string;

beforeAll(async () => {
  server = await startServer();
  network = createNetwork(server.url, ['com.crypto.us.left', 'com.crypto.us.right']);
  [left, right] = network.nodes.map(({ config }) => config) as [string, string];
});

afterAll(async () => {
  network[Symbol.dispose]();
  await server[Symbol.asyncDispose]();
});

describe('the example of the README', () => {
  it('lets a waiting shell go on once another host has signalled', async () => {
    const waiter = await startReady(right, ['-u', 'upload_done', '-t', '20s']);
    const sender = await run(left, ['-s', '-u', 'upload_done']);
    expect(sender).toMatchObject({ exitCode: 0, stdout: '', stderr: '' });
    expect(await waiter.finished).toMatchObject({ exitCode: 0, stdout: '' });
  });

  it('hands a payload over on standard output', async () => {
    const waiter = await startReady(right, ['-u', 'build_done', '-t', '20s']);
    await run(left, ['-s', '-u', 'build_done', 'v1.2', '  two  spaces', '-x']);
    expect((await waiter.finished).stdout).toBe('v1.2   two  spaces -x\n');
  });
});
