import { describe, expect, it } from 'vitest';
import { run, startReady } from '../helpers/program.ts';
import { openSite } from '../helpers/site.ts';

const [left, right] = openSite(['com.crypto.us.left', 'com.crypto.us.right']).nodes;

describe('the example of the README', () => {
  it('lets a waiting shell go on once another host has signalled', async () => {
    const waiter = await startReady(right.config, ['-u', 'upload_done', '-t', '20s']);
    const sender = await run(left.config, ['-s', '-u', 'upload_done']);
    expect(sender).toMatchObject({ exitCode: 0, stdout: '', stderr: '' });
    expect(await waiter.finished).toMatchObject({ exitCode: 0, stdout: '' });
  });

  it('hands a payload over on standard output', async () => {
    const waiter = await startReady(right.config, ['-u', 'build_done', '-t', '20s']);
    await run(left.config, ['-s', '-u', 'build_done', 'v1.2', '  two  spaces', '-x']);
    expect((await waiter.finished).stdout).toBe('v1.2   two  spaces -x\n');
  });
});
