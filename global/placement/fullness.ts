/** How full a process is, 0 and up, by whatever of it is the fullest. */
export function fullness(
  used: Readonly<Record<string, number>>,
  capacity: Readonly<Record<string, number>>,
): number {
  const shares = Object.entries(capacity).flatMap(([name, most]) => {
    const now = used[name];
    if (now === undefined || now === 0) return [];
    return [most > 0 ? now / most : Number.MAX_SAFE_INTEGER];
  });
  return Math.max(0, ...shares);
}
