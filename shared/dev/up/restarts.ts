import type { ServiceProcess } from "../services.ts";

const MOST_QUICK_DEATHS = 8;

/** Decides whether a process that died is started again; told how many quick deaths in a row this was the last of. */
export type Restarts = (process: Pick<ServiceProcess, "name" | "readyUrl">, quickDeaths: number) => boolean;

/** One that doesn't stay alive is given up, and so all of them, once that is true of each that answers at its address. */
export function restarts(processes: readonly Pick<ServiceProcess, "name" | "readyUrl">[]): Restarts {
  const hopeless = new Set<string>();
  return ({ name, readyUrl }, quickDeaths) => {
    if (quickDeaths < MOST_QUICK_DEATHS) hopeless.delete(name);
    else hopeless.add(name);
    return processes.some((other) => other.readyUrl === readyUrl && !hopeless.has(other.name));
  };
}
