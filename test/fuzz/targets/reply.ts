import { ProtocolError } from '../../../src/protocol/errors.ts';
import { type ParsedReply, parseReply } from '../../../src/protocol/reply.ts';
import { readMessageSlowly } from '../second-opinion.ts';
import { promise, type Target } from '../target.ts';
import { LONG_MESSAGES, longMessage, MESSAGE_SEEDS, MESSAGE_WORDS } from './message.ts';

const PAYLOADS = ['0,', '-1,no', 'NO_DATA', '007,x', '18446744073709551616,', '-,', '1', '0,NO_DATA'];
const longReply = (payload: string) => longMessage({ destination: '', verb: 'reply', payload });

/** A reply, as bytes from the network. */
export const replyTarget: Target<ParsedReply> = {
  name: 'reply',
  seeds: () => [...MESSAGE_SEEDS, ...PAYLOADS.map((payload) => Buffer.from(longReply(payload)))],
  words: [...MESSAGE_WORDS, ',reply,_,', ',reply,_,0,', '-1', '-', 'NO_DATA', '99999999999999999999'],
  maxBytes: 4096,
  limitMs: 1,
  parse: parseReply,
  isExpected: (error) => error instanceof ProtocolError,
  check: (input, { result }) => {
    const [, , destination, , uuid, verb, flag, payload = ''] = readMessageSlowly(input) ?? [];
    const [, code, output] = /^(-?[0-9]{1,20}),(.*)$/s.exec(payload) ?? [];
    const isForm = destination === '' && verb === 'reply' && flag === '_';
    const isReply = isForm && (code !== undefined || payload === 'NO_DATA');
    promise((result !== undefined) === isReply, 'the second opinion differs');
    if (result === undefined) return;
    promise(result.exitCode === (code === undefined ? undefined : Number(code)), 'the exit code is another one');
    promise(Buffer.from(result.output).toString('latin1') === (output ?? payload), 'the output is another one');
    promise(result.boundTo === (uuid?.length === 64 ? uuid : undefined), 'it is bound to something else');
  },
  long: {
    ...LONG_MESSAGES,
    'a long exit code': (size) => longReply('9'.repeat(size)),
    'a long output': (size) => longReply(`0,${'\n'.repeat(size)}`),
  },
};
