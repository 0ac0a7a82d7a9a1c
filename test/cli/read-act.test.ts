import { describe, expect, it } from 'vitest';
import { readAct } from '../../src/cli/read-act.ts';
import { splitWords } from '../../src/cli/words.ts';
import { usageError } from '../helpers/failures.ts';

const read = (...argv: string[]) => readAct(splitWords(argv), {});
const refusal = (message: RegExp) => usageError('option', message);

describe('the act', () => {
  it.each([
    [['-s'], 'send'],
    [['--request'], 'request'],
    [['-C'], 'example'],
    [[], 'receive'],
    [['-o', 'echo'], 'receive'],
  ])('of %j is to %s', (argv, act) => {
    expect(read(...argv)).toMatchObject({ act });
  });

  it.each([
    [['-s', '-r'], /--send and --request exclude each other/],
    [['-s', '-C'], /--send and --example exclude each other/],
    [['-r', '-C'], /exclude each other/],
    [['-d', '-D', 'x'], /--destination and --any-destination exclude each other/],
    [['-s', '-d'], /--any-destination is for receiving/],
    [['-s', '-o'], /--once is for receiving/],
    [['-r', '-j', '2'], /--jobs is for receiving/],
    [['-s', '--stdin'], /--stdin is for receiving/],
    [['-s', '-e'], /--exit-status is for receiving/],
    [['-s', '--require', 'all'], /--require is for --request/],
    [['--require', 'all', 'echo'], /--require is for --request/],
    [['--yaml'], /--yaml is for --example/],
    [['-C', '-t', '5s'], /--timeout has no meaning for --example/],
    [['-C', 'word'], /--example takes no words/],
  ])('cannot be told from %j', (argv, message) => {
    expect(() => read(...argv)).toThrow(refusal(message));
  });
});

describe('dealing with each message at least once', () => {
  it('is what --durable says, with the retries that --retries says', () => {
    expect(read('--durable', 'work', 'x')).toMatchObject({ durable: 'work', retries: undefined });
    expect(read('--durable', 'work', '--retries', '0', 'x')).toMatchObject({ durable: 'work', retries: 0 });
    expect(read('x')).toMatchObject({ durable: undefined, retries: undefined });
  });

  it.each([
    [['--retries', '1'], /--retries needs --durable/],
    [['--durable', 'w', '--retries', '-1'], /--retries "-1": expected a whole number from 0/],
    [['--durable', 'w', '--retries', '1.5'], /--retries "1.5"/],
    [['--durable', ''], /--durable is empty/],
    [['-s', '--durable', 'w'], /--durable is for receiving/],
    [['-r', '--durable', 'w'], /--durable is for receiving/],
    [['-s', '--retries', '1'], /--retries is for receiving/],
    [['--durable', 'w', '-n', '2', '--distinct'], /exclude each other/],
    [['--durable', 'w', '-e', 'x'], /--exit-status needs --once/],
  ])('cannot be told from %j', (argv, message) => {
    expect(() => read(...argv)).toThrow(refusal(message));
  });
});

describe('counting', () => {
  it('is of one message with --once or --uuid, of any number without', () => {
    expect(read('-o')).toMatchObject({ count: 1 });
    expect(read('-u', 'x')).toMatchObject({ count: 1 });
    expect(read()).toMatchObject({ count: undefined, distinct: false, sinceMs: undefined });
  });

  it('is of what --count says, also with --uuid', () => {
    expect(read('-n', '3')).toMatchObject({ count: 3 });
    expect(read('-u', 'x', '--count=3', '--distinct')).toMatchObject({ count: 3, distinct: true });
  });

  it.each([
    [['-o', '-n', '2'], /--once and --count exclude each other/],
    [['-n', '0'], /--count "0": expected a whole number from 1/],
    [['-n', '1.5'], /--count "1.5"/],
    [['-n', ''], /--count is empty/],
    [['--distinct'], /--distinct needs --count/],
    [['-s', '-n', '2'], /--count is for receiving/],
    [['-n', '2', '-e', 'x'], /--exit-status needs --once/],
    [['-u', 'y', '-n', '2', '-e', 'x'], /--exit-status needs --once/],
    [['-r', '--keep'], /--keep is for --send, not for --request/],
    [['--keep'], /--keep is for --send, not for receiving/],
    [['-s', '--since', '1h'], /--since is for receiving and history/],
    [['--since', '0s'], /--since "0s": expected a duration/],
  ])('is refused as %j', (argv, message) => {
    expect(() => read(...argv)).toThrow(refusal(message));
  });

  it('looks back as far as --since says', () => {
    expect(read('--since', '1d')).toMatchObject({ sinceMs: 86_400_000 });
  });
});

describe('the configuration', () => {
  const configOf = (argv: string[], env: NodeJS.ProcessEnv) => readAct(splitWords(argv), env);

  it('is what -c says, else the environment, else the default', () => {
    const env = { REMAPHORE_CONFIG: '/env.conf' };
    expect(configOf(['-c', '/c.conf'], env)).toMatchObject({ config: '/c.conf' });
    expect(configOf([], env)).toMatchObject({ config: '/env.conf' });
    expect(configOf([], {})).toMatchObject({ config: '/etc/remaphore/remaphore.conf' });
    expect(configOf([], { REMAPHORE_CONFIG: '' })).toMatchObject({ config: '/etc/remaphore/remaphore.conf' });
  });
});

