/** Whether each can stand in a list of verbs: white space, commas, brackets and control characters would end it. */
export function isVerbList(verbs: readonly string[]): boolean {
  return !verbs.some((verb) => verb === '' || /[\s,[\]\0-\x1f\x7f-\x9f]/.test(verb));
}
