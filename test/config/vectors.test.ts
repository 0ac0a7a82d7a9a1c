import { describe, expect, it } from 'vitest';
import { nsToMs, parseDuration } from '../../src/config/duration.ts';
import { parseConfig } from '../../src/config/load.ts';
import { rejectionOf } from '../helpers/failures.ts';
import { CONFIGS, type ConfigVector, DURATIONS } from '../helpers/vectors.ts';

/** Refused by the existing implementation; here white space and trailing comments do not matter. */
const LENIENT: Record<string, { destination: string; verbs: string[] }> = {
  'peer with tab': { destination: 'com.x.z', verbs: ['ping'] },
  'peer with two spaces': { destination: 'com.x.z', verbs: ['ping'] },
  'peer with trailing comment': { destination: 'com.x.z', verbs: ['ping'] },
};

const accepted = CONFIGS.filter(({ Parsed }) => Parsed !== undefined);
const refused = CONFIGS.filter(({ Name, Parsed }) => Parsed === undefined && !(Name in LENIENT));
const lenient = CONFIGS.filter(({ Name }) => Name in LENIENT);

describe('configurations that the existing implementation accepts', () => {
  it.each(accepted)('"$Name" means the same here', async ({ Text, Parsed }) => {
    const expected = Parsed as NonNullable<ConfigVector['Parsed']>;
    const config = await parseConfig(Text, 'x.conf');
    expect(config).toMatchObject({
      servers: expected.servers,
      credentials: expected.credentials,
      subject: expected.subject,
      destination: expected.destination,
      allowSkewMs: expected.allowSkewMs,
      defaultIdentity: { publicKey: expected.defaultIdentity },
    });
    expect(config.identities.map(({ publicKey, verbs }) => ({ publicKey, verbs }))).toEqual(
      expected.identities.map(({ PublicKey, Verbs }) => ({ publicKey: PublicKey, verbs: Verbs })),
    );
    expect(config.peers).toEqual(
      (expected.peers ?? []).map(({ Destination, PublicKey, Verbs }) => ({
        destination: Destination,
        publicKey: PublicKey,
        verbs: Verbs,
      })),
    );
  });
});

describe('configurations that the existing implementation refuses', () => {
  it.each(refused)('"$Name" is refused here too', async ({ Text }) => {
    expect(await rejectionOf(parseConfig(Text, 'x.conf'))).toMatchObject({ name: 'ConfigError', file: 'x.conf' });
  });

  it.each(lenient)('"$Name" is accepted: white space and comments do not matter', async ({ Name, Text }) => {
    expect((await parseConfig(Text, 'x.conf')).peers).toMatchObject([LENIENT[Name]]);
  });

  it('are all accounted for', () => {
    expect(accepted.length + refused.length + lenient.length).toBe(CONFIGS.length);
    expect(lenient.length).toBe(Object.keys(LENIENT).length);
  });
});

describe('durations', () => {
  const good = DURATIONS.filter(({ Nanos }) => Nanos !== undefined);
  const bad = DURATIONS.filter(({ Error: isError }) => isError);

  it.each(good)('"$Text" is $Nanos ns', ({ Text, Nanos }) => {
    expect(parseDuration(Text)).toBe(BigInt(Nanos as string));
  });

  it.each(bad)('"$Text" is none', ({ Text }) => {
    expect(parseDuration(Text)).toBeUndefined();
  });

  it('are all accounted for', () => {
    expect(good.length + bad.length).toBe(DURATIONS.length);
  });

  it('take days on the command line only', () => {
    expect(parseDuration('7d', { days: true })).toBe(604_800_000_000_000n);
    expect(parseDuration('1d12h', { days: true })).toBe(129_600_000_000_000n);
    expect(parseDuration('7d')).toBeUndefined();
  });

  it.each(['.', '.s', 's5', '5 s', ' 5s', '5s ', '5S', '--5s', '+-5s', '5s-', '-', '+', '0x5s', '５s', '5sm', '1_0s'])(
    '"%s" is none',
    (text) => {
      expect(parseDuration(text, { days: true })).toBeUndefined();
    },
  );

  it('take the Greek letter for the micro sign', () => {
    expect(parseDuration('3μs')).toBe(3000n);
  });

  it('keep the part of a millisecond', () => {
    expect(nsToMs(1_500_000n)).toBe(1.5);
  });
});
