// What somebody without the key can do to a message on its way.

import bs58 from 'bs58';

/** The order of the group that ed25519 signatures are made in (RFC 8032 §5.1). */
const GROUP_ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;

/** A message with another text in one of its eight fields, counted from 0, under its old signature. */
export function alterField(message: Uint8Array, field: number, value: string): Buffer {
  const fields = Buffer.from(message).toString('latin1').split(',');
  fields[field] = value;
  return Buffer.from(fields.join(','), 'latin1');
}

/** The same message with S + L for the S of its signature: other bytes, which careless verifiers take as well. */
export function raiseSignature(message: Uint8Array): Buffer {
  const signature = bs58.decode(Buffer.from(message).toString('latin1').split(',')[1] as string);
  let s = BigInt(`0x${Buffer.from(signature.subarray(32).toReversed()).toString('hex')}`) + GROUP_ORDER;
  for (let i = 32; i < 64; i++) {
    signature[i] = Number(s & 0xffn);
    s >>= 8n;
  }
  return alterField(message, 1, bs58.encode(signature));
}
