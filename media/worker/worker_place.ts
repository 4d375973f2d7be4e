/** The place of the kept worker of this mediasoup version and this recipe, outside any checkout. */
export interface WorkerPlace {
  /** `<mediasoup version>-<hash of the recipe>` */
  readonly key: string;
  readonly folder: string;
  readonly file: string;
  /** Held by the one set-up that downloads or builds. */
  readonly lockFile: string;
}

/** The parts of the machine that decide the place. */
export interface WorkerPlaceOptions {
  readonly packageFolder: string;
  readonly recipeFolder: string;
  readonly home: string | undefined;
  readonly cacheHome: string | undefined;
}

/** Works out the place; throws when the npm package `mediasoup` is not installed. */
export async function workerPlace(options: WorkerPlaceOptions): Promise<WorkerPlace> {
  const version = await packageVersion(options.packageFolder);
  const key = `${version}-${(await hashFolder(options.recipeFolder)).slice(0, 16)}`;
  const base = options.cacheHome ?? `${options.home ?? "/tmp"}/.cache`;
  const folder = `${base}/dark-tower/mediasoup-worker/${key}`;
  return { key, folder, file: `${folder}/mediasoup-worker`, lockFile: `${folder}.lock` };
}

/** The version in the folder's `package.json`. */
export async function packageVersion(folder: string): Promise<string> {
  const manifest: unknown = JSON.parse(await Deno.readTextFile(`${folder}/package.json`));
  if (typeof manifest === "object" && manifest !== null && "version" in manifest) {
    if (typeof manifest.version === "string") return manifest.version;
  }
  throw new Error(`${folder}/package.json names no version`);
}

/** SHA-256 over the names and contents of every file but the README, in the order of the names. */
async function hashFolder(folder: string): Promise<string> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  const encoder = new TextEncoder();
  for (const name of (await filesIn(folder, "")).sort()) {
    if (name === "README.md") continue;
    const content = await Deno.readFile(`${folder}/${name}`);
    parts.push(encoder.encode(`${name}\0${content.length}\0`), content);
  }
  return new Uint8Array(await crypto.subtle.digest("SHA-256", await new Blob(parts).arrayBuffer())).toHex();
}

async function filesIn(folder: string, prefix: string): Promise<string[]> {
  const names: string[] = [];
  for await (const entry of Deno.readDir(`${folder}/${prefix}`)) {
    const name = prefix + entry.name;
    if (entry.isDirectory) names.push(...await filesIn(folder, `${name}/`));
    else names.push(name);
  }
  return names;
}
