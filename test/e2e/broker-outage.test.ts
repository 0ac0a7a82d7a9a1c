import { describe, expect, it } from 'vitest';
import { run, start, startReady } from '../helpers/program.ts';
import { openSite } from '../helpers/site.ts';
import { connectRaw, untilSubscribed } from '../helpers/wire.ts';

const LOST = 'remaphore: connection to the server lost, reconnecting\n';
const BACK = 'remaphore: connected to a server again\n';

const site = openSite(['com.crypto.us.left', 'com.crypto.us.right']);
const [left, right] = site.nodes;

describe('a broker that is killed while a receiver waits', () => {
  it('gets the receiver the next message once it is back, with a notice of each', async () => {
    const receiver = await startReady(right.config, ['-u', 'after_restart', '-t', '30s']);
    await site.server.stop();
    await receiver.said(LOST);
    await site.server.start();
    await receiver.said(BACK);
    expect(await run(left.config, ['-s', '-u', 'after_restart', 'here'])).toMatchObject({ exitCode: 0 });
    expect(await receiver.finished).toEqual({
      exitCode: 0,
      stdout: 'here\n',
      stderr: `remaphore: ready\n${LOST}${BACK}`,
    });
  });

  it('is found again by a receiver that takes many messages, twice', async () => {
    const client = await connectRaw(site.server.url);
    const receiver = await startReady(right.config, ['-S', 'twice', '-t', '30s']);
    for (const payload of ['first', 'second']) {
      await site.server.stop();
      await site.server.start();
      await untilSubscribed(client, 'remaphore.twice');
      await run(left.config, ['-s', '-S', 'twice', payload]);
      await receiver.printed(`${payload}\n`);
    }
    receiver.kill('SIGTERM');
    expect((await receiver.finished).exitCode).toBe(128 + 15);
    await client.close();
  });

  it('is not spoken of with -q', async () => {
    const client = await connectRaw(site.server.url);
    const receiver = start(right.config, ['-q', '-u', 'quiet', '-S', 'quiet', '-t', '30s']);
    await untilSubscribed(client, 'remaphore.quiet');
    await site.server.stop();
    await site.server.start();
    await untilSubscribed(client, 'remaphore.quiet');
    await run(left.config, ['-s', '-u', 'quiet', '-S', 'quiet']);
    expect(await receiver.finished).toEqual({ exitCode: 0, stdout: '', stderr: '' });
    await client.close();
  });

  it('makes the receiver exit 3 when it is not back as -t runs out', async () => {
    const receiver = await startReady(right.config, ['-t', '2s']);
    await site.server.stop();
    const { exitCode, stderr } = await receiver.finished;
    await site.server.start();
    expect(exitCode).toBe(3);
    expect(stderr).toContain(LOST);
    expect(stderr).toContain('remaphore: error: not connected to a server when the time ran out\n');
  });

  it('does not make the receiver exit 3 when it is back as -t runs out', async () => {
    const receiver = await startReady(right.config, ['-t', '4s']);
    await site.server.stop();
    await site.server.start();
    const { exitCode, stderr } = await receiver.finished;
    expect(stderr).toContain(BACK);
    expect(exitCode).toBe(1);
  });

  it('does not change that messages came: the receiver exits 0', async () => {
    const receiver = await startReady(right.config, ['-t', '3s']);
    await run(left.config, ['-s', 'one']);
    await receiver.printed('one\n');
    await site.server.stop();
    const { exitCode } = await receiver.finished;
    await site.server.start();
    expect(exitCode).toBe(0);
  });

  it('is interrupted as usual: SIGTERM ends the receiver with 143', async () => {
    const receiver = await startReady(right.config, []);
    await site.server.stop();
    await receiver.said(LOST);
    receiver.kill('SIGTERM');
    expect((await receiver.finished).exitCode).toBe(143);
    await site.server.start();
  });
});

describe('a receiver that was connected all the time', () => {
  it('exits 1 when -t runs out', async () => {
    const { exitCode, stdout, stderr } = await run(right.config, ['-t', '700ms']);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).not.toContain('error');
  });
});
