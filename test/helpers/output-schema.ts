// What the program prints with --json, held against the schema that the documentation gives.

import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';

const schema = JSON.parse(readFileSync(new URL('../../docs/output.schema.json', import.meta.url), 'utf8'));
const ajv = new Ajv2020({ allErrors: true, strict: true, strictRequired: false, allowUnionTypes: true });

/** Validates one record. */
export const isRecord = ajv.compile(schema);

/** A line of output, as its fields. */
export type OutputRecord = Record<string, unknown> & { type: string };

/** The records on one of the program's outputs; a line that is not JSON, or not as the schema has it, fails the test. */
export function readRecords(output: string): OutputRecord[] {
  if (output !== '' && !output.endsWith('\n')) throw new Error('the last line does not end');
  return output
    .split('\n')
    .slice(0, -1)
    .map((line) => {
      const record = JSON.parse(line);
      if (!isRecord(record)) throw new Error(`${line}\n${ajv.errorsText(isRecord.errors)}`);
      return record as OutputRecord;
    });
}
