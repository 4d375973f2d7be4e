import { compressFiles } from "./compress_files.ts";
import { type CommandResult, runCommand } from "./run_command.ts";
import { filesBelow, stampMatches, stampOf } from "./stamp.ts";

/** The folders of `shared/` that the page and the SDK are made of. */
export const SHARED_SOURCES = ["actor", "client", "protocol"] as const;

export interface WebBuildOptions {
  readonly signal?: AbortSignal;
  /** For development: the page's sources beside it, so that a browser's debugger shows them. */
  readonly sourceMap?: boolean;
}

/**
 * Bundles `global/web/main.tsx`, `global/web/style.css` and the SDK (`sdk.js`) into `global/web/dist/` and copies
 * `global/web/static/` beside them, compressed as well unless the sources are there. The new folder is made aside and takes
 * the old one's place when it is complete.
 */
export async function bundleWebPage(root: string, options: WebBuildOptions = {}): Promise<CommandResult> {
  const { signal, sourceMap = false } = options;
  const dist = distFolder(root);
  const stamp = await webPageStamp(root);
  const fresh = `${root}/global/web/.dist-${crypto.randomUUID()}`;
  try {
    await Deno.mkdir(fresh);
    for (const file of await filesBelow(`${root}/global/web/static`)) {
      const target = fresh + file.slice(`${root}/global/web/static`.length);
      await Deno.mkdir(target.slice(0, target.lastIndexOf("/")), { recursive: true });
      await Deno.copyFile(file, target);
    }
    const bundle = (...args: string[]) =>
      runCommand(Deno.execPath(), {
        args: [
          "bundle",
          "--quiet",
          "--platform",
          "browser",
          "--minify",
          ...sourceMap ? ["--sourcemap=linked"] : [],
          ...args,
        ],
        cwd: root,
        env: { NO_COLOR: "1" },
        ...signal === undefined ? {} : { signal },
      });
    const results = await Promise.all([
      bundle("--outdir", fresh, `${root}/global/web/main.tsx`, `${root}/global/web/style.css`),
      bundle("--output", `${fresh}/sdk.js`, `${root}/shared/client/sdk.ts`),
    ]);
    const result = results.find(({ success }) => !success) ?? results[0];
    if (!result.success) return result;
    if (!sourceMap) await compressFiles(await filesBelow(fresh));
    await Deno.writeTextFile(`${fresh}/.stamp`, stamp);
    await Deno.remove(dist, { recursive: true }).catch(ignoreNotFound);
    await Deno.rename(fresh, dist);
    return result;
  } finally {
    await Deno.remove(fresh, { recursive: true }).catch(ignoreNotFound);
  }
}

/** Whether the bundle was made from the files as they are now. */
export async function webPageIsFresh(root: string): Promise<boolean> {
  return await stampMatches(`${distFolder(root)}/.stamp`, await webPageStamp(root));
}

function distFolder(root: string): string {
  return `${root}/global/web/dist`;
}

/** The page's own files, everything of `shared/` that it may import, and what makes the bundle of them. */
async function webPageStamp(root: string): Promise<string> {
  const web = (await filesBelow(`${root}/global/web`)).filter((file) =>
    !/\/web\/(dist|\.dist-[^/]*)\//.test(file)
  );
  const shared = await Promise.all(
    SHARED_SOURCES.map((folder) => filesBelow(`${root}/shared/${folder}`)),
  );
  const makers = ["deno.json", "deno.lock", "shared/dev/web_build.ts", "shared/dev/compress_files.ts"];
  return await stampOf([...web, ...shared.flat(), ...makers.map((file) => `${root}/${file}`)]);
}

function ignoreNotFound(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}

if (import.meta.main) {
  const root = await Deno.realPath(`${import.meta.dirname}/../..`);
  const result = await bundleWebPage(root, { sourceMap: Deno.args.includes("--source-map") });
  if (!result.success) {
    await Deno.stderr.write(new TextEncoder().encode(`${result.lines.join("\n")}\n`));
    Deno.exit(1);
  }
}
