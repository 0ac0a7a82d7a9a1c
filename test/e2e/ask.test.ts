import { describe, expect, it } from 'vitest';
import { createNetwork, type TestNode } from '../helpers/network.ts';
import { run, start } from '../helpers/program.ts';
import { respondWith } from '../helpers/responders.ts';
import { openSite, withClient } from '../helpers/site.ts';

const site = withClient(openSite(['ops.asker', 'com.web1', 'com.web2', 'com.db']));
const [asker, web1, web2, db] = site.nodes;

const ask = (...words: string[]) => run(asker.config, ['-r', ...words]);

describe('replies', () => {
  it('are printed a line each, with the destination in front', async () => {
    await respondWith(site.client, 'remaphore.all', ({ answer }) => {
      answer(web1, '0,up');
      answer(web2, '3,down');
    });
    const { exitCode, stdout, stderr } = await ask('-D', 'com.web*', '-t', '20s', 'uptime');
    expect(stdout).toBe('com.web1,0,up\ncom.web2,3,down\n');
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  });

  it('are trimmed of white space at both ends, also of the exit code’s side', async () => {
    await respondWith(site.client, 'remaphore.all', ({ answer }) => {
      answer(web1, '0,up\r\n\t \n');
      answer(web2, '0,  kept  inside \v\f');
    });
    const { stdout } = await ask('-D', 'com.web*', '-t', '20s');
    expect(stdout).toBe('com.web1,0,up\ncom.web2,0,  kept  inside\n');
  });

  it('with several lines stand between two lines with a token, one throughout a request', async () => {
    await respondWith(site.client, 'remaphore.all', ({ answer }) => {
      answer(web1, '0,first\nsecond\n');
      answer(web2, '1,a\n\nb');
      answer(db, '0,single');
    });
    const { stdout } = await ask('-D', 'com.**', '-t', '20s');
    const token = /^--> ([0-9a-f]{32})\n/.exec(stdout)?.[1];
    expect(stdout).toBe(
      `--> ${token}\ncom.web1,0,first\nsecond\n--< ${token}\n` +
        `--> ${token}\ncom.web2,1,a\n\nb\n--< ${token}\n` +
        'com.db,0,single\n',
    );
  });

  it('have another token in each request, and none that the responders could know', async () => {
    const requests: string[] = [];
    await respondWith(site.client, 'remaphore.all', ({ answer, request, message }) => {
      requests.push(request.toString('latin1') + message.subject + message.reply);
      answer(db, '0,a\nb');
    });
    const outputs = await Promise.all([ask('-D', 'com.db', '-t', '20s'), ask('-D', 'com.db', '-t', '20s')]);
    const tokens = outputs.map(({ stdout }) => /^--> ([0-9a-f]{32})\n/.exec(stdout)?.[1] as string);
    expect(new Set(tokens).size).toBe(2);
    for (const token of tokens) expect(requests.join()).not.toContain(token);
  });

  it('go into a pipe with their bytes unchanged', async () => {
    await respondWith(site.client, 'remaphore.all', ({ answer }) => answer(db, '0,\x1b[31mred\x07'));
    expect((await ask('-D', 'com.db', '-t', '20s')).stdout).toBe('com.db,0,\x1b[31mred\x07\n');
  });

  it('are printed as they come, before the request ends', async () => {
    await respondWith(site.client, 'remaphore.all', ({ answer }) => answer(web1, '0,early'));
    const request = start(asker.config, ['-r', '-D', 'com.web*', '-t', '30s']);
    await request.printed('com.web1,0,early\n');
    request.kill('SIGINT');
    expect((await request.finished).exitCode).toBe(130);
  });

  it('may have the exit code -1, or be NO_DATA alone, as field nodes send them', async () => {
    await respondWith(site.client, 'remaphore.all', ({ answer }) => {
      answer(web1, '-1,could not start', { bound: false });
      answer(web2, 'NO_DATA', { bound: false });
    });
    const { exitCode, stdout } = await ask('-D', 'com.web*', '-t', '20s');
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: 'com.web1,-1,could not start\ncom.web2,NO_DATA\n' });
  });
});

