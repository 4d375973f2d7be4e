/** The text of a file; nothing when there is none. */
export async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(file);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** A new file that only its owner may read; never over an existing one. */
export async function writePrivate(file: string, content: string): Promise<void> {
  await Deno.writeTextFile(file, content, { createNew: true, mode: 0o600 });
}
