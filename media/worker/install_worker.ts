/**
 * Puts the kept worker where the npm package looks for it, so that a media handler started by hand finds it without
 * any setting. The file changes in one step; nothing is done when it is already this one.
 */
export async function installWorker(file: string, packageFolder: string, key: string): Promise<void> {
  const folder = `${packageFolder}/worker/out/Release`;
  const marker = `${folder}/mediasoup-worker.key`;
  const target = `${folder}/mediasoup-worker`;
  if (await read(marker) === key && await exists(target)) return;
  await Deno.mkdir(folder, { recursive: true });
  const fresh = `${target}.${crypto.randomUUID()}`;
  await Deno.copyFile(file, fresh);
  await Deno.rename(fresh, target);
  await Deno.writeTextFile(marker, key);
}

async function read(file: string): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(file);
  } catch {
    return undefined;
  }
}

async function exists(file: string): Promise<boolean> {
  try {
    return (await Deno.stat(file)).isFile;
  } catch {
    return false;
  }
}
