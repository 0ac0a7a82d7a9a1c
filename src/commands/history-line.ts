// The audit log for people. All of it but the time may have been made up by a stranger: every field is escaped, in a pipe
// too, since what is written to a file is shown on a terminal one day.

import { shortenKey } from '../protocol/keys.ts';
import { decodeUtf8 } from '../protocol/utf8.ts';
import type { SetAside } from '../signal/failures.ts';
import type { HistoryEntry, Verdict } from '../signal/history.ts';
import { formatMs } from './format-time.ts';

/** A column is as wide as its longest field, up to this; what follows is moved. */
const MAX_WIDTH = 40;
/** Of a field that is no name any more, so much is shown; --json has all of it. */
const MAX_FIELD = 80;

const VERDICTS: Record<Verdict, string> = {
  valid: 'valid',
  'unknown-key': 'unknown key',
  'not-permitted': 'not permitted',
  forged: 'forged',
  malformed: 'malformed',
};

/** Lines of columns that are aligned as well as is known when each is written. */
class Lines {
  readonly #columns: number | undefined;
  #widths: number[] = [];

  /** @param columns how wide lines may be; undefined: as wide as they are */
  constructor(columns: number | undefined) {
    this.#columns = columns;
  }

  protected async write(rows: readonly (readonly string[])[]): Promise<string> {
    for (const row of rows) {
      this.#widths = row.map((field, i) => Math.max(this.#widths[i] ?? 0, Math.min(field.length, MAX_WIDTH)));
    }
    const cut = this.#columns === undefined ? (line: string) => line : await toCut(this.#columns);
    return rows.map((row) => `${cut(this.#join(row))}\n`).join('');
  }

  #join(row: readonly string[]): string {
    return row
      .map((field, i) => (i === row.length - 1 ? field : field.padEnd(this.#widths[i] ?? 0)))
      .join('  ')
      .trimEnd();
  }
}

/** What was sent. */
export class HistoryLines extends Lines {
  /** A line each, in the order given: time, sender, verb, destination, uuid, verdict, payload. */
  async format(entries: readonly HistoryEntry[]): Promise<string> {
    return this.write(entries.map(toFields));
  }
}

/** What was set aside. */
export class FailureLines extends Lines {
  /** A line each: id, when it was sent, sender, verb, uuid, the listener, how it ended, payload. */
  async format(failures: readonly SetAside[]): Promise<string> {
    return this.write(failures.map(toFailureFields));
  }
}

/** Loaded only for a terminal. */
async function toCut(columns: number): Promise<(line: string) => string> {
  const { default: truncate } = await import('cli-truncate');
  return (line) => truncate(line, columns);
}

function toFields(entry: HistoryEntry): string[] {
  const { message, storedMs, bytes } = entry;
  return [
    new Date(storedMs).toISOString(),
    toSender(entry),
    toWord(message?.verb),
    toWord(message?.destination),
    toWord(message && showUuid(message.uuid)),
    toVerdict(entry),
    escapeBytes(message?.payload ?? bytes),
  ];
}

function toFailureFields({ id, message, sender, by, attempts, exitCode, failedMs, retry }: SetAside): string[] {
  const tries = `${attempts} ${attempts === 1 ? 'try' : 'tries'}`;
  const asked = retry && `, asked to be run again by ${toWord(retry.by)} ${new Date(retry.askedMs).toISOString()}`;
  return [
    id,
    new Date(Number(message.timeNs / 1_000_000n)).toISOString(),
    toWord(sender ?? shortenKey(message.publicKey)),
    toWord(message.verb),
    toWord(showUuid(message.uuid)),
    toWord(by),
    `exit ${exitCode} after ${tries}, set aside ${new Date(failedMs).toISOString()}${asked ?? ''}`,
    escapeBytes(message.payload),
  ];
}

/** What is only claimed has a question mark. */
function toSender({ sender, message, verdict }: HistoryEntry): string {
  if (message === undefined) return '-';
  return `${toWord(sender ?? shortenKey(message.publicKey))}${verdict === 'forged' ? '?' : ''}`;
}

function toVerdict({ verdict, isCopy, isOffTime, storedMs, message }: HistoryEntry): string {
  const offMs = storedMs - Number(message?.timeNs ?? 0n) / 1e6;
  const off = `signed ${formatMs(Math.abs(offMs))} ${offMs > 0 ? 'before' : 'after'}`;
  return [VERDICTS[verdict], ...(isCopy ? ['copy'] : []), ...(isOffTime ? [off] : [])].join(', ');
}

function showUuid(hex: string): string {
  const text = Buffer.from(hex, 'hex').toString('latin1');
  return /^[\x21-\x7e]+$/.test(text) ? text : hex;
}

/** A field without spaces, which part the columns; never empty. */
function toWord(text: string | undefined): string {
  if (text === undefined || text === '') return '-';
  const cut = text.length > MAX_FIELD ? `${text.slice(0, MAX_FIELD)}…` : text;
  return escapeText(cut).replaceAll(' ', '\\x20');
}

/** Bytes on one line: text as it is, what is none in hex. */
function escapeBytes(bytes: Uint8Array): string {
  const text = decodeUtf8(bytes);
  if (text !== undefined) return escapeText(text);
  return Array.from(bytes, (byte) => (byte < 0x80 ? escapeText(String.fromCharCode(byte)) : toEscape(byte))).join('');
}

/** Also the backslash, so that what is escaped cannot be taken for what was sent. */
function escapeText(text: string): string {
  return text.replace(/[\\\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}]/gu, (character) => {
    if (character === '\\') return '\\\\';
    if (character === '\n') return '\\n';
    if (character === '\t') return '\\t';
    const code = character.codePointAt(0) ?? 0;
    return code < 0x100 ? toEscape(code) : `\\u{${code.toString(16)}}`;
  });
}

function toEscape(byte: number): string {
  return `\\x${byte.toString(16).padStart(2, '0')}`;
}
