// Shells that complete command lines of the real program's, by the script that it prints.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { PROGRAM } from './program.ts';
import { TypedTerminal } from './typed-terminal.ts';

export type ShellName = 'bash' | 'zsh' | 'fish';

/** Ctrl-G and Ctrl-T, which each of the shells below is told to obey. */
const TAKE_LINE = '\x07';
const LIST = '\x14';

/** What the answer stands between: names may hold all else. */
const ANSWER = /\x02([^\x03]*)\x03/;

/** What a shell is told first: to read the script; at Ctrl-G to show and empty the line, at Ctrl-T to list what could follow. */
const SETUP: Record<ShellName, (script: string) => string> = {
  bash: (script) => `
set -u
. ${script}
recorded() {
  _remaphore "$@"
  if [ -n "$listing" ]; then printf '\\002%s\\003' "$(IFS=$'\\n'; echo "\${COMPREPLY[*]-}")"; fi
}
complete -o default -F recorded remaphore
listing=
take_line() {
  if [ -z "$listing" ]; then printf '\\002%s\\003' "$READLINE_LINE"; fi
  READLINE_LINE= listing=
}
bind -x '"\\C-g": take_line'
bind -x '"\\C-y": listing=1'
bind '"\\C-x1": possible-completions'
bind '"\\C-t": "\\C-y\\C-x1\\C-g"'
bind 'set completion-query-items 0'
bind 'set page-completions off'
`,
  zsh: (script) => `
autoload -Uz compinit && compinit -u -D
. ${script}
setopt no_unset
hits=()
compadd() {
  if [[ \${@[1,(i)(-|--)]} != *-(O|A|D)\\ * ]]; then
    local -a found
    builtin compadd -A found "$@"
    hits+=($found)
  fi
  builtin compadd "$@"
}
take_line() { zle -I; print -rn -- $'\\002'$BUFFER$'\\003'; BUFFER=; }
list() { hits=(); zle list-choices; zle -I; print -rn -- $'\\002'"\${(F)hits}"$'\\003'; BUFFER=; }
zle -N take_line
zle -N list
bindkey '^G' take_line
bindkey '^T' list
bindkey '^I' complete-word
unsetopt auto_list
LISTMAX=1000
`,
  fish: (script) => `
source ${script}
function take_line; printf '\\002%s\\003' (commandline); commandline ''; end
function list
    printf '\\002'; complete -C (commandline) | string replace -r '\\t.*' ''; printf '\\003'
    commandline ''
end
bind \\cg take_line
bind \\ct list
`,
};

const START: Record<ShellName, string> = {
  bash: 'bash --norc --noprofile -i',
  zsh: 'zsh -f -i',
  fish: 'fish --no-config -i',
};

/** A shell with a person before it. */
export class CompletingShell {
  readonly name: ShellName;
  readonly directory = mkdtempSync(join(tmpdir(), 'completing-'));
  readonly #env: NodeJS.ProcessEnv;
  readonly #terminal: TypedTerminal;

  private constructor(name: ShellName, config: string) {
    this.name = name;
    symlinkSync(PROGRAM, join(this.directory, 'remaphore'));
    this.#env = {
      PATH: `${this.directory}${delimiter}${process.env['PATH']}`,
      HOME: this.directory,
      LC_ALL: 'C.UTF-8',
      REMAPHORE_CONFIG: config,
    };
    const script = join(this.directory, `script.${name}`);
    writeFileSync(script, this.run('remaphore completion "$0"', name));
    writeFileSync(join(this.directory, 'setup'), SETUP[name](script));
    this.#terminal = new TypedTerminal(START[name], this.#env, this.directory);
  }

  /** Starts one, and waits until it takes keys. */
  static async start(name: ShellName, config: string): Promise<CompletingShell> {
    const shell = new CompletingShell(name, config);
    // What is shown is not what is typed.
    shell.#terminal.type(`. ./setup; echo up-and-'ready'\n`);
    await shell.#terminal.until(/up-and-ready/);
    return shell;
  }

  /** Runs some of bash's, in the same place, and returns what it prints. */
  run(script: string, ...args: string[]): string {
    return execFileSync('bash', ['-c', script, ...args], { env: this.#env, cwd: this.directory, encoding: 'utf8' });
  }

  /** What can stand at the end of a line, as the shell would write it, sorted. */
  async list(line: string): Promise<string[]> {
    this.#terminal.type(`${line}${LIST}`);
    const [, found = ''] = await this.#terminal.until(ANSWER);
    return [...new Set(found.split(/\r?\n/).filter((text) => text !== ''))].sort();
  }

  /** The line after Tab. */
  async complete(line: string): Promise<string> {
    this.#terminal.type(`${line}\t${TAKE_LINE}`);
    const [, completed = ''] = await this.#terminal.until(ANSWER);
    return completed;
  }

  /** The words that the shell makes of a line, without the first. */
  evaluate(line: string): string[] {
    const script = line.replace(/^remaphore/, `printf '%s\\n'`);
    return execFileSync(this.name, ['-c', script], { env: this.#env, cwd: this.directory, encoding: 'utf8' })
      .split('\n')
      .slice(0, -1);
  }

  async close(): Promise<void> {
    await this.#terminal.close();
    rmSync(this.directory, { recursive: true, force: true });
  }
}
