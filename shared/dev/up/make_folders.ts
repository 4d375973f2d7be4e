/** What SQLite keeps of a database. */
const DATABASE_FILE = /\.db(-wal|-shm)?$/;

/**
 * Makes these folders where they are missing. Answers why the services could not write in one of them, as the system
 * says it with the path; nothing when they can. They would find out by themselves, each in its own words and late.
 */
export async function makeFolders(folders: readonly string[]): Promise<string | undefined> {
  try {
    for (const folder of folders) {
      await Deno.mkdir(folder, { recursive: true, mode: 0o700 });
      const trial = `${folder}/.trial`;
      (await Deno.open(trial, { create: true, write: true, mode: 0o600 })).close();
      await Deno.remove(trial);
      for await (const { name } of Deno.readDir(folder)) {
        if (!DATABASE_FILE.test(name)) continue;
        using _opened = await Deno.open(`${folder}/${name}`, { read: true, write: true });
      }
    }
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
