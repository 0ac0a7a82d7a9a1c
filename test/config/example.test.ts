import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { createKeyPair, formatExample } from '../../src/config/example.ts';
import { parseConfig } from '../../src/config/load.ts';
import { planReceive } from '../../src/signal/receive-plan.ts';
import { planRequest } from '../../src/signal/request-plan.ts';
import { planSend } from '../../src/signal/send.ts';

const keys = createKeyPair();

/** The configuration's keys as the text has them uncommented. */
const uncomment = (text: string) =>
  text
    .replaceAll(/^# (default_identity|strict_replies|state|tls_\w+):/gm, '$1:')
    .replaceAll('<public key> ', keys.publicKey);

const FORMS = [
  { form: 'lines', file: 'x.conf' },
  { form: 'yaml', file: 'x.yaml' },
] as const;

describe.each(FORMS)('the example as $form', ({ form, file }) => {
  const text = formatExample(keys, form);

  it('is a good configuration with nothing odd about it', async () => {
    expect(await parseConfig(text, file)).toMatchObject({
      servers: ['nats://127.0.0.1:4222'],
      credentials: undefined,
      subject: 'remaphore',
      allowSkewMs: 3000,
      defaultIdentity: { publicKey: keys.publicKey },
      warnings: [],
    });
  });

  it('lets a node send, ask and receive as it stands', async () => {
    const config = await parseConfig(text, file);
    expect(planSend(config, {})).toMatchObject({ verb: 'ping', identity: { publicKey: keys.publicKey } });
    expect(planRequest(config, {}).responders).toEqual([config.destination]);
    expect(planReceive(config, {}).subject).toBe('remaphore.all');
  });

  it('is good with what it shows commented out as well', async () => {
    const config = await parseConfig(uncomment(text), file);
    expect(config).toMatchObject({ strictReplies: true, warnings: [] });
    expect(Object.keys(config.tls)).toEqual(['ca', 'cert', 'key']);
  });

  it('ends in one newline and has no tabs or trailing space', () => {
    expect(text).toMatch(/[^\n]\n$/);
    expect(text).not.toMatch(/\t| $/m);
  });
});

describe('both forms of the example', () => {
  it('mean the same', async () => {
    const [lines, yaml] = await Promise.all(
      FORMS.map(({ form, file }) => parseConfig(formatExample(keys, form), file)),
    );
    expect({ ...yaml, file: '' }).toEqual({ ...lines, file: '' });
  });
});

describe('examples/remaphore.conf', () => {
  const path = fileURLToPath(new URL('../../examples/remaphore.conf', import.meta.url));

  it('is what the program prints, but for the keys', async () => {
    const text = await readFile(path, 'utf8');
    const { identities } = await parseConfig(text, path);
    const publicKey = identities[0]?.publicKey as string;
    const privateKey = new RegExp(`^${publicKey} (\\S+)`, 'm').exec(text)?.[1] as string;
    expect(text).toBe(formatExample({ publicKey, privateKey }, 'lines'));
  });
});

describe('a key pair for an example', () => {
  it('is a fresh one each time', () => {
    expect(createKeyPair().privateKey).not.toBe(createKeyPair().privateKey);
  });
});
