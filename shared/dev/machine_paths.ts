import type { MachinePaths } from "./plan.ts";

/** Looks up what the flags name, in an installed checkout. */
export async function machinePaths(root: string, workerFile: string): Promise<MachinePaths> {
  return {
    workerFile,
    mediasoupFolder: await mediasoupFolder(root),
    argon2Folders: await argon2Folders(root),
  };
}

/** The npm package `mediasoup`, links resolved. */
export async function mediasoupFolder(root: string): Promise<string> {
  return await Deno.realPath(`${root}/node_modules/mediasoup`);
}

/** The folders with the argon2 library for this machine, links resolved. */
export async function argon2Folders(root: string): Promise<string[]> {
  const argon2 = await Deno.realPath(`${root}/node_modules/@node-rs/argon2`);
  const scope = argon2.slice(0, argon2.lastIndexOf("/"));
  const folders: string[] = [];
  for await (const entry of Deno.readDir(scope)) {
    if (entry.name.startsWith("argon2-")) folders.push(await Deno.realPath(`${scope}/${entry.name}`));
  }
  return folders.sort();
}
