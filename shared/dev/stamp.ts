/**
 * A stamp says from which inputs a result was made, so that nothing is made twice. It is the SHA-256 of the names
 * and contents of files; a file that is missing counts too.
 */
export async function stampOf(files: readonly string[]): Promise<string> {
  const encoder = new TextEncoder();
  const parts: Uint8Array<ArrayBuffer>[] = [];
  for (const file of files) {
    const content = await readOrNothing(file);
    parts.push(encoder.encode(`${file}\0${content?.length ?? "absent"}\0`), content ?? new Uint8Array());
  }
  return new Uint8Array(await crypto.subtle.digest("SHA-256", await new Blob(parts).arrayBuffer())).toHex();
}

/** Whether the stamp file holds this stamp. */
export async function stampMatches(stampFile: string, stamp: string): Promise<boolean> {
  const content = await readOrNothing(stampFile);
  return content !== undefined && new TextDecoder().decode(content) === stamp;
}

/** Every file below a folder, sorted; none when there is no such folder. */
export async function filesBelow(folder: string): Promise<string[]> {
  const files: string[] = [];
  try {
    for await (const entry of Deno.readDir(folder)) {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory) files.push(...await filesBelow(path));
      else files.push(path);
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return files.sort();
}

async function readOrNothing(file: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
  try {
    return await Deno.readFile(file);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.IsADirectory) return undefined;
    throw error;
  }
}
