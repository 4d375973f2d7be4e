const deploy = new URL("../../../deploy/", import.meta.url).pathname;

export interface Secrets {
  readonly folder: string;
  write(name: string, value: string): Promise<void>;
  remove(): Promise<void>;
}

/** The secrets that `make_secrets.sh` makes. */
export async function makeSecrets(): Promise<Secrets> {
  const parent = await Deno.makeTempDir({ prefix: "dark-tower-secrets-" });
  const folder = `${parent}/secrets`;
  const { success, stderr } = await new Deno.Command("sh", {
    args: [`${deploy}make_secrets.sh`, folder, "operator@example.org"],
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return {
    folder,
    write: (name, value) => Deno.writeTextFile(`${folder}/${name}`, `${value}\n`),
    remove: () => Deno.remove(parent, { recursive: true }),
  };
}

/** Puts secrets into a folder as Kubernetes does: links by way of `..data`, which a change replaces at once. */
export async function mountSecrets(from: string, names: readonly string[], to: string): Promise<void> {
  await Deno.mkdir(`${to}/..2026_01`);
  await Deno.symlink("..2026_01", `${to}/..data`);
  for (const name of names) {
    await Deno.copyFile(`${from}/${name}`, `${to}/..2026_01/${name}`);
    await Deno.symlink(`..data/${name}`, `${to}/${name}`);
  }
}
