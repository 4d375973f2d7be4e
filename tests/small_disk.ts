/** A disk of 16 MiB of its own. */
export interface SmallDisk {
  readonly path: string;
  /** Writes a file until the disk is full. May be called again, for what was freed meanwhile. */
  fill(): Promise<void>;
  /** Takes that file away. */
  empty(): Promise<void>;
}

/** `ext4` in a file takes longer to make, and has a journal and blocks as a machine's own disk has. */
export type FileSystem = "tmpfs" | "ext4";

/**
 * Mounts a disk for a test and unmounts it afterwards.
 *
 * @throws {Error} where mounting isn't permitted: such a test can't show anything then
 */
export async function withSmallDisk<T>(
  test: (disk: SmallDisk) => Promise<T>,
  kind: FileSystem = "tmpfs",
): Promise<T> {
  const path = await Deno.makeTempDir({ prefix: "dark-tower-disk-" });
  const image = `${path}.ext4`;
  if (kind === "tmpfs") await run("mount", ["-t", "tmpfs", "-o", "size=16m,mode=0700", "tmpfs", path]);
  else {
    await run("truncate", ["--size", "16M", image]);
    // Nothing is kept for root, who runs the test.
    await run("mkfs.ext4", ["-q", "-m", "0", image]);
    await run("mount", ["-o", "loop", image, path]);
  }
  const ballast = `${path}/ballast`;
  try {
    return await test({
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
    if (kind === "ext4") await Deno.remove(image);
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
