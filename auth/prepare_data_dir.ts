import { StartError } from "../shared/config/mod.ts";

/**
 * Makes the folder that holds AC's database, for its user alone.
 *
 * @throws {StartError} if it can't be made
 */
export async function prepareDataDir(path: string): Promise<void> {
  try {
    await Deno.mkdir(path, { recursive: true, mode: 0o700 });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : "unknown reason";
    throw new StartError(`the folder ${path} (DT_DATA_DIR) can't be used: ${reason}`, { cause });
  }
}
