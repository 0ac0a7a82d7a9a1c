import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { until } from '../helpers/processes.ts';
import { run, start } from '../helpers/program.ts';
import { openScripts } from '../helpers/scripts.ts';
import { openSite } from '../helpers/site.ts';

const site = openSite(
  ['com.crypto.us.left', 'com.crypto.us.right', { destination: 'com.crypto.us.limited', verbs: 'ping' }],
  '',
  { jetStream: true },
);
const [left, right, limited] = site.nodes;
const scripts = openScripts();

describe('a lock', () => {
  it('runs the command with a fence, and gives it back', async () => {
    const first = await run(left.config, ['lock', 'fence', '--', 'sh', '-c', 'echo $REMAPHORE_FENCE']);
    const second = await run(right.config, ['lock', 'fence', 'sh', '-c', 'echo $REMAPHORE_FENCE']);
    expect(first).toMatchObject({ exitCode: 0, stderr: '' });
    expect(second).toMatchObject({ exitCode: 0, stderr: '' });
    expect(Number(first.stdout)).toBeGreaterThan(0);
    expect(Number(second.stdout)).toBeGreaterThan(Number(first.stdout));
  });
});
void [existsSync, readFileSync, writeFileSync, join, until, start, limited, scripts];
