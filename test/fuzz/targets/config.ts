import { ConfigError } from '../../../src/config/errors.ts';
import { formatExample } from '../../../src/config/example.ts';
import { parseLines } from '../../../src/config/lines.ts';
import { CONFIG_KEYS } from '../../../src/config/raw.ts';
import { parseYaml } from '../../../src/config/yaml.ts';
import { CONFIGS, MESSAGES } from '../../helpers/vectors.ts';
import { checkConfigPromises, type Loaded, load, type Read } from '../config-promises.ts';
import type { Target } from '../target.ts';

const { publicKey, secretKey } = MESSAGES.identity;
const KEYS = { publicKey, privateKey: secretKey };
const WORDS = [
  ...CONFIG_KEYS.flatMap((key) => [key, `\n${key}: `]),
  ...[
    publicKey,
    secretKey,
    '\n',
    '\r\n',
    ' ',
    '\t',
    '#',
    ':',
    ': ',
    ',',
    '*',
    '**',
    '[',
    ']',
    '[]',
    '[*]',
    '[ping, x]',
  ],
  ...[
    'none',
    'true',
    '0',
    '3s',
    '1h2m',
    'nats://a:4222',
    'tls://[::1]:4222',
    'com.x.y',
    'reply',
    '\xc2\x85',
    '\xef\xbb\xbf',
  ],
];

/** Reading both keys of an identity takes 0.2 ms, and an input may have some. */
const LIMIT_MS = 5;
const MAX_BYTES = 2048;

const HEAD = 'server: nats://a:4222\ncredentials: none\ndestination: com.x.y\n';
const IDENTITIES = `[ Identities ]\n${publicKey} ${secretKey} [ping]\n`;

/** A configuration in lines. */
export const linesTarget: Target<Loaded> = {
  ...configTarget('config', parseLines),
  seeds: () => [...CONFIGS.map(({ Text }) => Text), formatExample(KEYS, 'lines')].map((text) => Buffer.from(text)),
  words: [...WORDS, '\n[ Identities ]\n', '\n[ Peers ]\n', `\n${publicKey} ${secretKey} [ping]\n`],
  long: {
    servers: (size) => `${HEAD}${'server: a\n'.repeat(size / 10)}${IDENTITIES}`,
    'servers in a line': (size) => `server: ${'a,'.repeat(size / 2)}\n${HEAD}${IDENTITIES}`,
    'an open bracket': (size) => `[${' '.repeat(size)}x`,
    brackets: (size) => '['.repeat(size),
    headings: (size) => `${HEAD}${IDENTITIES}${'[x]\n'.repeat(size / 4)}`,
    'an unknown key': (size) => `${HEAD}${'x'.repeat(size)}: a\n${IDENTITIES}`,
    'a long value': (size) => `${HEAD}subject: ${'a.'.repeat(size / 2)}\n${IDENTITIES}`,
    'a long skew': (size) => `${HEAD}allow_skew: ${'9'.repeat(size)}\n${IDENTITIES}`,
    'the same peer': (size) => `${HEAD}${IDENTITIES}[peers]\n${`a ${publicKey} []\n`.repeat(size / 60)}`,
    'a peer of blanks': (size) => `${HEAD}${IDENTITIES}[peers]\na${' '.repeat(size)}b`,
    'a peer with verbs': (size) => `${HEAD}${IDENTITIES}[peers]\na ${publicKey} [${'a,'.repeat(size / 2)}b]`,
    'white space': (size) => `${HEAD}${IDENTITIES}${' '.repeat(size)}`,
    comments: (size) => `${HEAD}${IDENTITIES}${'#\n'.repeat(size / 2)}`,
  },
};

const YAML_HEAD = 'servers: [nats://a:4222]\ncredentials: none\ndestination: com.x.y\n';
const YAML_IDENTITIES = `identities:\n- {public_key: ${publicKey}, private_key: ${secretKey}, verbs: [ping]}\n`;

/** A configuration in YAML. */
export const yamlTarget: Target<Loaded> = {
  ...configTarget('yaml', parseYaml),
  seeds: () =>
    [formatExample(KEYS, 'yaml'), `${YAML_HEAD}${YAML_IDENTITIES}`, '[]', '{}', 'a: &a [*a]', '--- !!map\n? a\n'].map(
      (text) => Buffer.from(text),
    ),
  words: [
    ...[
      ...WORDS,
      'servers:',
      'identities:',
      'peers:',
      'public_key: ',
      'private_key: ',
      'verbs: ',
      '- ',
      '? ',
      '"',
      "'",
    ],
    ...[
      '{',
      '}',
      '|',
      '>',
      '&a',
      '*a',
      '<<: ',
      '!!null',
      '~',
      '!',
      '%YAML 1.2',
      '---',
      '...',
      '__proto__: ',
      '\\u0000',
    ],
    ...['\\x', YAML_IDENTITIES],
  ],
  long: {
    brackets: (size) => '['.repeat(size),
    braces: (size) => '{'.repeat(size),
    dashes: (size) => '- '.repeat(size / 2),
    keys: (size) => Array.from({ length: size / 10 }, (_, i) => `k${i}: a\n`).join(''),
    'an unknown key': (size) => `${YAML_HEAD}${YAML_IDENTITIES}${'x'.repeat(Math.min(size, 1000))}: a\n`,
    servers: (size) => `credentials: none\ndestination: a\nservers: [${'a,'.repeat(size / 2)}]\n${YAML_IDENTITIES}`,
    'the same peer': (size) =>
      `${YAML_HEAD}${YAML_IDENTITIES}peers: [${`{destination: a, public_key: ${publicKey}, verbs: []},`.repeat(size / 90)}]`,
    'the same peer by its anchor': (size) =>
      `${YAML_HEAD}${YAML_IDENTITIES}peers: [&a {destination: a, public_key: ${publicKey}, verbs: []}${',*a'.repeat(size / 3)}]`,
    'a long text': (size) => `a: "${'a\n '.repeat(size / 3)}`,
    comments: (size) => '#\n'.repeat(size / 2),
  },
};

function configTarget(name: string, read: Read) {
  return {
    name,
    maxBytes: MAX_BYTES,
    limitMs: LIMIT_MS,
    parse: (input: Buffer) => load(input.toString('utf8'), read),
    isExpected: (error: unknown) => error instanceof ConfigError,
    check: (input: Buffer, outcome: Parameters<Target<Loaded>['check']>[1]) =>
      checkConfigPromises(input.toString('utf8'), outcome, read),
  };
}
