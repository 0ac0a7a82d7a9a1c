// A listener, a durable listener, two senders and a requester, by a broker that is ended at random: what was sent must be
// what was received and what can be accounted for, and nothing may grow.

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createNetwork } from '../helpers/network.ts';
import { type Program, run, start } from '../helpers/program.ts';
import { createScripts } from '../helpers/script-directory.ts';
import { startServer } from '../helpers/server.ts';
import { accountAsked, accountKept, accountPlain, countNumbers, type LedgerLine } from './ledger.ts';
import { Outages, pause } from './outages.ts';
import { createRandom } from './random.ts';
import { send } from './traffic.ts';
import { type Growth, Watch } from './watch.ts';

const USAGE = `usage: npm run soak -- [--minutes N] [--seed N]

  --minutes  how long, decimals allowed (default 1)
  --seed     when the broker is ended, and how: the same for the same number (default: a random one, which is printed)`;

/** What the collector of garbage and the allocator take and give back; a leak of a message each would be far beyond. */
const MEMORY_KB = 20 * 1024;
/** From so many minutes on the slope says something: less than 1 MB a minute. */
const [LONG_MINUTES, MEMORY_KB_PER_MINUTE] = [10, 1024];
/** One for a script that runs at the moment, with its pipe. */
const DESCRIPTORS = 3;
/** What was kept when the traffic ended is acted on by then: a durable listener waits 10 s for what somebody else may have. */
const DRAIN_MS = 60_000;

const { minutes, seed } = readArguments();
const problems: string[] = [];
process.exitCode = await soak();

function readArguments(): { minutes: number; seed: number } {
  const { values } = parseArgs({
    options: { minutes: { type: 'string', default: '1' }, seed: { type: 'string' }, help: { type: 'boolean' } },
  });
  const wanted = Number(values.minutes);
  const given = values.seed === undefined ? Math.floor(Math.random() * 2 ** 32) : Number(values.seed);
  const isSound = wanted > 0 && Number.isFinite(wanted) && Number.isInteger(given) && given >= 0;
  if (values.help || !isSound) {
    console.log(USAGE);
    process.exit(values.help ? 0 : 2);
  }
  return { minutes: wanted, seed: given };
}

async function soak(): Promise<number> {
  const state = mkdtempSync(join(tmpdir(), 'soak-'));
  process.env['XDG_STATE_HOME'] = state;
  using scripts = createScripts();
  await using server = await startServer('', { jetStream: true });
  const lines = 'allow_skew: 10s';
  using network = createNetwork(server.url, [
    { destination: 'com.example.speaker', lines },
    { destination: 'com.example.listener', lines },
  ]);
  const [speaker, listener] = network.nodes.map(({ config }) => config) as [string, string];
  const created = await run(speaker, ['history', 'create', '-S', 'kept']);
  if (created.exitCode !== 0) throw new Error(created.stderr);

  const note = (file: string) => scripts.write(file, `echo "$2" >>"${scripts.path}/${file}.ran"; echo "answer to $2"`);
  const plain = listen(listener, ['-j', '4', '-v', 'ping', note('plain')]);
  const asked = listen(listener, ['-j', '4', '-v', 'ask', note('asked')]);
  const durable = listen(listener, ['-S', 'kept', '--durable', 'soak', '-j', '2', note('kept')]);
  const listeners = [plain, asked, durable];
  await Promise.all(listeners.map((program) => program.said('ready')));

  console.log(`${minutes} min, --seed ${seed}`);
  const watches = listeners.map(({ pid }) => new Watch(pid));
  const outages = new Outages(server, listeners, createRandom(seed));
  const over = new AbortController();
  const broker = outages.run(over.signal);
  const traffic = Promise.all([
    send(speaker, ['-s', '-v', 'ping', '-t', '20s'], over.signal),
    send(speaker, ['-r', '-v', 'ask', '-D', 'com.example.listener', '-t', '5s'], over.signal),
    send(speaker, ['-s', '--keep', '-S', 'kept', '-t', '20s'], over.signal),
  ]);
  await Promise.race([pause(minutes * 60_000), broker]);
  over.abort();
  const [sent, requests, kept] = await traffic;
  await broker;
  for (const watch of watches) watch.end();

  const ran = (name: string) => countNumbers(scripts.lines(`${name}.ran`));
  // What the ledger will call lost may only be late.
  const isOpen = () =>
    [...accountPlain(sent, ran('plain'), outages), ...accountKept(kept, ran('kept'), outages)].some(
      ({ faults }) => faults.length > 0,
    );
  for (const deadlineMs = performance.now() + DRAIN_MS; isOpen() && performance.now() < deadlineMs; ) await pause(200);
  for (const program of listeners) program.kill('SIGTERM');
  for (const { exitCode, stderr } of await Promise.all(listeners.map(({ finished }) => finished))) {
    if (exitCode !== 143) problems.push(`a listener ended with ${exitCode}: ${stderr.slice(-500)}`);
  }

  if (outages.count === 0) problems.push('the broker was never ended: give it more time');
  report([
    ...accountPlain(sent, ran('plain'), outages),
    ...accountAsked(requests, ran('asked'), outages),
    ...accountKept(kept, ran('kept'), outages),
  ]);
  console.log(`the broker was ended ${outages.count} times`);
  for (const [i, name] of ['listener', 'answerer', 'durable listener'].entries())
    reportGrowth(name, watches[i] as Watch);
  const left = findProcesses(scripts.path);
  if (left.length > 0) problems.push(`processes are left: ${left.join(', ')}`);
  rmSync(state, { recursive: true, force: true });
  for (const problem of problems) console.log(`FAILED: ${problem}`);
  console.log(problems.length === 0 ? 'all is accounted for' : 'not all is as it should be');
  return problems.length === 0 ? 0 : 1;
}

function listen(config: string, args: readonly string[]): Program {
  return start(config, args, { limitMs: (minutes + 5) * 60_000 });
}

function report(lines: readonly LedgerLine[]): void {
  console.log();
  for (const { kind, what, count, faults } of lines) {
    if (/, and acted on$|^answered$/.test(what) && count === 0) problems.push(`${kind}: none was ${what}`);
    console.log(`${kind.padEnd(8)} ${String(count).padStart(7)}  ${what}`);
    if (faults.length > 0) problems.push(`${kind}: ${what}: ${faults.slice(0, 20).join(', ')}`);
  }
  console.log();
}

function reportGrowth(name: string, watch: Watch): void {
  const [memory, descriptors] = [watch.memory(), watch.descriptors()];
  const show = ({ perMinute, total }: Growth, unit: string) =>
    `${perMinute.toFixed(1)} ${unit}/min (${total >= 0 ? '+' : ''}${total} ${unit})`;
  console.log(`${name}: memory ${show(memory, 'KB')}, descriptors ${show(descriptors, '')}`);
  if (memory.total > MEMORY_KB) problems.push(`${name}: memory grows`);
  if (minutes >= LONG_MINUTES && memory.perMinute > MEMORY_KB_PER_MINUTE)
    problems.push(`${name}: memory grows steadily`);
  if (descriptors.total > DESCRIPTORS) problems.push(`${name}: descriptors are not given back`);
  if (watch.zombies.size > 0) problems.push(`${name}: ${watch.zombies.size} of its children are zombies`);
}

/** The processes whose command line names a directory. */
function findProcesses(directory: string): string[] {
  return readdirSync('/proc').filter((name) => {
    try {
      return /^[0-9]+$/.test(name) && readFileSync(`/proc/${name}/cmdline`, 'utf8').includes(directory);
    } catch {
      return false;
    }
  });
}
