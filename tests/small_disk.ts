/** A disk of 16 MiB of its own. */
export interface SmallDisk {
  readonly path: string;
  /** Writes a file until the disk is full. */
  fill(): Promise<void>;
  /** Takes that file away. */
  empty(): Promise<void>;
}

/**
 * Mounts a disk for a test and unmounts it afterwards.
 *
 * @throws {Error} where mounting isn't permitted: such a test can't show anything then
 */
export async function withSmallDisk(test: (disk: SmallDisk) => Promise<void>): Promise<void> {
  const path = await Deno.makeTempDir({ prefix: "dark-tower-disk-" });
  await run("mount", ["-t", "tmpfs", "-o", "size=16m,mode=0700", "tmpfs", path]);
  const ballast = `${path}/ballast`;
  try {
    await test({
      path,
      async fill() {
        using file = await Deno.open(ballast, { create: true, append: true });
        // Ever smaller pieces, so that not even a page is left.
        for (const bytes of [1 << 20, 4_096, 1]) await fillWith(file, new Uint8Array(bytes));
      },
      empty: () => Deno.remove(ballast),
    });
  } finally {
    await run("umount", ["--lazy", path]);
    await Deno.remove(path);
  }
}

async function fillWith(file: Deno.FsFile, piece: Uint8Array<ArrayBuffer>): Promise<void> {
  try {
    while (true) await file.write(piece);
  } catch (error) {
    if (!(error instanceof Error) || !error.message.includes("os error 28")) throw error;
  }
}

async function run(command: string, args: readonly string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(command, { args: [...args] }).output();
  if (success) return;
  const reason = new TextDecoder().decode(stderr).trim();
  throw new Error(`This test needs a disk of its own, and "${command}" failed (it takes root): ${reason}`);
}
