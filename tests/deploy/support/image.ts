import { superviseCommand } from "../../dev/supervised.ts";
import type { Supervised } from "../../dev/supervised.ts";
import { type Stage, stagesOf } from "./dockerfile.ts";
import type { ServiceName } from "../../../shared/dev/service_names.ts";

const checkout = new URL("../../../", import.meta.url).pathname.replace(/\/$/, "");

/** The folders of an image, made as its Dockerfile says but for Debian's packages, which are this machine's. */
export interface Image extends AsyncDisposable {
  readonly stage: Stage;
  /** The folder that is the image's root. */
  readonly root: string;
  /** The volume at `/data`, which the image's user may write. */
  readonly data: string;
  /** What is mounted at `/run/secrets`. */
  readonly secrets: string;
  /** Starts the image's entry point with the variables that a container would be given. */
  start(env: Readonly<Record<string, string>>, args?: readonly string[]): Supervised;
  /** Runs the image's health check beside it. */
  isHealthy(env: Readonly<Record<string, string>>): Promise<boolean>;
}

/** The stages of the project's Dockerfile. */
export async function dockerfile(): Promise<ReadonlyMap<string, Stage>> {
  return stagesOf(await Deno.readTextFile(`${checkout}/Dockerfile`));
}

/** Makes the folders that the image of a service has; `mediasoupWorker` is the program that its stage would build. */
export async function makeImage(service: ServiceName, mediasoupWorker?: string): Promise<Image> {
  const stages = await dockerfile();
  const stage = stages.get(service);
  const trees = stages.get("trees");
  if (stage === undefined || trees === undefined) throw new Error(`the Dockerfile has no ${service}`);
  const folder = await Deno.makeTempDir({ prefix: "dark-tower-image-" });
  await Deno.chmod(folder, 0o755);
  const root = `${folder}/root`;
  const [data, secrets] = [`${folder}/data`, `${folder}/secrets`];
  const tree = `/trees/${service}`;
  for (const name of [...EMPTY, "app", "deno", "data", "run/secrets"]) {
    await Deno.mkdir(`${root}/${name}`, { recursive: true });
  }
  for (const link of ["bin", "lib", "lib64", "sbin"]) await Deno.symlink(`usr/${link}`, `${root}/${link}`);
  for (const mounted of [data, secrets]) await Deno.mkdir(mounted);
  const write = trees.run.find((line) => line.endsWith(` ${tree}`));
  await shell(`${write?.replaceAll(tree, `${root}/app`).replaceAll("/trees", root)}`, checkout);
  const programs: [file: string, name: string][] = [[Deno.execPath(), "deno"]];
  for (const { from, to } of stage.copies) {
    if (from === "worker") programs.push([mediasoupWorker ?? "", to.replace("/usr/local/bin/", "")]);
  }
  const own = stage.run.find((line) => line.startsWith("deno cache "));
  const cached = inRoot({
    root,
    data,
    secrets,
    programs,
    writable: true,
    user: "0:0",
    env: stage.env,
    workdir: stage.workdir,
  });
  await finished(cached(["sh", "-c", `${own}`]));
  await shell(`chown ${stage.user} ${data}`, "/");
  const run = (env: Readonly<Record<string, string>>) =>
    inRoot({
      root,
      data,
      secrets,
      programs,
      writable: false,
      user: stage.user,
      // A container has these too.
      env: { HOSTNAME: "container", ...stage.env, ...env },
      workdir: stage.workdir,
    });
  return {
    stage,
    root,
    data,
    secrets,
    start: (env, args = []) => superviseCommand(...run(env)([...stage.entrypoint, ...args])),
    isHealthy: async (env) => {
      const [program, options] = run(env)(stage.healthcheck);
      const { success } = await new Deno.Command(program, { ...options, stdout: "null", stderr: "null" })
        .output();
      return success;
    },
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

const EMPTY = ["usr", "etc", "proc", "dev", "tmp"];

interface Running {
  readonly root: string;
  readonly data: string;
  readonly secrets: string;
  readonly programs: readonly (readonly [file: string, name: string])[];
  /** Whether the root may be written, as while an image is made. */
  readonly writable: boolean;
  readonly user: string;
  readonly env: Readonly<Record<string, string>>;
  readonly workdir: string;
}

/** A program of its own view of the file system: the image's folders over this machine's `/usr` and `/etc`. */
function inRoot({ root, data, secrets, programs, writable, user, env, workdir }: Running) {
  const script = [
    "set -e",
    `mount --bind ${root} ${root}`,
    ...["usr", "etc"].map((name) => `mount --bind -o ro /${name} ${root}/${name}`),
    ...["proc", "dev"].map((name) => `mount --rbind /${name} ${root}/${name}`),
    `mount -t tmpfs none ${root}/usr/local/bin`,
    ...programs.map(([file, name]) =>
      `touch ${root}/usr/local/bin/${name} && mount --bind ${file} ${root}/usr/local/bin/${name}`
    ),
    `mount --bind ${data} ${root}/data`,
    `mount --bind -o ro ${secrets} ${root}/run/secrets`,
    `mount -t tmpfs none ${root}/tmp`,
    ...(writable ? [] : [`mount -o remount,bind,ro ${root}`]),
    `exec chroot --userspec=${user} ${root} sh -c 'cd ${workdir} && exec "$@"' sh "$@"`,
  ].join("\n");
  return (command: readonly string[]): [program: string, options: Deno.CommandOptions] => ["unshare", {
    args: ["--mount", "--propagation", "private", "sh", "-c", script, "sh", ...command],
    clearEnv: true,
    env: { PATH: "/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", ...env },
  }];
}

async function finished([program, options]: [string, Deno.CommandOptions]): Promise<void> {
  const { success, stderr } = await new Deno.Command(program, options).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
}

async function shell(line: string, cwd: string): Promise<void> {
  await finished(["sh", { args: ["-ec", line], cwd }]);
}
