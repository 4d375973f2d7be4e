import { type AptMachine, installPackages } from "./apt.ts";
import type { Step } from "./step.ts";

/** Debian's packages that tests start in folders and on ports of their own, each with a program of it. */
const SERVERS: Readonly<Record<string, string>> = {
  "redis-server": "/usr/bin/redis-server",
  "postgresql": "/usr/bin/pg_ctlcluster",
  "nginx-light": "/usr/sbin/nginx",
  "caddy": "/usr/bin/caddy",
  "prometheus": "/usr/bin/promtool",
  "openssl": "/usr/bin/openssl",
};

/** Sees to the servers that tests start. */
export function testServers(apt: AptMachine): Step {
  const missing = () => Object.keys(SERVERS).filter((name) => !isFile(SERVERS[name] ?? ""));
  return {
    name: "servers for the tests",
    present: () => Promise.resolve(missing().length === 0),
    run: (progress, signal) => installPackages(missing(), apt, progress, signal),
  };
}

function isFile(file: string): boolean {
  try {
    return Deno.statSync(file).isFile;
  } catch {
    return false;
  }
}
