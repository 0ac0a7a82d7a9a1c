// What a consumer's compiler sees: a program in a package of its own that imports the built one by its name.

import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

const COMPILER_OPTIONS = {
  target: 'es2022',
  lib: ['es2023'],
  module: 'nodenext',
  types: ['node'],
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  verbatimModuleSyntax: true,
  // The package's own declarations are checked as well.
  skipLibCheck: false,
  noEmit: true,
};

let directory: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'consumer-'));
  mkdirSync(join(directory, 'node_modules/@types'), { recursive: true });
  symlinkSync(ROOT, join(directory, 'node_modules/remaphore'));
  for (const name of ['@types/node', 'undici-types']) {
    symlinkSync(join(ROOT, 'node_modules', name), join(directory, 'node_modules', name));
  }
  writeFileSync(join(directory, 'package.json'), '{ "type": "module" }');
  writeFileSync(
    join(directory, 'tsconfig.json'),
    JSON.stringify({ compilerOptions: COMPILER_OPTIONS, files: ['consumer.ts'] }),
  );
});

afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

/** What the compiler says of a program; nothing if it is right. */
async function compile(program: string): Promise<string> {
  writeFileSync(join(directory, 'consumer.ts'), program);
  const compiler = join(ROOT, 'node_modules/typescript/bin/tsc');
  return new Promise((resolve) => {
    execFile(process.execPath, [compiler, '-p', '.', '--pretty', 'false'], { cwd: directory }, (_, stdout) =>
      resolve(stdout),
    );
  });
}

describe('the types of the library', () => {
  it('let a program send, receive, reply, ask and close', async () => {
    const said = await compile(`
      import { type Config, connect, DEFAULT_CONFIG_FILE, loadConfig, type Node, type Notice, parseConfig } from 'remaphore';
      import type { ReceivedMessage, ReceiveOptions, Reply, SendOptions } from 'remaphore';

      const config: Config = await loadConfig(DEFAULT_CONFIG_FILE);
      const other: Config = await parseConfig('', 'name.yaml');
      const onNotice = ({ kind, text }: Notice): void => void \`\${kind satisfies 'connection' | 'loss'} \${text}\`;
      const node: Node = await connect(config, { signal: AbortSignal.timeout(5000), onNotice });
      const connected: boolean = node.connected;

      const sending: SendOptions = { destination: 'com.**', verb: 'deploy', uuid: 'x', payload: new Uint8Array(1) };
      await node.send();
      await node.send({ ...sending, payload: 'text', signal: AbortSignal.timeout(1000) });

      const receiving: ReceiveOptions = { verbs: ['deploy'], anyDestination: true };
      const receiver = node.receive({ ...receiving, signal: AbortSignal.timeout(1000) });
      await receiver.ready;
      for await (const message of receiver) {
        const whole: ReceivedMessage = message;
        const time: bigint = message.timeNs;
        const payload: Uint8Array = message.payload;
        const destination: string | undefined = message.matchedDestination;
        if (whole.wantsReply) await message.reply(0, payload);
        void [time, destination];
      }

      const request = node.request(sending);
      const names: readonly string[] = [...request.responders, ...request.missing];
      const { nobodyListens }: { nobodyListens: boolean } = await request.sent;
      for await (const reply of request) {
        const whole: Reply = reply;
        const exitCode: number | undefined = reply.exitCode;
        void [whole, exitCode];
      }
      await node.close();
      void [other, connected, names, nobodyListens];
    `);
    expect(said).toBe('');
  });

  it('make the codes of errors a closed union', async () => {
    const said = await compile(`
      import { ConfigError, type ConfigErrorCode, TransportError, type TransportErrorCode, UsageError, type UsageErrorCode } from 'remaphore';

      export function explain(error: unknown): string | number | undefined {
        if (error instanceof ConfigError) return error.line ?? error.file ?? (error.code satisfies ConfigErrorCode);
        if (error instanceof UsageError) return error.hint ?? (error.code satisfies UsageErrorCode);
        if (!(error instanceof TransportError)) return undefined;
        const code: TransportErrorCode = error.code;
        switch (code) {
          case 'unreachable':
          case 'refused':
          case 'not-permitted':
          case 'credentials':
          case 'closed':
          case 'no-store':
          case 'no-stream':
          case 'conflict':
          case 'too-few-brokers':
          case 'store-failed':
          case 'clock':
            return code;
          default:
            return code satisfies never;
        }
      }
    `);
    expect(said).toBe('');
  });

  it.each([
    ['a misspelt option', "await node.send({ verbs: 'ping' });", 'verbs'],
    ['a payload that is a number', 'await node.send({ payload: 1 });', 'Uint8Array'],
    ['an exit code as text', "for await (const m of node.receive()) await m.reply('0', '');", 'number'],
    ['a misspelt method', 'await node.ask();', 'ask'],
  ])('refuse %s', async (_, line, word) => {
    const said = await compile(`import type { Node } from 'remaphore';\ndeclare const node: Node;\n${line}\n`);
    expect(said).toMatch(/^consumer\.ts\(3,\d+\): error TS/);
    expect(said).toContain(word);
  });

  it('do not show what is internal', async () => {
    const said = await compile("import { encodeMessage } from 'remaphore';\nvoid encodeMessage;\n");
    expect(said).toMatch(/error TS.*encodeMessage/);
  });
});
