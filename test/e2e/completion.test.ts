// Lines completed in real shells, each on a terminal of its own, by the script that the program prints for it.

import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CompletingShell, type ShellName } from '../helpers/completing.ts';
import { configText, OTHER, OWN, PEER, yamlText } from '../helpers/config-text.ts';
import { createTestKeys } from '../helpers/forge.ts';
import { hasProgram } from '../helpers/tools.ts';

/** A name that would run something in every shell, were it not quoted. */
const EVIL = `com.evil.$(touch\${IFS}taken)\`touch\${IFS}taken\`(touch)'"\\;touch&|<>{a..b}~#!\x24HOME%[x]:=y`;
const EVIL_VERB = EVIL.replaceAll(/[[\]]/g, '').toLowerCase();

const THIRD = createTestKeys();

describe.each<ShellName>(['bash', 'zsh', 'fish'])('in %s', (name) => {
  describe.skipIf(!hasProgram(name))('a line', () => {
    let shell: CompletingShell;

    beforeAll(async () => {
      shell = await CompletingShell.start(name, 'usual.conf');
      writeConfig('usual.conf', [PEER, `com.x.w ${THIRD.publicKey} [build]`]);
      writeConfig('other.conf', [`org.one ${OTHER.publicKey} [restart]`]);
      const peers = [{ destination: EVIL, public_key: OTHER.publicKey, verbs: [EVIL_VERB] }];
      writeFileSync(join(shell.directory, 'evil.yaml'), yamlText({ peers }), { mode: 0o600 });
      writeFileSync(join(shell.directory, 'broken.conf'), 'nothing of use');
      mkdirSync(join(shell.directory, 'folder'));
    });

    afterAll(() => shell.close());

    function writeConfig(file: string, peers: string[]): void {
      writeFileSync(join(shell.directory, file), configText({ peers }), { mode: 0o600 });
    }

    const list = (line: string) => shell.list(line);
    const complete = (line: string) => shell.complete(line);

    it('begins with a command', async () => {
      expect(await list('remaphore ')).toEqual(expect.arrayContaining(['completion', 'help', 'ping']));
      expect(await complete('remaphore comp')).toBe('remaphore completion ');
    });

    it('has no command further on', async () => {
      for (const line of ['remaphore -q pin', 'remaphore -- pin', 'remaphore ping pin', 'remaphore -s pin']) {
        expect(await list(line)).not.toContain('ping');
      }
    });

    it('that says nothing yet may have any act’s options, and those of no other command', async () => {
      const options = await list('remaphore -');
      const some = ['-s', '--send', '-r', '--request', '-C', '--example', '-o', '--require', '--yaml', '--help'];
      expect(options).toEqual(expect.arrayContaining(some));
      for (const other of ['--nodes', '--offline', '--port']) expect(options).not.toContain(other);
    });

    it.each([
      ['remaphore -s -', ['-D', '--verb', '--dry-run'], ['-s', '--send', '-r', '-C', '-o', '--once', '--require']],
      ['remaphore --request --', ['--require', '--verb'], ['--request', '--send', '--once', '--yaml']],
      ['remaphore -C -', ['--yaml'], ['-D', '--send', '--once']],
      ['remaphore -qo -', ['-d', '--jobs', '-p'], ['-s', '-r', '--require', '--once', '-q', '--quiet']],
      ['remaphore --require all -', ['-r', '--request', '-D'], ['-s', '-C', '-o']],
      ['remaphore -D com.x -', ['-s', '-r', '-o'], ['-d', '--any-destination', '-D']],
      ['remaphore -vping -', ['-s', '-o'], ['-v', '-C']],
      ['remaphore -u -s -', ['-r', '-o', '-s'], ['-u']],
      ['remaphore ping -', ['-D', '--timeout', '--json'], ['-s', '--verb', '-o', '--require']],
      ['remaphore ping -t 5s --', ['--destination'], ['--timeout', '--send']],
      ['remaphore help -', ['--help'], ['-D', '--json', '-s']],
    ])('%s has the options that still have a meaning there', async (line, there, missing) => {
      const options = await list(line);
      expect(options).toEqual(expect.arrayContaining(there));
      for (const option of missing) expect(options).not.toContain(option);
    });

    it.each(['remaphore -s hello -', 'remaphore -s -- -', 'remaphore -o cat --', 'remaphore -r - --'])(
      '%s has none behind the first word that is none',
      async (line) => {
        expect(await list(line)).toEqual([]);
      },
    );

    it('has the configuration’s verbs behind -v', async () => {
      for (const line of ['remaphore -v ', 'remaphore -s --verb ', 'remaphore -rqv ']) {
        expect(await list(line)).toEqual(['build', 'deploy', 'ping']);
      }
      expect(await complete('remaphore -s -v de')).toBe('remaphore -s -v deploy ');
    });

    it('has them in the same word too', async () => {
      expect(await complete('remaphore --verb=de')).toBe('remaphore --verb=deploy ');
      expect(await complete('remaphore -v=de')).toBe('remaphore -v=deploy ');
      expect(await complete('remaphore -svde')).toBe('remaphore -svdeploy ');
    });

    it('has them as the last part of a list', async () => {
      expect(await complete('remaphore -v ping,de')).toBe('remaphore -v ping,deploy ');
      expect(await complete('remaphore --verb=build,ping,de')).toBe('remaphore --verb=build,ping,deploy ');
    });

    it('has them between quotes', async () => {
      expect(await complete('remaphore -v "de')).toBe('remaphore -v "deploy" ');
      expect(await complete("remaphore -v 'ping,de")).toBe("remaphore -v 'ping,deploy' ");
    });

    it('has the peers’ destinations and patterns of them behind -D', async () => {
      const destinations = (await list('remaphore -s -D ')).map((written) => written.replaceAll('\\', ''));
      expect(destinations).toEqual(['**', 'com.x.**', 'com.x.w', 'com.x.z']);
      expect(await complete('remaphore ping --destination com.x.z')).toBe('remaphore ping --destination com.x.z ');
      // Fish takes a * in what has been typed, quoted or not, for a pattern of its own.
      if (name === 'fish') return;
      const pattern = await complete('remaphore -r -D com.x.\\*');
      expect(shell.evaluate(pattern)).toEqual(['-r', '-D', 'com.x.**']);
    });

    it('has the identities’ keys behind -p to send, and the peers’ to receive', async () => {
      for (const line of ['remaphore -s -p ', 'remaphore -rp ', 'remaphore ping -p ']) {
        expect(await list(line)).toEqual([OWN.publicKey]);
      }
      const peers = [OTHER.publicKey, THIRD.publicKey].sort();
      for (const line of ['remaphore -p ', 'remaphore -o -p ']) expect(await list(line)).toEqual(peers);
    });

    it('that names a configuration has what that holds', async () => {
      for (const named of [
        '-c other.conf',
        '-cother.conf',
        '--config=other.conf',
        '-qc ~/other.conf',
        "-c 'other.conf'",
      ]) {
        expect(await list(`remaphore ${named} -v `)).toEqual(['ping', 'restart']);
      }
      expect(await list('remaphore ping -c other.conf -D ')).toContain('org.one');
    });

    it.each(['broken.conf', 'missing.conf', 'folder', '$(touch taken)'])(
      'that names a configuration that cannot be read, %s, has nothing of it, and says nothing',
      async (file) => {
        expect(await list(`remaphore -c ${file} -s -v `)).toEqual([]);
        expect(await complete(`remaphore -c ${file} -s -D c`)).toBe(`remaphore -c ${file} -s -D c`);
        expect(existsSync(join(shell.directory, 'taken'))).toBe(false);
      },
    );

    it.each([
      'remaphore -u $(touch taken) -v de',
      'remaphore -u "`touch taken`" -v de',
      'remaphore -c "$(touch taken)" -D c',
      'remaphore -v $(touch taken),de',
      'remaphore --verb=$(touch taken)de',
      'remaphore $(touch taken) -',
      'remaphore -D "$(touch taken)',
      'remaphore -o ./$(touch taken)',
    ])('that runs something, %s, does not run it yet', async (line) => {
      await complete(line);
      await list(line);
      expect(existsSync(join(shell.directory, 'taken'))).toBe(false);
    });

    it('has files behind -c', async () => {
      expect(await complete('remaphore -c usu')).toBe('remaphore -c usual.conf ');
      expect(await complete('remaphore --config=usu')).toBe('remaphore --config=usual.conf ');
    });

    it('has nothing for a message, a text or a number', async () => {
      for (const line of [
        'remaphore -s usu',
        'remaphore -r -- usu',
        'remaphore -u usu',
        'remaphore -j usu',
        'remaphore -C usu',
      ]) {
        expect(await complete(line)).toBe(line);
      }
    });

    it('has a script behind a receiver’s options, and files behind that', async () => {
      expect(await complete('remaphore -o mkfif')).toBe('remaphore -o mkfifo ');
      expect(await complete('remaphore mkfif')).toBe('remaphore mkfifo ');
      expect(await complete('remaphore -o ./fol')).toBe('remaphore -o ./folder/');
      expect(await complete('remaphore -o cat usu')).toBe('remaphore -o cat usual.conf ');
      expect(await complete('remaphore -- cat usu')).toBe('remaphore -- cat usual.conf ');
    });

    it('has what a command’s words can be, and nothing behind the last of them', async () => {
      expect(await list('remaphore completion ')).toEqual(['bash', 'fish', 'zsh']);
      expect(await list('remaphore help ')).toEqual(expect.arrayContaining(['completion', 'help', 'ping']));
      expect(await list('remaphore completion -q ')).toEqual(['bash', 'fish', 'zsh']);
      expect(await complete('remaphore help ping usu')).toBe('remaphore help ping usu');
    });

    if (name === 'fish') {
      it('has beside an option what that is, and beside a key whose', () => {
        const complete = (line: string) => shell.run('fish -c "source script.fish; complete -C \\"$0\\""', line);
        expect(complete('remaphore -s --dry')).toMatch(/^--dry-run\tprint what would be sent/);
        expect(complete('remaphore -p ')).toContain(`${OTHER.publicKey}\tcom.x.z\n`);
        expect(complete('remaphore pin')).toBe('ping\tshow which of the known hosts answer\n');
      });
    }

    it('has the words that a value can be', async () => {
      expect(await complete('remaphore -r --require a')).toBe('remaphore -r --require all ');
    });

    it('takes a name that looks like a program for no more than a name', async () => {
      const verb = EVIL_VERB.slice(0, 'com.evil'.length);
      for (const line of [`remaphore -c evil.yaml -s -D com.evil`, `remaphore -c evil.yaml -D com.e`]) {
        const completed = await complete(line);
        expect(shell.evaluate(completed).at(-1)).toBe(EVIL);
      }
      expect(shell.evaluate(await complete(`remaphore -c evil.yaml -v ping,${verb}`)).at(-1)).toBe(`ping,${EVIL_VERB}`);
      expect(shell.evaluate(await complete(`remaphore -c evil.yaml --verb=${verb}`)).at(-1)).toBe(
        `--verb=${EVIL_VERB}`,
      );
      await complete(`remaphore -c evil.yaml -v "${verb}`);
      await complete(`remaphore -c evil.yaml -v '${verb}`);
      expect(existsSync(join(shell.directory, 'taken'))).toBe(false);
    });
  });
});