describe('the payload', () => {
  it.each([
    [['-s'], ''],
    [['-s', 'one'], 'one'],
    [['-s', 'a', 'b  c', '', '-d'], 'a b  c  -d'],
    [['-s', '--', '-'], '-'],
    [['-s', '-', 'x'], '- x'],
    [['-s', '--', '-s', '-'], '-s -'],
    [['-s', 'true'], 'true'],
    [['-r', 'x', '-'], 'x -'],
  ])('of %j is %j', (argv, payload) => {
    expect(read(...argv)).toMatchObject({ payload });
  });

  it.each([[['-s', '-']], [['-r', '-t', '5s', '-']]])('of %j is standard input', (argv) => {
    expect(read(...argv)).toHaveProperty('payload', undefined);
  });
});

describe('the timeout', () => {
  it.each([
    ['1h2m3s4ms', 3_723_004],
    ['7d', 604_800_000],
    ['1.5s', 1500],
    ['0', 0],
    ['0s', 0],
    ['100us', 0.1],
  ])('%s is %d ms', (text, timeoutMs) => {
    for (const act of ['-s', '-r', '-o']) expect(read(act, '-t', text)).toMatchObject({ timeoutMs });
  });

  it('is none when it is not given', () => {
    expect(read('-r')).toHaveProperty('timeoutMs', undefined);
  });

  it.each(['5', 'soon', '5 s', '1e3s', 'h'])('cannot be %s', (text) => {
    expect(() => read('-t', text)).toThrow(refusal(/--timeout ".*": expected a duration like 1h2m3s4ms/));
  });

  it.each(['-1s', '-5m'])('cannot be negative: %s', (text) => {
    expect(() => read('-t', text)).toThrow(refusal(/--timeout .*negative/));
  });
});

describe('an empty value', () => {
  it.each(['uuid', 'verb', 'destination', 'public-key', 'subject', 'timeout', 'config'])(
    'of --%s is refused',
    (name) => {
      for (const act of ['--send', '--request', '--quiet']) {
        expect(() => read(act, `--${name}`, '')).toThrow(refusal(new RegExp(`--${name} is empty`)));
        expect(() => read(act, `--${name}=`)).toThrow(
          expect.objectContaining({ hint: expect.stringContaining('variable') }),
        );
      }
    },
  );

  it.each(['jobs', 'require'])('of --%s is refused', (name) => {
    const argv = name === 'require' ? ['-r'] : [];
    expect(() => read(...argv, `--${name}`, '')).toThrow(refusal(/is empty/));
  });
});

describe('the verbs', () => {
  it('are any when none is named for receiving, and the default for sending', () => {
    expect(read()).toHaveProperty('verbs', undefined);
    expect(read('-s')).toHaveProperty('verb', undefined);
  });

  it('are a list for receiving, of which the first is sent', () => {
    expect(read('-v', 'ping, deploy')).toMatchObject({ verbs: ['ping', 'deploy'] });
    expect(read('-s', '-v', 'ping,deploy')).toMatchObject({ verb: 'ping' });
    expect(read('-r', '-v', 'deploy,ping')).toMatchObject({ verb: 'deploy' });
  });

  it.each([',', 'ping,', ',ping', 'a,,b', ' '])('cannot be %j', (text) => {
    expect(() => read('-v', text)).toThrow(refusal(/--verb .* is empty/));
    expect(() => read('-s', '-v', text)).toThrow(refusal(/--verb .* is empty/));
  });
});

describe('receiving', () => {
  it('goes on for ever, one script at a time, unless told otherwise', () => {
    expect(read('echo', '-n')).toMatchObject({
      act: 'receive',
      count: undefined,
      jobs: 1,
      stdin: false,
      exitStatus: false,
      anyDestination: false,
      script: ['echo', '-n'],
    });
  });

  it('ends after the first message with -o, and with -u, which implies it', () => {
    expect(read('-o')).toMatchObject({ count: 1 });
    expect(read('-u', 'x')).toMatchObject({ count: 1, uuid: 'x' });
  });

  it('takes all its options', () => {
    expect(read('-D', 'a.*', '-p', 'K', '-j', '4', '-S', 'chan', '-qoe', '--stdin', '--explain', 'cat')).toMatchObject({
      destination: 'a.*',
      publicKey: 'K',
      jobs: 4,
      channel: 'chan',
      explain: true,
      count: 1,
      exitStatus: true,
      stdin: true,
      script: ['cat'],
    });
    expect(read('-d')).toMatchObject({ anyDestination: true });
  });

  it.each(['0', '-1', '1.5', 'two', '1e3', '0x2', ' 2', '9'.repeat(30)])('cannot run %s scripts at once', (text) => {
    expect(() => read('-j', text, 'cat')).toThrow(refusal(/--jobs .*expected a whole number from 1/));
  });

  it.each([
    [['--stdin'], /--stdin needs a script/],
    [['-o', '-e'], /--exit-status needs/],
    [['-e', 'cat'], /--exit-status needs/],
    [[''], /name is empty/],
  ])('is refused as %j', (argv, message) => {
    expect(() => read(...argv)).toThrow(refusal(message));
  });
});

describe('the requirement', () => {
  it.each([
    ['all', 'all'],
    ['ALL', 'all'],
    ['3', { count: 3 }],
    ['1%', { percent: 1 }],
    ['100%', { percent: 100 }],
  ])('%s is understood', (text, require) => {
    expect(read('-r', '--require', text)).toMatchObject({ require });
  });

  it('is none when it is not given', () => {
    expect(read('-r')).toHaveProperty('require', undefined);
  });

  it.each(['0', '0%', '101%', '-1', '50 %', '%', '1.5', 'some', '1e2', '9'.repeat(20)])('cannot be %s', (text) => {
    expect(() => read('-r', '--require', text)).toThrow(refusal(/--require .*expected all, a number/));
  });
});

describe('the example', () => {
  it('is in lines, or in YAML', () => {
    expect(read('-C')).toEqual({ act: 'example', form: 'lines' });
    expect(read('-C', '--yaml')).toEqual({ act: 'example', form: 'yaml' });
  });
});
