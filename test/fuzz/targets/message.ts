import { ProtocolError } from '../../../src/protocol/errors.ts';
import { type ParsedMessage, parseMessage, readSender } from '../../../src/protocol/message.ts';
import { MESSAGES } from '../../helpers/vectors.ts';
import { readMessageSlowly } from '../second-opinion.ts';
import { promise, type Target } from '../target.ts';

export const MESSAGE_SEEDS = MESSAGES.messages.map(({ Encoded }) => Buffer.from(Encoded, 'base64'));

/** What messages are made of, for what has one within. */
export const MESSAGE_WORDS = [
  ...[',', ',,', ',,,,,,,', 'Q', '_', ',_,', ',Q,', '**', 'com.*.us', 'reply', 'ping', '0', '00', 'ffffffffffffffff'],
  ...['1'.repeat(32), 'z'.repeat(44), '1'.repeat(64), 'z'.repeat(88), 'ab'.repeat(32), 'AB', '\0', '\n'],
  ...['\xc3\xbc', '\xc3', '\xed\xa0\x80', '\xef\xbb\xbf', '\xf4\x90\x80\x80'],
];

/** A message whose fields are good but for those given. */
export function longMessage(fields: { destination?: string; verb?: string; payload?: string; time?: string }): string {
  const { destination = '**', verb = 'ping', payload = '', time = '18e9d44cd7ab24cc' } = fields;
  return `${MESSAGES.identity.publicKey},${'1'.repeat(64)},${destination},${time},,${verb},_,${payload}`;
}

/** Fields that are longer than any honest one, each as its own kind of trouble. */
export const LONG_MESSAGES: Target['long'] = {
  'commas alone': (size) => ','.repeat(size),
  'no comma': (size) => '1'.repeat(size),
  'a long destination': (size) => longMessage({ destination: 'a'.repeat(size) }),
  'a destination of dots': (size) => longMessage({ destination: 'a.'.repeat(size / 2) }),
  'a destination of stars': (size) => longMessage({ destination: '*'.repeat(size) }),
  'a destination that is not ASCII at its end': (size) => longMessage({ destination: `${'a'.repeat(size)}ü` }),
  'a destination that is not ASCII at all': (size) => longMessage({ destination: 'ü'.repeat(size / 2) }),
  'a long verb': (size) => longMessage({ verb: 'a'.repeat(size) }),
  'a verb in upper case': (size) => longMessage({ verb: 'A'.repeat(size) }),
  'a verb of both cases that is not ASCII': (size) => longMessage({ verb: 'aAü'.repeat(size / 4) }),
  'a long time': (size) => longMessage({ time: 'f'.repeat(size) }),
  'a long payload': (size) => longMessage({ payload: ',\n'.repeat(size / 2) }),
};

/** @throws when a message that was read is another one than the bytes are */
export function checkMessage(input: Buffer, message: ParsedMessage | undefined): void {
  const fields = readMessageSlowly(input);
  promise((message !== undefined) === (fields !== undefined), 'the second opinion differs');
  if (message === undefined) return;
  const { publicKey, signatureText, destination, timeNs, uuid, verb, wantsReply, payload, signedPart } = message;
  const tail = [destination, timeNs.toString(16), uuid, verb, wantsReply ? 'Q' : '_', ''].join(',');
  const signed = Buffer.concat([Buffer.from(tail), payload]);
  promise(signed.equals(signedPart), 'the signed part is not what the fields say');
  const whole = Buffer.concat([Buffer.from(`${publicKey},${signatureText},`, 'latin1'), signed]);
  promise(whole.equals(input), 'the fields do not encode to the same bytes');
  promise(readSender(input) === publicKey, 'the sender that is read beforehand is another one');
}

/** A message, as bytes from the network. */
export const messageTarget: Target<ParsedMessage> = {
  name: 'message',
  seeds: () => MESSAGE_SEEDS,
  words: MESSAGE_WORDS,
  maxBytes: 16_384,
  limitMs: 1,
  parse: (input) => {
    readSender(input);
    return parseMessage(input);
  },
  isExpected: (error) => error instanceof ProtocolError,
  check: (input, { result }) => checkMessage(input, result),
  long: LONG_MESSAGES,
};
