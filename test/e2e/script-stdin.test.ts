import { createHash, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { openBench } from '../helpers/receiving.ts';

const bench = openBench('max_payload: 8MB');

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

describe('with --stdin a script', () => {
  it('gets the payload on standard input, and neither as argument nor as REMAPHORE_MSG', async () => {
    const script = bench.scripts.write('both', 'cat; printf "|%s" "$@"; env | grep -c ^REMAPHORE_MSG=');
    const { stdout } = await bench.receiveOne(['--stdin', script, 'own'], { verb: 'deploy', payload: 'pay\nload' });
    expect(stdout).toBe('pay\nload|own|deploy0\n');
  });

  it.each([
    ['no bytes', Buffer.alloc(0)],
    ['every byte there is', Buffer.from(Array.from({ length: 256 }, (_, byte) => byte))],
    ['more than an argument can have', Buffer.alloc(200 * 1024, 'x')],
    ['more than a pipe holds', randomBytes(7 * 1024 * 1024)],
  ])('can read %s', async (_, payload) => {
    const script = bench.scripts.write('sum', 'exec sha256sum');
    const { text, exitCode } = await bench.askOne(['--stdin', script], { payload });
    expect(text).toBe(`${sha256(payload)}  -\n`);
    expect(exitCode).toBe(0);
  });

  it.each([
    ['no bytes', Buffer.alloc(0)],
    ['a few bytes', Buffer.from('payload')],
    ['more than a pipe holds', randomBytes(1024 * 1024)],
  ])('can open /dev/stdin by its name to read %s', async (_, payload) => {
    const script = bench.scripts.write('named', 'exec sha256sum </dev/stdin');
    const { text, exitCode } = await bench.askOne(['-t', '3s', '--stdin', script], { payload });
    expect(exitCode).toBe(0);
    expect(text).toBe(`${sha256(payload)}  -\n`);
  });

  it('can let each of several commands read its share', async () => {
    const script = bench.scripts.write('shares', 'read -r first; read -r second; echo "$second $first"; cat');
    const { stdout } = await bench.receiveOne(['--stdin', script], { payload: 'one\ntwo\nrest' });
    expect(stdout).toBe('two one\nrest');
  });

  it.each([
    ['leaves it unread', 'exit 7'],
    ['reads a part of it', 'head -c 10 >/dev/null; exit 7'],
    ['closes it', 'exec <&-; exit 7'],
  ])('that %s ends as usual', async (_, body) => {
    const script = bench.scripts.write('unread', body);
    const { exitCode, receiver } = await bench.askOne(['--stdin', script], { payload: Buffer.alloc(1024 * 1024) });
    expect(exitCode).toBe(7);
    expect(receiver).toMatchObject({ exitCode: 0, stderr: 'remaphore: ready\n' });
  });

  it('that cannot be run is no reason to wait for a reader', async () => {
    const { exitCode } = await bench.askOne(['--stdin', '/nowhere/at/all'], { payload: Buffer.alloc(1024 * 1024) });
    expect(exitCode).toBe(127);
  });

  it('that leaves a reader in the background does not hold up the next message', async () => {
    const script = bench.scripts.write('reader', '(exec sleep 20) & echo "$REMAPHORE_UUID"');
    const receiver = await bench.receive(['--stdin', script]);
    const payload = Buffer.alloc(1024 * 1024);
    for (const uuidHex of ['01', '02']) {
      const reply = await bench.wire.ask(bench.message({ uuidHex, payload, wantsReply: true }));
      expect(reply.text).toBe(`${uuidHex}\n`);
    }
    receiver.kill('SIGTERM');
    expect((await receiver.finished).exitCode).toBe(143);
  });
});
