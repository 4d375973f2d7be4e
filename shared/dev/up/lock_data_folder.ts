import type { Parsed } from "../../config/parsed.ts";
import { unusable } from "./unusable.ts";

/**
 * Makes the data folder and claims it for this process, which holds it until it ends. Two that start services on the
 * same databases would take each other's meetings for their own.
 */
export async function lockDataFolder(dataDir: string): Promise<Parsed<Deno.FsFile>> {
  try {
    await Deno.mkdir(dataDir, { recursive: true, mode: 0o700 });
    const file = await Deno.open(`${dataDir}/up.lock`, { create: true, write: true, mode: 0o600 });
    if (await file.tryLock(true)) return { ok: true, value: file };
    file.close();
    return { ok: false, message: `another up runs with ${dataDir}; DT_DATA_DIR chooses another folder` };
  } catch (error) {
    return { ok: false, message: unusable(dataDir, error) };
  }
}
