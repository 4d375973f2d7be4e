const fileIn = (dataDir: string) => `${dataDir}/running.lock`;

/**
 * Holds a service's data folder until this process ends or the file is closed, beside others that hold it. What can't be
 * written is not held: nobody changes anything there.
 */
export async function holdFolder(dataDir: string): Promise<Deno.FsFile | undefined> {
  try {
    const file = await Deno.open(fileIn(dataDir), { create: true, write: true, mode: 0o600 });
    await file.lock(false);
    return file;
  } catch {
    return undefined;
  }
}

/** Whether a process holds a data folder. One in which nothing can be opened is held by nobody. */
export async function isFolderHeld(dataDir: string): Promise<boolean> {
  try {
    using file = await Deno.open(fileIn(dataDir), { write: true });
    return !await file.tryLock(true);
  } catch {
    return false;
  }
}
