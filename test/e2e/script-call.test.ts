import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { until } from '../helpers/processes.ts';
import { start } from '../helpers/program.ts';
import { openBench } from '../helpers/receiving.ts';

const bench = openBench();
/** prints each of its arguments in brackets, a line each */
let args: string;
/** prints its environment, each entry ended by a NUL byte */
let env: string;

beforeAll(() => {
  args = bench.scripts.write('args', 'printf "<%s>\\n" "$@"');
  env = bench.scripts.write('env', 'exec env -0');
});

/** The environment that `env` printed. */
function parseEnvironment(stdout: string): Record<string, string> {
  const entries = stdout.split('\0').slice(0, -1);
  return Object.fromEntries(
    entries.map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]),
  );
}

describe('the arguments of a script', () => {
  it('are its own, then the verb, then the payload', async () => {
    const { stdout } = await bench.receiveOne([args, '-x', 'two words', ''], { verb: 'deploy', payload: 'v1.2' });
    expect(stdout).toBe('<-x>\n<two words>\n<>\n<deploy>\n<v1.2>\n');
  });

  it('end in an empty one for an empty payload', async () => {
    const { stdout } = await bench.receiveOne([args], { payload: '' });
    expect(stdout).toBe('<ping>\n<>\n');
  });

  it('have the verb in lower case, however it was sent', async () => {
    const { stdout } = await bench.receiveOne([args], { verb: 'PinG' });
    expect(stdout).toBe('<ping>\n<>\n');
  });

  it.each([
    ['quotes', `'it''s "quoted"' \\" \\'`],
    ['what a shell would run', '$(touch /tmp/x) `id` ; rm -rf x & | > y $HOME'],
    ['patterns of file names', '* ? [a-z]* ~ {a,b}'],
    ['newlines and tabs', '\nfirst\n\tsecond\n\n'],
    ['what looks like options', '--help -rf --'],
    ['a byte order mark and characters of several bytes', '\ufeffgrüße 🦀'],
    ['commas', ',,a,,'],
    ['control characters', '\x01\x1b[31m\x7f'],
  ])('hold a payload unchanged that has %s', async (_, payload) => {
    const { stdout } = await bench.receiveOne([args], { payload });
    expect(stdout).toBe(`<ping>\n<${payload}>\n`);
  });

  it('hold the longest payload that the system takes', async () => {
    // An argument or variable is 128 KiB with its end at most, and the variable's name is part of it.
    const payload = 'x'.repeat(128 * 1024 - 'REMAPHORE_MSG='.length - 1);
    const length = bench.scripts.write('length', `printf "%s %s" "\${#2}" "\${#REMAPHORE_MSG}"`);
    const { stdout, exitCode } = await bench.receiveOne([length], { payload });
    expect(stdout).toBe(`${payload.length} ${payload.length}`);
    expect(exitCode).toBe(0);
  });

  it('are looked up in PATH with a name that is no path', async () => {
    const { PATH = '' } = process.env;
    const receiver = await bench.receiveOne(['args'], {}, { env: { PATH: `${bench.scripts.path}:${PATH}` } });
    expect(receiver.stdout).toBe('<ping>\n<>\n');
  });
});

describe('the environment of a script', () => {
  it('says everything about the message', async () => {
    const timeMs = Date.now() - 1000;
    const fields = { timeMs, verb: 'deploy', uuidHex: '75706c6f6164', payload: 'a "b"\n$c', destination: 'com.**' };
    const { stdout } = await bench.receiveOne([env], fields);
    expect(parseEnvironment(stdout)).toMatchObject({
      REMAPHORE_SENDER: bench.left.keys.publicKey,
      REMAPHORE_SENDER_DESTINATION: 'com.crypto.us.left',
      REMAPHORE_VERB: 'deploy',
      REMAPHORE_TIME: String(Math.floor(timeMs / 1000)),
      REMAPHORE_UUID: '75706c6f6164',
      REMAPHORE_MSG: 'a "b"\n$c',
      REMAPHORE_DESTMATCH: 'com.crypto.us.right',
      REMOPHORE_DESTMATCH: 'com.crypto.us.right',
    });
  });

  it('is this process’s own besides', async () => {
    const { stdout } = await bench.receiveOne([env], {}, { env: { OF_THE_CALLER: 'yes', REMAPHORE_OTHER: 'kept' } });
    expect(parseEnvironment(stdout)).toMatchObject({ OF_THE_CALLER: 'yes', REMAPHORE_OTHER: 'kept' });
  });

  it('has an empty REMAPHORE_MSG for an empty payload', async () => {
    const { stdout } = await bench.receiveOne([env], { payload: '' });
    expect(parseEnvironment(stdout)).toMatchObject({ REMAPHORE_MSG: '' });
  });

  it('names the destination of -D when that was matched', async () => {
    const { stdout } = await bench.receiveOne(['-D', 'org.other', env], { destination: 'org.*' });
    expect(parseEnvironment(stdout)).toMatchObject({
      REMAPHORE_DESTMATCH: 'org.other',
      REMOPHORE_DESTMATCH: 'org.other',
    });
  });

  it('names no destination with -d', async () => {
    const { stdout } = await bench.receiveOne(['-d', env], { destination: 'org.*' });
    const names = Object.keys(parseEnvironment(stdout));
    expect(names).toContain('REMAPHORE_VERB');
    expect(names).not.toContain('REMAPHORE_DESTMATCH');
    expect(names).not.toContain('REMOPHORE_DESTMATCH');
  });

  it('holds no inherited value of these names', async () => {
    const names = ['SENDER', 'SENDER_DESTINATION', 'VERB', 'TIME', 'UUID', 'DESTMATCH', 'MSG'];
    const stale = Object.fromEntries(names.map((name) => [`REMAPHORE_${name}`, 'stale']));
    const options = { env: { ...stale, REMOPHORE_DESTMATCH: 'stale' } };
    const { stdout } = await bench.receiveOne(['-d', '--stdin', env], {}, options);
    const given = parseEnvironment(stdout);
    expect(Object.values(given)).not.toContain('stale');
    expect(given).toHaveProperty('REMAPHORE_SENDER');
    expect(given).not.toHaveProperty('REMAPHORE_MSG');
    expect(given).not.toHaveProperty('REMAPHORE_DESTMATCH');
  });
});

