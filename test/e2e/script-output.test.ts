import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { killProcess } from '../helpers/processes.ts';
import { openBench } from '../helpers/receiving.ts';

/** Little enough for a script to say too much at once. */
const MAX_PAYLOAD_BYTES = 4096;

const bench = openBench(`max_payload: ${MAX_PAYLOAD_BYTES}`);

describe('when no reply is wanted, what a script prints', () => {
  it('goes where the receiver’s own output goes, as it is', async () => {
    const script = bench.scripts.write('both', 'echo out; echo err >&2; printf "\\377\\000"');
    const { stdout, stderr, exitCode } = await bench.receiveOne([script]);
    expect(stdout).toBe('out\n\ufffd\0');
    expect(stderr).toBe('remaphore: ready\nerr\n');
    expect(exitCode).toBe(0);
  });

  it('is not cut, however much it is', async () => {
    const script = bench.scripts.write('much', 'head -c 300000 /dev/zero');
    const { stdout, stderr } = await bench.receiveOne([script]);
    expect(stdout).toHaveLength(300_000);
    expect(stderr).toBe('remaphore: ready\n');
  });
});

describe('when a reply is wanted, what a script prints', () => {
  it('is the reply, and does not go where the receiver’s own output goes', async () => {
    const script = bench.scripts.write('both', 'echo out; echo err >&2');
    const { exitCode, text, receiver } = await bench.askOne([script]);
    expect({ exitCode, text }).toEqual({ exitCode: 0, text: 'out\nerr\n' });
    expect(receiver).toEqual({ exitCode: 0, stdout: '', stderr: 'remaphore: ready\n' });
  });

  it('stands in the order written, standard output and error together', async () => {
    const script = bench.scripts.write('order', 'for i in $(seq 100); do echo "o$i"; echo "e$i" >&2; done');
    const { text } = await bench.askOne([script]);
    const wanted = Array.from({ length: 100 }, (_, i) => `o${i + 1}\ne${i + 1}\n`);
    expect(text).toBe(wanted.join(''));
  });

  it('can be written by the names /dev/stdout and /dev/stderr', async () => {
    const body = 'echo a >/dev/stderr; echo b >/dev/stdout; echo c >&2; echo d | tee /dev/stderr';
    const { text, exitCode } = await bench.askOne([bench.scripts.write('names', `set -e; ${body}`)]);
    expect(text).toBe('a\nb\nc\nd\nd\n');
    expect(exitCode).toBe(0);
  });

  it('may be nothing', async () => {
    const { text, exitCode } = await bench.askOne([bench.scripts.write('silent', '')]);
    expect({ text, exitCode }).toEqual({ text: '', exitCode: 0 });
  });

  it('arrives byte by byte, whatever the bytes', async () => {
    const script = bench.scripts.write('copy', 'exec cat');
    const payload = Buffer.concat([Buffer.from([0, 0xff, 0xc3, 0x0a, 0x0d, 0x2c]), randomBytes(2000)]);
    const { output } = await bench.askOne(['--stdin', script], { payload });
    expect(output).toEqual(payload);
  });

  it('is complete when the script closes its output early, and the reply waits for its exit', async () => {
    const script = bench.scripts.write('closes', 'echo early; exec >&- 2>&-; sleep 0.3; exit 3');
    const { text, exitCode } = await bench.askOne([script]);
    expect({ text, exitCode }).toEqual({ text: 'early\n', exitCode: 3 });
  });

  it('is complete when the script ends right after writing much', async () => {
    const script = bench.scripts.write('abrupt', 'exec head -c 3500 /dev/zero');
    const { output } = await bench.askOne([script]);
    expect(output).toEqual(Buffer.alloc(3500));
  });
});

describe('when something in the background keeps the output open', () => {
  it.each([
    ['a child', 'sleep 20 & echo $!'],
    ['a child in a session of its own', 'setsid sleep 20 & echo $!'],
    ['a child that goes on writing', '(while sleep 0.02; do echo more; done) & echo $!'],
  ])('the reply comes within a second of the exit all the same: %s', async (_, body) => {
    const script = bench.scripts.write('background', `${body}\ndate +%s%3N\nexit 4`);
    const { text, exitCode } = await bench.askOne([script]);
    const replyMs = Date.now();
    const [pid, exitMs] = text.split('\n').map(Number);
    try {
      expect(exitCode).toBe(4);
      // The receiver's own end is in it, and a machine that is busy.
      expect(replyMs - (exitMs as number)).toBeLessThan(1500);
    } finally {
      killProcess(pid as number);
    }
  });

  it('the next message’s script is run', async () => {
    const script = bench.scripts.write('next', 'sleep 20 & echo "$!,$2"');
    const receiver = await bench.receive([script]);
    for (const payload of ['one', 'two']) {
      const reply = await bench.wire.ask(bench.message({ payload, wantsReply: true }));
      const [pid, echoed] = reply.text.trim().split(',');
      killProcess(Number(pid));
      expect(echoed).toBe(payload);
    }
    receiver.kill('SIGTERM');
    await receiver.finished;
  });
});

