/** Whole numbers in the one way to write them, none that would lose a digit. */
const NUMBER = /^(?:0|[1-9][0-9]{0,14})$/;

/**
 * Reads `<prefix>,<kind>,<number>…,<subject>`.
 *
 * @returns the kind and the numbers; undefined when the text is not of this form, for this subject
 */
export function readFields(text: string, prefix: string, subject: string): [string, number[]] | undefined {
  const head = `${prefix},`;
  const tail = `,${subject}`;
  if (!text.startsWith(head) || !text.endsWith(tail) || text.length < head.length + tail.length) return undefined;
  const [kind = '', ...numbers] = text.slice(head.length, -tail.length).split(',');
  return numbers.every((number) => NUMBER.test(number)) ? [kind, numbers.map(Number)] : undefined;
}
