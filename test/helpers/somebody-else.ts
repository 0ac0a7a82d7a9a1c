/** Does something as a user without privileges: the superuser may read everything. */
export async function asSomebodyElse<T>(act: () => Promise<T>): Promise<T> {
  const NOBODY = 65534;
  const user = process.geteuid?.();
  if (user === 0) process.seteuid?.(NOBODY);
  try {
    return await act();
  } finally {
    if (user === 0) process.seteuid?.(user);
  }
}