describe('output beyond what one message can carry', () => {
  /** The last line of a cut output, and what precedes it. */
  function splitCut(text: string): { kept: string; line: string } {
    const at = text.lastIndexOf('\n', text.length - 2);
    return { kept: text.slice(0, at), line: text.slice(at + 1) };
  }

  it('is cut and ends in a line that says so, and the receiver says so too', async () => {
    const script = bench.scripts.write('much', 'head -c 100000 /dev/zero | tr "\\0" x; exit 5');
    const { text, exitCode, sizeBytes, receiver } = await bench.askOne([script]);
    const { kept, line } = splitCut(text);
    expect(line).toMatch(/^remaphore: output cut after [0-9]+ of 100000 bytes\n$/);
    expect(line).toContain(` ${kept.length} of`);
    expect(kept).toBe('x'.repeat(kept.length));
    expect(sizeBytes).toBeLessThanOrEqual(MAX_PAYLOAD_BYTES);
    expect(sizeBytes).toBeGreaterThan(MAX_PAYLOAD_BYTES - 500);
    expect(exitCode).toBe(5);
    expect(receiver.stderr).toMatch(/remaphore: warning: .*output.* cut.*100000 bytes/);
  });

  it.each([0, 1, 2, 3])('is cut between two characters, wherever they stand (%i bytes before)', async (shift) => {
    const prefix = 'x'.repeat(shift);
    // A character of four bytes: three of four places are inside of one.
    const script = bench.scripts.write('crabs', `printf '${prefix}'; yes 🦀 | tr -d '\\n' | head -c 40000`);
    const { output, text } = await bench.askOne([script]);
    expect(text).not.toContain('\ufffd');
    expect(Buffer.from(text)).toEqual(output);
    expect(splitCut(text).kept).toMatch(new RegExp(`^${prefix}(🦀)+$`, 'u'));
    expect(splitCut(text).line).toContain('output cut after');
  });

  it('is cut too when it is no text', async () => {
    const script = bench.scripts.write('binary', 'yes "$(printf "\\200")" | tr -d "\\n" | head -c 40000');
    const { text, sizeBytes } = await bench.askOne([script]);
    expect(splitCut(text).line).toMatch(/^remaphore: output cut after [0-9]+ of 40000 bytes\n$/);
    expect(sizeBytes).toBeLessThanOrEqual(MAX_PAYLOAD_BYTES);
  });

  it('is not cut where it just fits', async () => {
    const receiver = await bench.receive([bench.scripts.write('exactly', 'head -c "$2" /dev/zero | tr "\\0" x')]);
    const ask = (payload: string) => bench.wire.ask(bench.message({ payload, wantsReply: true }));
    let [fits, cut] = [3000, MAX_PAYLOAD_BYTES];
    while (cut - fits > 1) {
      const sizeBytes = Math.floor((fits + cut) / 2);
      const { text, sizeBytes: replyBytes } = await ask(String(sizeBytes));
      expect(replyBytes).toBeLessThanOrEqual(MAX_PAYLOAD_BYTES);
      if (text === 'x'.repeat(sizeBytes)) fits = sizeBytes;
      else {
        expect(text).toMatch(new RegExp(`output cut after [0-9]+ of ${sizeBytes} bytes\\n$`));
        cut = sizeBytes;
      }
    }
    // The reply's own fields take some 230 bytes; little more than that may go unused.
    expect(fits).toBeGreaterThan(MAX_PAYLOAD_BYTES - 300);
    receiver.kill('SIGTERM');
    await receiver.finished;
  });
});

describe('without a script', () => {
  it('the reply is NO_DATA with exit code 0, and the payload is printed', async () => {
    const { text, exitCode, receiver } = await bench.askOne([], { payload: 'hello' });
    expect({ text, exitCode }).toEqual({ text: 'NO_DATA', exitCode: 0 });
    expect(receiver.stdout).toBe('hello\n');
  });
});