describe('200 replies at once', () => {
  it('are printed without interleaving, each whole', async () => {
    const names = Array.from({ length: 200 }, (_, i) => `fleet.host${i}`);
    using fleet = createNetwork(site.server.url, ['ops.asker', ...names]);
    const [first, ...hosts] = fleet.nodes as [TestNode, ...TestNode[]];
    const body = (node: TestNode) => Array.from({ length: 50 }, (_, i) => `${node.destination} line ${i}`).join('\n');
    await respondWith(site.client, 'remaphore.all', ({ answer }) => {
      for (const node of hosts) answer(node, `0,${body(node)}\n`);
    });
    const { exitCode, stdout, stderr } = await run(first.config, ['-r', '-D', 'fleet.*', '-t', '30s']);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    const token = stdout.slice(4, 36);
    const expected = hosts.map((node) => `--> ${token}\n${node.destination},0,${body(node)}\n--< ${token}\n`);
    expect(stdout).toBe(expected.join(''));
  });
});

describe('the end of a request', () => {
  it('comes as soon as all known responders have answered', async () => {
    await respondWith(site.client, 'remaphore.all', ({ answer }) => {
      for (const node of [web1, web2, db]) answer(node, '0,ok');
    });
    // The limit is far beyond what a test may take.
    expect((await ask('-D', 'com.**', '-t', '1h')).exitCode).toBe(0);
  });

  it('comes at -t otherwise, naming who has not answered', async () => {
    await respondWith(site.client, 'remaphore.all', ({ answer }) => answer(web2, '0,ok'));
    const { exitCode, stdout, stderr } = await ask('-D', 'com.**', '-t', '800ms');
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: 'com.web2,0,ok\n' });
    expect(stderr).toContain('no answer from: com.web1, com.db\n');
  });

  it('is 1 when somebody listens but nobody answers', async () => {
    await respondWith(site.client, 'remaphore.all', () => {});
    const { exitCode, stdout, stderr } = await ask('-D', 'com.web*', '-t', '1s');
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toContain('no answer from: com.web1, com.web2\n');
  });

  it('comes with SIGINT: 130', async () => {
    const asked = new Promise<void>((resolve) => void respondWith(site.client, 'remaphore.all', () => resolve()));
    await site.client.flush();
    const request = start(asker.config, ['-r', '-D', 'com.db']);
    await asked;
    request.kill('SIGINT');
    expect((await request.finished).exitCode).toBe(130);
  });
});

describe('the responders', () => {
  it('are those that the pattern matches, whoever else answers', async () => {
    await respondWith(site.client, 'remaphore.all', ({ answer }) => {
      answer(db, '0,was not asked');
      answer(web1, '0,ok');
      answer(web2, '0,ok');
    });
    const { exitCode, stdout } = await ask('-D', 'com.web*', '-t', '20s');
    expect(exitCode).toBe(0);
    expect(stdout).toContain('com.web1,0,ok\ncom.web2,0,ok\n');
  });

  it.each([
    ['another channel', ['-S', 'builds'], 'remaphore.builds'],
    ['the usual channel', [], 'remaphore.all'],
  ])('are asked on %s and answer below the configured subject', async (_, words, subject) => {
    await respondWith(site.client, subject, ({ answer }) => answer(db, '0,ok'));
    expect(await ask('-D', 'com.db', '-t', '20s', ...words)).toMatchObject({ exitCode: 0, stdout: 'com.db,0,ok\n' });
  });

  it('are none known: exit 2 before anything is sent', async () => {
    const { exitCode, stdout, stderr } = await ask('-D', 'org.*');
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain('remaphore: error: no peer has a destination that org.* matches');
  });
});
