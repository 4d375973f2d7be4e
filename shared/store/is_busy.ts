/** Whether a query failed because another process held the database for longer than the busy timeout. */
export function isBusy(error: unknown): boolean {
  return error instanceof Error && "errcode" in error && (error.errcode === 5 || error.errcode === 261);
}
