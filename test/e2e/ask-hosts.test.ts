import { describe, expect, it } from 'vitest';
import { type Program, run, startReady } from '../helpers/program.ts';
import { openSite } from '../helpers/site.ts';

const [asker, ...hosts] = openSite(['ops.asker', 'com.web1', 'com.web2', 'com.db']).nodes;

/** Starts a receiver on each host, with a channel of its own so that tests do not meet. */
function listen(channel: string, ...script: string[]): Promise<Program[]> {
  return Promise.all(hosts.map(({ config }) => startReady(config, ['-S', channel, '-t', '40s', ...script])));
}

async function end(responders: Program[]): Promise<void> {
  for (const responder of responders) responder.kill('SIGTERM');
  await Promise.all(responders.map(({ finished }) => finished));
}

/** Lines in an order that does not depend on which host was quicker. */
const sorted = (text: string) => text.trimEnd().split('\n').sort();

describe('several hosts with a script', () => {
  it('all answer with its exit code and output', async () => {
    const responders = await listen('each', 'sh', '-c', 'echo "$REMAPHORE_DESTMATCH did $1 for $2"; exit 7', 'sh');
    const { exitCode, stdout, stderr } = await run(asker.config, [
      '-r',
      '-S',
      'each',
      '-v',
      'deploy',
      '-D',
      'com.**',
      'v1',
    ]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(sorted(stdout)).toEqual([
      'com.db,7,com.db did deploy for v1',
      'com.web1,7,com.web1 did deploy for v1',
      'com.web2,7,com.web2 did deploy for v1',
    ]);
    await end(responders);
  });

  it('answer only where the pattern matches', async () => {
    const responders = await listen('some', 'echo');
    const { exitCode, stdout } = await run(asker.config, ['-r', '-S', 'some', '-D', 'com.web*', '-t', '20s', 'x']);
    expect(exitCode).toBe(0);
    expect(sorted(stdout)).toEqual(['com.web1,0,ping x', 'com.web2,0,ping x']);
    await end(responders);
  });

  it('answer several requests that are asked at once, each its own', async () => {
    const responders = await listen('many', '-j', '4', 'echo');
    const payloads = ['a', 'b', 'c', 'd'];
    const ask = (payload: string) => run(asker.config, ['-r', '-S', 'many', '-D', 'com.*', '-t', '30s', payload]);
    const outputs = await Promise.all(payloads.map(ask));
    for (const [i, { stdout }] of outputs.entries()) {
      expect(sorted(stdout)).toEqual(['com.db', 'com.web1', 'com.web2'].map((name) => `${name},0,ping ${payloads[i]}`));
    }
    await end(responders);
  });

  it('of which one cannot run it answer 127 there', async () => {
    const responders = await listen('missing', '/no/such/script');
    const { exitCode, stdout } = await run(asker.config, ['-r', '-S', 'missing', '-D', 'com.db', '-t', '20s']);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^com\.db,127,.*\/no\/such\/script.*\n$/);
    await end(responders);
  });
});

describe('hosts without a script', () => {
  it('print the payload and answer 0,NO_DATA', async () => {
    const responders = await listen('bare');
    const { stdout } = await run(asker.config, ['-r', '-S', 'bare', '-D', 'com.*', '-t', '20s', 'hello']);
    expect(sorted(stdout)).toEqual(['com.db,0,NO_DATA', 'com.web1,0,NO_DATA', 'com.web2,0,NO_DATA']);
    await Promise.all(responders.map((responder) => responder.printed('hello\n')));
    await end(responders);
  });

  it('do not answer what was only sent', async () => {
    const responders = await listen('sent');
    expect(await run(asker.config, ['-s', '-S', 'sent', 'hello'])).toEqual({ exitCode: 0, stdout: '', stderr: '' });
    await Promise.all(responders.map((responder) => responder.printed('hello\n')));
    await end(responders);
  });
});

describe('a request with a payload from standard input', () => {
  it('carries its bytes to the end', async () => {
    const responders = await listen('stdin', '--stdin', 'sh', '-c', 'cat');
    const input = Buffer.from('first\n\0second\n');
    const request = run(asker.config, ['-r', '-S', 'stdin', '-D', 'com.db', '-t', '20s', '-'], { input });
    expect((await request).stdout).toMatch(/^--> (\S+)\ncom\.db,0,first\n\0second\n--< \1\n$/);
    await end(responders);
  });
});
