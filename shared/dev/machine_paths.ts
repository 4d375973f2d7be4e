import type { MachinePaths } from "./plan.ts";

/** Looks up what the flags name, in an installed checkout. */
export async function machinePaths(root: string, workerFile: string): Promise<MachinePaths> {
  const argon2 = await Deno.realPath(`${root}/node_modules/@node-rs/argon2`);
  const scope = argon2.slice(0, argon2.lastIndexOf("/"));
  const argon2Folders: string[] = [];
  for await (const entry of Deno.readDir(scope)) {
    if (entry.name.startsWith("argon2-")) argon2Folders.push(await Deno.realPath(`${scope}/${entry.name}`));
  }
  return {
    workerFile,
    mediasoupFolder: await Deno.realPath(`${root}/node_modules/mediasoup`),
    argon2Folders: argon2Folders.sort(),
  };
}
