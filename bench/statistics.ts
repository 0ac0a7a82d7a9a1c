/** Several measurements of the same thing, in its unit. */
export interface Summary {
  median: number;
  minimum: number;
  maximum: number;
}

/**
 * The value in the middle; of an even number of them the mean of the two.
 *
 * @throws RangeError when there is none
 */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('expected at least one value, got none');
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)] as number;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] as number;
  return (lower + upper) / 2;
}

/**
 * Median, minimum and maximum.
 *
 * @throws RangeError when there is no value
 */
export function summarize(values: readonly number[]): Summary {
  return { median: median(values), minimum: Math.min(...values), maximum: Math.max(...values) };
}
