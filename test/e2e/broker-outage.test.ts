import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createNetwork, type TestNetwork } from '../helpers/network.ts';
import { run, start, startReady } from '../helpers/program.ts';
import { connectRaw, untilSubscribed } from '../helpers/raw.ts';
import { startServer, type TestServer } from '../helpers/server.ts';

const LOST = 'remaphore: connection to the server lost, reconnecting\n';
const BACK = 'remaphore: connected to a server again\n';

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

describe('a broker that is killed while a receiver waits', () => {
  it('gets the receiver the next message once it is back, with a notice of each', async () => {
    const receiver = await startReady(right, ['-u', 'after_restart', '-t', '30s']);
    await server.stop();
    await receiver.said(LOST);
    await server.start();
    await receiver.said(BACK);
    expect(await run(left, ['-s', '-u', 'after_restart', 'here'])).toMatchObject({ exitCode: 0 });
    expect(await receiver.finished).toEqual({
      exitCode: 0,
      stdout: 'here\n',
      stderr: `remaphore: ready\n${LOST}${BACK}`,
    });
  });

  it('is found again by a receiver that takes many messages, twice', async () => {
    const client = await connectRaw(server.url);
    const receiver = await startReady(right, ['-S', 'twice', '-t', '30s']);
    for (const payload of ['first', 'second']) {
      await server.stop();
      await server.start();
      await untilSubscribed(client, 'remaphore.twice');
      await run(left, ['-s', '-S', 'twice', payload]);
      await receiver.printed(`${payload}\n`);
    }
    receiver.kill('SIGTERM');
    expect((await receiver.finished).exitCode).toBe(128 + 15);
    await client.close();
  });

  it('is not spoken of with -q', async () => {
    const client = await connectRaw(server.url);
    const receiver = start(right, ['-q', '-u', 'quiet', '-S', 'quiet', '-t', '30s']);
    await untilSubscribed(client, 'remaphore.quiet');
    await server.stop();
    await server.start();
    await untilSubscribed(client, 'remaphore.quiet');
    await run(left, ['-s', '-u', 'quiet', '-S', 'quiet']);
    expect(await receiver.finished).toEqual({ exitCode: 0, stdout: '', stderr: '' });
    await client.close();
  });

  it('makes the receiver exit 3 when it is not back as -t runs out', async () => {
    const receiver = await startReady(right, ['-t', '2s']);
    await server.stop();
    const { exitCode, stderr } = await receiver.finished;
    await server.start();
    expect(exitCode).toBe(3);
    expect(stderr).toContain(LOST);
    expect(stderr).toContain('remaphore: error: not connected to a server when the time ran out\n');
  });

  it('does not make the receiver exit 3 when it is back as -t runs out', async () => {
    const receiver = await startReady(right, ['-t', '4s']);
    await server.stop();
    await server.start();
    const { exitCode, stderr } = await receiver.finished;
    expect(stderr).toContain(BACK);
    expect(exitCode).toBe(1);
  });

  it('does not change that messages came: the receiver exits 0', async () => {
    const receiver = await startReady(right, ['-t', '3s']);
    await run(left, ['-s', 'one']);
    await receiver.printed('one\n');
    await server.stop();
    const { exitCode } = await receiver.finished;
    await server.start();
    expect(exitCode).toBe(0);
  });

  it('is interrupted as usual: SIGTERM ends the receiver with 143', async () => {
    const receiver = await startReady(right, []);
    await server.stop();
    await receiver.said(LOST);
    receiver.kill('SIGTERM');
    expect((await receiver.finished).exitCode).toBe(143);
    await server.start();
  });
});

describe('a receiver that was connected all the time', () => {
  it('exits 1 when -t runs out', async () => {
    const { exitCode, stdout, stderr } = await run(right, ['-t', '700ms']);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).not.toContain('error');
  });
});
