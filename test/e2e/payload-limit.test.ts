// A message must fit into what the server takes: checked before anything is sent, with both sizes said.

import { describe, expect, it } from 'vitest';
import { run, startReady } from '../helpers/program.ts';
import { openSite, withWiretap } from '../helpers/site.ts';

const MAX_MESSAGE_BYTES = 2000;

const site = withWiretap(openSite(['com.crypto.us.left'], `max_payload: ${MAX_MESSAGE_BYTES}`));
const [left] = site.nodes;

describe('a payload over the server’s maximum', () => {
  it.each([
    ['sent', ['-s', 'x'.repeat(3000)], undefined],
    ['asked with', ['-r', '-t', '5s', 'x'.repeat(3000)], undefined],
    ['from standard input', ['-s', '-'], 'x'.repeat(3000)],
    ['from standard input for a request', ['-r', '-t', '5s', '-'], 'x'.repeat(3000)],
  ])('is refused when %s, with both sizes, and nothing is sent', async (_, args, input) => {
    const { exitCode, stdout, stderr } = await run(left.config, args, input === undefined ? {} : { input });
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    const [, has, takes] =
      /^remaphore: error: the payload has (\d+) bytes, and the server takes (\d+)/.exec(stderr) ?? [];
    expect(Number(has)).toBe(3000);
    expect(Number(takes)).toBeGreaterThan(1500);
    expect(Number(takes)).toBeLessThan(MAX_MESSAGE_BYTES);
    expect(await site.wiretap.take()).toEqual([]);
  });

  it('is refused in bytes, not in characters', async () => {
    const { exitCode, stderr } = await run(left.config, ['-s', 'ž'.repeat(1200)]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('the payload has 2400 bytes');
    expect(await site.wiretap.take()).toEqual([]);
  });
});

describe('a message that is over the server’s maximum even without a payload', () => {
  it.each([
    ['destination', ['-D', 'x'.repeat(3000)]],
    ['verb', ['-v', 'x'.repeat(3000)]],
  ])('because of its %s is refused, with sizes that make sense', async (_, args) => {
    const { exitCode, stderr } = await run(left.config, ['-s', ...args, 'text']);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/^remaphore: error: [^\n]*\d+ bytes[^\n]*\n(remaphore: hint: [^\n]+\n)?$/);
    expect(stderr).not.toMatch(/-\d/);
    expect(await site.wiretap.take()).toEqual([]);
  });
});

describe('a payload of the largest size', () => {
  it('arrives whole, and one more byte is refused', async () => {
    // Signatures and times can differ in length by a character: the size that is named counts for the message it names.
    const args = ['-s', '-u', 'fixed', '-'];
    const { stderr } = await run(left.config, args, { input: 'x'.repeat(3000) });
    const most = Number(/the server takes (\d+)/.exec(stderr)?.[1]);
    const receiver = await startReady(left.config, ['-u', 'fixed', '-t', '20s']);
    expect((await run(left.config, args, { input: 'x'.repeat(most + 3) })).exitCode).toBe(2);
    expect(await run(left.config, args, { input: 'x'.repeat(most - 3) })).toMatchObject({ exitCode: 0, stderr: '' });
    expect((await receiver.finished).stdout).toBe(`${'x'.repeat(most - 3)}\n`);
    await site.wiretap.take();
  });
});
