// What --dry-run says, and that nothing is sent.

import { describe, expect, it } from 'vitest';
import { readRecords } from '../helpers/output-schema.ts';
import { run } from '../helpers/program.ts';
import { openSite, withWiretap } from '../helpers/site.ts';

const site = withWiretap(openSite(['com.crypto.us.left', { destination: 'com.crypto.us.right', verbs: 'deploy' }]));
const [left, right] = site.nodes;

describe('--dry-run', () => {
  it.each(['-s', '-r'])('says of %s what would be sent, by whom and to whom, and sends nothing', async (act) => {
    const args = [act, '--dry-run', '-D', 'com.*.us.r*', '-v', 'Deploy', '-u', 'v1', '-S', 'rollout', 'some', 'text'];
    const { exitCode, stdout, stderr } = await run(left.config, args);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: 'remaphore: nothing was sent (--dry-run)\n' });
    expect(stdout).toBe(
      [
        'subject:     remaphore.rollout',
        `identity:    ${left.keys.publicKey} [*]`,
        'destination: com.*.us.r*',
        'verb:        deploy',
        'uuid:        7631 (v1)',
        'payload:     9 bytes: "some text"',
        'reaches:     com.crypto.us.right',
        '',
      ].join('\n'),
    );
    expect(await site.wiretap.take()).toEqual([]);
  });

  it('needs no server', async () => {
    const { exitCode, stdout } = await run(left.config, ['-s', '--dry-run', '-q'], { env: { HOME: '/' } });
    expect(exitCode).toBe(0);
    expect(stdout).toContain('uuid:        random\n');
    expect(stdout).toContain('reaches:     com.crypto.us.left, com.crypto.us.right\n');
  });

  it('says when no known peer is reached', async () => {
    expect((await run(left.config, ['-s', '--dry-run', '-D', 'org.x'])).stdout).toContain(
      'reaches:     no known peer\n',
    );
  });

  it('says the same as JSON', async () => {
    const { stdout } = await run(right.config, ['-s', '--dry-run', '--json', '-v', 'deploy', '-'], { input: 'text' });
    expect(readRecords(stdout)).toEqual([
      {
        type: 'plan',
        subject: 'remaphore.all',
        public_key: right.keys.publicKey,
        destination: '**',
        verb: 'deploy',
        uuid: null,
        uuid_text: null,
        payload: 'text',
        reaches: ['com.crypto.us.left', 'com.crypto.us.right'],
      },
    ]);
  });

  it('refuses what could not be sent either', async () => {
    expect(await run(right.config, ['-s', '--dry-run', '-v', 'ping'])).toMatchObject({ exitCode: 2, stdout: '' });
    expect(await run(left.config, ['-r', '--dry-run', '-D', 'org.x'])).toMatchObject({ exitCode: 2, stdout: '' });
  });

  it('is not for receiving', async () => {
    const { exitCode, stderr } = await run(left.config, ['--dry-run']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('--dry-run is for --send and --request, not for receiving');
  });
});
