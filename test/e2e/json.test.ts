// With --json each line of both outputs is a JSON text, as docs/output.schema.json describes it.

import { describe, expect, it } from 'vitest';
import { readRecords } from '../helpers/output-schema.ts';
import { run, runShell, start, startReady, startShell } from '../helpers/program.ts';
import { respondWith } from '../helpers/responders.ts';
import { openScripts } from '../helpers/scripts.ts';
import { openSite, withClient } from '../helpers/site.ts';

const site = withClient(openSite(['com.crypto.us.left', 'com.crypto.us.right']));
const [left, right] = site.nodes;
const scripts = openScripts();

/** Starts a receiver that speaks JSON, and waits until it says that it is ready. */
async function startJson(args: readonly string[]) {
  const receiver = start(right.config, ['--json', '-t', '20s', ...args]);
  await receiver.said('"ready"');
  return receiver;
}

describe('a message as JSON', () => {
  it('says who sent what to whom, and when', async () => {
    const receiver = await startJson(['-o']);
    const beforeMs = Date.now();
    await run(left.config, ['-s', '-D', 'com.**', '-v', 'deploy', '-u', 'v1', 'two\nlines']);
    const { stdout, stderr, exitCode } = await receiver.finished;
    const [message, ...more] = readRecords(stdout);
    expect(exitCode).toBe(0);
    expect(more).toEqual([]);
    expect(message).toMatchObject({
      type: 'message',
      sender: 'com.crypto.us.left',
      public_key: left.keys.publicKey,
      destination: 'com.**',
      verb: 'deploy',
      uuid: '7631',
      uuid_text: 'v1',
      wants_reply: false,
      payload: 'two\nlines',
    });
    const timeMs = Date.parse(message?.['time'] as string);
    expect(timeMs).toBeGreaterThanOrEqual(beforeMs);
    expect(timeMs).toBeLessThanOrEqual(Date.now());
    expect(readRecords(stderr)).toEqual([{ type: 'notice', message: 'ready' }]);
  });

  it('has a payload that is not UTF-8 in base64', async () => {
    const receiver = await startJson(['-o']);
    const bytes = Buffer.from([0xff, 0x00, 0x80]);
    await run(left.config, ['-s', '-'], { input: bytes });
    const [message] = readRecords((await receiver.finished).stdout);
    expect(message).not.toHaveProperty('payload');
    expect(message?.['payload_base64']).toBe(bytes.toString('base64'));
  });

  it('has no text for a uuid of random bytes, and the whole of an empty payload', async () => {
    const receiver = await startJson(['-o']);
    await run(left.config, ['-s', '-u', 'a text that is longer than twelve bytes']);
    const [message] = readRecords((await receiver.finished).stdout);
    expect(message).toMatchObject({ uuid: expect.stringMatching(/^[0-9a-f]{24}$/), payload: '' });
  });

  it('tells what its script ended with, after what the script printed', async () => {
    const script = scripts.write('hello', 'echo hello\nexit 3');
    const receiver = await startJson(['-o', script]);
    await run(left.config, ['-s', 'x']);
    const { stdout } = await receiver.finished;
    const [first, ...lines] = stdout.split('\n');
    expect(first).toBe('hello');
    expect(readRecords(lines.join('\n'))).toMatchObject([{ type: 'message', payload: 'x', exit_code: 3 }]);
  });

  it('holds nothing that a terminal would obey', async () => {
    const receiver = await startJson(['-o']);
    const text = 'a\u001b[2J\u009b31m\u202e\u007f"\\\n';
    await run(left.config, ['-s', '-'], { input: text });
    const { stdout } = await receiver.finished;
    expect(stdout).toMatch(/^[^\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]*$/);
    expect(readRecords(stdout)[0]?.['payload']).toBe(text);
  });
});

describe('a reply as JSON', () => {
  it('says who answered what, and how soon', async () => {
    const script = scripts.write('answer', 'echo up\nexit 7');
    const receiver = await startReady(right.config, ['-o', '-t', '20s', script]);
    const { stdout, stderr, exitCode } = await run(left.config, ['--json', '-r', '-D', right.destination, '-t', '10s']);
    await receiver.finished;
    expect(exitCode).toBe(0);
    expect(readRecords(stderr)).toEqual([]);
    expect(readRecords(stdout)).toEqual([
      {
        type: 'reply',
        destination: 'com.crypto.us.right',
        public_key: right.keys.publicKey,
        exit_code: 7,
        output: 'up\n',
        milliseconds: expect.any(Number),
        bound: true,
      },
    ]);
  });

  it('from an older node is not bound, and may have no exit code', async () => {
    await respondWith(site.client, 'remaphore.all', ({ answer }) => answer(right, 'NO_DATA', { bound: false }));
    const { stdout } = await run(left.config, ['--json', '-r', '-D', right.destination, '-t', '10s']);
    expect(readRecords(stdout)).toMatchObject([{ exit_code: null, output: 'NO_DATA', bound: false }]);
  });

  it('that does not come is named on standard error', async () => {
    const { stdout, stderr, exitCode } = await run(left.config, ['--json', '-r', '-D', right.destination, '-t', '10s']);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(readRecords(stderr)).toEqual([
      { type: 'warning', message: 'nobody is listening', missing: ['com.crypto.us.right'] },
    ]);
  });
});

describe('an error as JSON', () => {
  it.each([
    ['an unknown option', ['--json', '--nope'], { code: 'option', exit_code: 2 }],
    ['an option without its value', ['--json', '-u'], { code: 'option', exit_code: 2, hint: expect.any(String) }],
    ['a missing configuration', ['--json', '-c', '/nope'], { code: 'config-unreadable', file: '/nope', exit_code: 2 }],
    ['an identity that may not', ['--json', '-s', '-p', 'x'], { code: 'identity', exit_code: 2 }],
    ['nobody to ask', ['--json', '-r', '-D', 'org.x'], { code: 'responders', exit_code: 2 }],
    ['a word too many', ['ping', '--json', 'word'], { code: 'option', exit_code: 2, hint: expect.any(String) }],
  ])('tells %s', async (_, args, fields) => {
    const { stdout, stderr, exitCode } = await run(left.config, args);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(readRecords(stderr)).toMatchObject([{ type: 'error', message: expect.any(String), ...fields }]);
  });

  it('names the line of a configuration', async () => {
    const file = scripts.write('bad.conf', 'what');
    const { stderr } = await run(file, ['--json']);
    expect(readRecords(stderr)).toMatchObject([{ code: 'config-syntax', file, line: 2 }]);
  });

  it('tells an unreachable broker', async () => {
    const { stderr, exitCode } = await runShell(
      left.config,
      'sed s/^server:.*/server:\\ 127.0.0.1:1/ "$REMAPHORE_CONFIG" > "$DIR/dead.conf"; chmod 600 "$DIR/dead.conf"; "$REMAPHORE" --json -s -t 300ms -c "$DIR/dead.conf"',
      { env: { DIR: site.directory } },
    );
    expect(exitCode).toBe(3);
    expect(readRecords(stderr)).toMatchObject([{ type: 'error', code: 'unreachable', exit_code: 3 }]);
  });

  it('tells standard output that cannot be written', async () => {
    const shell = startShell(right.config, '"$REMAPHORE" --json -o -t 20s > /dev/full');
    await shell.said('"ready"');
    await run(left.config, ['-s', 'x']);
    const { stderr, exitCode } = await shell.finished;
    expect(exitCode).toBe(74);
    expect(readRecords(stderr)).toContainEqual(expect.objectContaining({ type: 'error', code: 'output' }));
  });
});