describe('what else a script finds', () => {
  it('is an empty standard input, whatever the receiver’s own holds', async () => {
    const cat = bench.scripts.write('cat', 'cat; cat /dev/stdin; echo end');
    const { stdout } = await bench.receiveOne([cat], { payload: 'payload' }, { input: 'of the receiver' });
    expect(stdout).toBe('end\n');
  });

  it('is the directory that the receiver was started in', async () => {
    const pwd = bench.scripts.write('pwd', 'pwd -P');
    const { stdout } = await bench.receiveOne([pwd], {}, { cwd: '/' });
    expect(stdout).toBe('/\n');
  });

  it('is no open file that the receiver made', async () => {
    const files = bench.scripts.write('files', 'exec ls -1 /proc/self/fd');
    // What the receiver's caller left open may be there too: the runtime closes some of it, or all.
    const usual = execFileSync('ls', ['-1', '/proc/self/fd'], { encoding: 'utf8' }).split('\n');
    for (const options of [[], ['--stdin']]) {
      const open = (await bench.askOne([...options, files])).text.split('\n');
      expect(open).toEqual(expect.arrayContaining(['0', '1', '2']));
      expect(usual).toEqual(expect.arrayContaining(open));
    }
  });

  it('is the usual effect of signals', async () => {
    const ignored = bench.scripts.write('ignored', 'exec grep SigIgn /proc/self/status');
    const { text } = await bench.askOne([ignored]);
    expect(text).toBe('SigIgn:\t0000000000000000\n');
  });
});

describe('a payload that cannot be an argument', () => {
  it.each([
    ['holds a NUL byte', Buffer.from('a\0b'), /NUL/],
    ['is not UTF-8', Buffer.from([0x61, 0xff, 0xfe]), /not UTF-8/],
    ['ends within a character', Buffer.from('ü').subarray(0, 1), /not UTF-8/],
    ['holds half of a surrogate pair', Buffer.from([0xed, 0xa0, 0x80]), /not UTF-8/],
    ['is longer than the system takes', Buffer.alloc(128 * 1024 - 14, 'x'), /131058 bytes.* 131057 at most/],
  ])('because it %s is not handed over: the reply is 126 and says why', async (_, payload, why) => {
    const mark = join(bench.scripts.path, 'mark');
    writeFileSync(mark, '');
    const marking = bench.scripts.write('marking', `echo ran >>"${mark}"`);
    const { exitCode, text, receiver } = await bench.askOne([marking], { payload });
    expect(exitCode).toBe(126);
    expect(text).toMatch(why);
    expect(receiver.stderr).toMatch(why);
    expect(receiver.stderr).toContain('--stdin');
    expect(receiver.exitCode).toBe(0);
    expect(bench.scripts.lines('mark')).toEqual([]);
  });

  it('is told also when no reply is wanted, with -q too, and -e exits with 126', async () => {
    const receiver = start(bench.right.config, ['-q', '-o', '-e', '-t', '30s', args]);
    let hasEnded = false;
    void receiver.finished.then(() => {
      hasEnded = true;
    });
    // Nothing says that it is ready, so it is sent one message after the other.
    await until('the receiver ends', () => {
      if (!hasEnded) void bench.wire.publish(bench.message({ payload: 'a\0b' }));
      return hasEnded;
    });
    const { exitCode, stdout, stderr } = await receiver.finished;
    expect(stderr).toMatch(/^remaphore: warning: .*NUL.*--stdin.*\n$/);
    expect(stdout).toBe('');
    expect(exitCode).toBe(126);
  });
});
