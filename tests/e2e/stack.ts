import { ready, startUp, upPlace } from "../dev/running_up.ts";

/** The four services on this machine, started as a person would start them. */
export interface Stack extends AsyncDisposable {
  /** Where the page is. */
  origin: string;
  /** The process of `up`, whose children the services are. */
  pid: number;
  /** The folder of its databases and secrets. */
  dataDir: string;
}

/** Starts `up` on free ports with a data folder of its own, with the settings given on top. */
export async function startStack(env: Record<string, string> = {}): Promise<Stack> {
  const place = await upPlace();
  const up = await startUp(place, env);
  await ready(up);
  return {
    origin: `http://localhost:${place.port}`,
    pid: up.pid,
    dataDir: place.dataDir,
    async [Symbol.asyncDispose]() {
      up.kill("SIGTERM");
      await up.exitCode;
      await up[Symbol.asyncDispose]();
      await Deno.remove(place.dataDir, { recursive: true });
    },
  };
}
