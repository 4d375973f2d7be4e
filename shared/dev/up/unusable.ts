/** What `up` says of a data folder that it, or a service, can't do its work in. */
export function unusable(dataDir: string, error: unknown): string {
  const [reason] = (error instanceof Error ? error.message : String(error)).split("\n", 1);
  return `DT_DATA_DIR is "${dataDir}", which can't be used: ${reason}`;
}
