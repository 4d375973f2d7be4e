/** The text of a file; nothing when there is none. */
export async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(file);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/**
 * Writes a file that only its owner may read, in one step: a crash, or a power cut, leaves the file of before or the new one,
 * and none without its content.
 */
export async function writePrivate(file: string, content: string): Promise<void> {
  const fresh = `${file}.new`;
  {
    using opened = await Deno.open(fresh, { write: true, create: true, truncate: true, mode: 0o600 });
    let rest = new TextEncoder().encode(content);
    while (rest.length > 0) rest = rest.subarray(await opened.write(rest));
    await opened.sync();
  }
  await Deno.rename(fresh, file);
}
