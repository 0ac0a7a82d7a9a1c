// What a person is told after `init`: what there is now, and what to do next, in lines that can be pasted.

import { dirname, join } from 'node:path';
import { DEFAULT_CONFIG_FILE } from '../config/load.ts';
import { parseServer } from '../config/server.ts';
import { DEFAULT_VERB } from '../protocol/constants.ts';
import type { Added } from '../provision/addition.ts';
import { type BrokerAddress, isLoopback } from '../provision/brokers.ts';
import { INSTALLATION } from '../provision/find-nats-server.mjs';
import { KEYS_DIRECTORY, nodeFiles } from '../provision/network.ts';
import type { NetworkPlan } from '../provision/plan.ts';
import { serverFileName, tlsFiles } from '../provision/server-config.ts';
import { formatShellWord } from '../provision/shell-word.ts';

/** Where a host has its configuration and credentials. */
const HOST_DIRECTORY = dirname(DEFAULT_CONFIG_FILE);

/** After a new network was made in `directory`, an absolute path. */
export function describeNetwork({ nodes, brokers, verbs }: NetworkPlan, directory: string): string {
  const servers = brokers.map((_, i) => serverFileName(i, brokers.length));
  const isLocal = brokers.every(({ loopback }) => loopback);
  return [
    `${directory} holds a new network. Whoever can read it can be any of its hosts.`,
    '',
    ...layOut([
      [servers.join(', '), brokers.length > 1 ? 'the servers, one cluster' : 'the server'],
      ['NODE.conf, NODE.creds', `what each of ${countHosts(nodes.length)} needs`],
      [`${KEYS_DIRECTORY}/`, 'what signs credentials, for init --add: goes to no host; keep it elsewhere if you can'],
    ]),
    ...describeServers(brokers, directory),
    '',
    `If there is no nats-server there yet: ${INSTALLATION}`,
    ...(isLocal ? [] : describeCopies(nodes, directory)),
    ...describeTrial(nodes, verbs, isLocal ? directory : undefined),
    ...(isLocal ? describeElsewhere() : []),
    '',
  ].join('\n');
}

/** After a node was added to the network in `directory`, an absolute path. */
export function describeAddition(node: string, added: Added, directory: string): string {
  const { changed, verbs, servers, isFinished } = added;
  const others = changed.map((file) => file.node ?? '');
  const isLocal = servers.every((server) => isLoopback(parseServer(server).host));
  return [
    isFinished
      ? `${directory} had a part of ${node}, and has all of it now. The server needs no change.`
      : `${directory} has ${node} now. The server needs no change.`,
    '',
    'These changed, since the others trust it now; a receiver that runs reads its own when it is started again:',
    ...changed.map(({ path }) => `    ${path}`),
    ...(isLocal
      ? describeTrial([others[0] ?? '', node], verbs, directory)
      : [
          '',
          'Copy to the new host its two files, and to the others their changed one. The hosts are guessed from the names.',
          ...copyLines(node, directory, true),
          ...others.flatMap((other) => copyLines(other, directory, false)),
        ]),
    '',
  ].join('\n');
}

function describeServers(brokers: readonly BrokerAddress[], directory: string): string[] {
  const count = brokers.length;
  return brokers.flatMap(({ host, port, listen, loopback, tls }, i) => {
    const file = join(directory, serverFileName(i, count));
    const { cert, key, ca } = tlsFiles(directory, i, count);
    const place = loopback
      ? `Start the server, which only this machine reaches, on port ${port}:`
      : `On ${host}, start the server, which listens on port ${port} of all its addresses (${listen}). If that is another machine,\ncopy the file there first, and change the directory of JetStream in it:`;
    const certificate = [
      '',
      `Put the certificate of ${host} and its key into`,
      `    ${[cert, key, ...(count > 1 ? [ca] : [])].map(formatShellWord).join('\n    ')}`,
      `or change where ${serverFileName(i, count)} looks for them: the server does not start without. If a host does not`,
      'know their authority, name it in its NODE.conf: tls_ca: FILE',
    ];
    return [...(tls ? certificate : []), '', place, `    nats-server -c ${formatShellWord(file)}`];
  });
}

function describeCopies(nodes: readonly string[], directory: string): string[] {
  return [
    '',
    'Copy to each host its two files. The hosts are guessed from the names.',
    ...nodes.flatMap((node) => copyLines(node, directory, true)),
  ];
}

/** @param isNew whether the host has nothing yet */
function copyLines(node: string, directory: string, isNew: boolean): string[] {
  const files = nodeFiles(node);
  const host = `root@${guessHost(node)}`;
  const copy = (from: string, to: string) =>
    `    scp -p ${formatShellWord(join(directory, from))} ${formatShellWord(`${host}:${to}`)}`;
  return [
    ...(isNew ? [`    ssh ${formatShellWord(host)} mkdir -p ${HOST_DIRECTORY}`] : []),
    copy(files.config, DEFAULT_CONFIG_FILE),
    ...(isNew ? [copy(files.credentials, `${HOST_DIRECTORY}/${files.credentials}`)] : []),
  ];
}

/** A destination is a host's name with its parts in the opposite order. */
function guessHost(node: string): string {
  return node.split('.').reverse().join('.');
}

/** @param directory of the configurations; undefined: each host has its own */
function describeTrial(nodes: readonly string[], verbs: readonly string[], directory: string | undefined): string[] {
  const [receiver, sender] = nodes;
  if (receiver === undefined || sender === undefined) {
    return ['', 'One host has nobody to signal to: remaphore init --add NODE DIR adds another.'];
  }
  const config = (node: string) =>
    directory === undefined ? '' : ` -c ${formatShellWord(join(directory, nodeFiles(node).config))}`;
  const isPlain = verbs.includes(DEFAULT_VERB) || verbs.includes('*');
  const verb = isPlain ? '' : ` -v ${formatShellWord(verbs[0] ?? '')}`;
  return [
    '',
    `Try it: ${receiver} waits for a signal, and when it says "ready", ${sender} gives it in another terminal:`,
    `    remaphore${config(receiver)} -u hello -t 1m && echo "the signal came"`,
    `    remaphore${config(sender)} -s${verb} -u hello`,
  ];
}

function describeElsewhere(): string[] {
  return [
    '',
    'Each NODE.conf works where it is (-c FILE, or REMAPHORE_CONFIG), and on a host of its own as',
    `${DEFAULT_CONFIG_FILE} with NODE.creds beside it. For hosts that are not this machine, make the network with`,
    '--server nats://HOST:4222, by the name they reach this one by.',
  ];
}

function countHosts(count: number): string {
  return count === 1 ? 'one host' : `${count} hosts`;
}

function layOut(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, what]) => `    ${name.padEnd(width)}  ${what}`);
}
