import { StartError } from "../../shared/service/start_error.ts";

/** In the data folder: what AC was told as `DT_ISSUER`, for the operator's commands. */
export function issuerFile(dataDir: string): string {
  return `${dataDir}/issuer`;
}

/**
 * Makes the folder that holds AC's database, for its user alone, and leaves there under which address browsers know it.
 *
 * @throws {StartError} if it can't be made or written
 */
export async function prepareDataDir(path: string, issuer: string): Promise<void> {
  try {
    await Deno.mkdir(path, { recursive: true, mode: 0o700 });
    await Deno.writeTextFile(issuerFile(path), issuer);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : "unknown reason";
    throw new StartError(`the folder ${path} (DT_DATA_DIR) can't be used: ${reason}`, { cause });
  }
}
