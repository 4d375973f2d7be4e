import { readIfThere, writePrivate } from "./private_file.ts";
import { randomSecret } from "./random_secret.ts";

interface MasterKeyOptions {
  readonly dataDir: string;
  /** Whether there is a database, whose signing keys are sealed with the master key. */
  readonly hasDatabase: boolean;
  readonly random: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>;
}

/** The file that `up` keeps AC's master key in. */
function masterKeyFile(dataDir: string): string {
  return `${dataDir}/auth/master.key`;
}

/** Makes the master key where nothing needs an earlier one. Answers in one line what is wrong with it, if anything. */
export async function prepareMasterKey(options: MasterKeyOptions): Promise<string | undefined> {
  const { dataDir, hasDatabase, random } = options;
  const file = masterKeyFile(dataDir);
  const text = await readIfThere(file);
  if (text !== undefined) {
    if (isKey(text.trim())) return undefined;
    const remedy = hasDatabase ? startAnew(dataDir) : "or remove it to have one made";
    return `the master key ${file} is damaged: it must be base64 of 32 random bytes; put a copy back, ${remedy}`;
  }
  if (!hasDatabase) {
    await writePrivate(file, `${randomSecret(random, "base64")}\n`);
    return undefined;
  }
  const needs = `${dataDir}/auth/auth.db can't be used without it`;
  return `the master key ${file} is missing, and ${needs}; put a copy back, ${startAnew(dataDir)}`;
}

/**
 * A line for whoever ran `up`: AC names the setting that its master key comes by, which `up` made. As the key has its
 * right form by then, it is the wrong one.
 */
export function inTermsOfTheFile(line: string, dataDir: string): string {
  if (!/^auth: DT_MASTER_KEY\b/.test(line)) return line;
  return `up: the master key ${masterKeyFile(dataDir)} is not the one that the database's signing keys are ` +
    `sealed with; put a copy of that one back, name it by DT_MASTER_KEY_PREVIOUS_FILE, ${startAnew(dataDir)}`;
}

function startAnew(dataDir: string): string {
  return `or choose another DT_DATA_DIR than ${dataDir} to start anew`;
}

function isKey(text: string): boolean {
  try {
    return Uint8Array.fromBase64(text).length === 32;
  } catch {
    return false;
  }
}
