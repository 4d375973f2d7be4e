import type { TlsFiles } from "./up/self_signed.ts";

/** How many of what runs where: everything that decides ports, flags and environments of the services. */
export interface Plan {
  /** The checkout. */
  readonly root: string;
  /** Absolute, without a slash at its end. */
  readonly dataDir: string;
  readonly port: number;
  /** The address to listen on. */
  readonly host: string;
  /** What browsers reach. */
  readonly publicHost: string;
  /** The page's address, without a slash at its end. */
  readonly publicUrl: string;
  /** Where the certificate is with which GC and the shards serve; absent without TLS. */
  readonly tls?: TlsFiles;
  readonly rtcPort: number;
  readonly shards: number;
  readonly sfuWorkers: number;
  readonly handlers: number;
  /** The region of each handler, one after another; those behind the last have none of their own. */
  readonly handlerRegions?: readonly string[];
  readonly controllers: number;
  /** Processes of AC behind its one port. */
  readonly authControllers: number;
}

/** Files and folders of this machine that flags name. */
export interface MachinePaths {
  readonly workerFile: string;
  /** The npm package `mediasoup`, links resolved. */
  readonly mediasoupFolder: string;
  /** The folders with the argon2 library, links resolved. */
  readonly argon2Folders: readonly string[];
}

/** The distance between the ports of the first and the second media handler, or meeting controller. */
export const NEXT_PROCESS = 100;

/** Ports of the plan, by what listens on them. Handlers and controllers count from 0. */
export const ports = {
  global: (plan: Plan) => plan.port,
  auth: (plan: Plan) => plan.port + 1,
  media: (plan: Plan, handler: number) => plan.port + 2 + handler * NEXT_PROCESS,
  meeting: (plan: Plan, controller: number) => plan.port + 3 + controller * NEXT_PROCESS,
  shards: (plan: Plan, controller: number) =>
    range(plan.shards).map((shard) => plan.port + 10 + controller * NEXT_PROCESS + shard),
  rtc: (plan: Plan, handler: number) =>
    range(plan.sfuWorkers).map((worker) => plan.rtcPort + handler * NEXT_PROCESS + worker),
};

/** A handler's own default for the UDP ports of its pipes, which firewalls are opened for. */
const PIPES = { min: 45_000, max: 45_999 };

/**
 * The UDP ports of the pipes between routers, as `DT_PIPE_PORTS` has them: of a handler's own default what lies before
 * or after the media ports of all handlers, whichever is more. No router may bind a media port before its server does.
 */
export function pipePorts(plan: Plan): string {
  const media = range(plan.handlers).flatMap((handler) => ports.rtc(plan, handler));
  const before = { min: PIPES.min, max: Math.min(PIPES.max, Math.min(...media) - 1) };
  const after = { min: Math.max(PIPES.min, Math.max(...media) + 1), max: PIPES.max };
  const { min, max } = after.max - after.min > before.max - before.min ? after : before;
  return `${min}-${max}`;
}

/** Every TCP and UDP port that the plan takes, with what takes it. */
export function allPorts(plan: Plan): { port: number; transport: "tcp" | "udp"; what: string }[] {
  const tcp = (port: number, what: string) => ({ port, transport: "tcp" as const, what });
  return [
    tcp(ports.global(plan), "global controller"),
    tcp(ports.auth(plan), "auth controller"),
    ...range(plan.controllers).flatMap((controller) => [
      tcp(ports.meeting(plan, controller), "meeting controller"),
      ...ports.shards(plan, controller).map((port) => tcp(port, "meeting shard")),
    ]),
    ...range(plan.handlers).flatMap((handler) => [
      tcp(ports.media(plan, handler), "media handler"),
      ...ports.rtc(plan, handler).flatMap((port) => [
        tcp(port, "media over TCP"),
        { port, transport: "udp" as const, what: "media over UDP" },
      ]),
    ]),
  ];
}

/** The address at which the services of one machine reach one another, as URLs and flags have it. */
export function innerHost(plan: Pick<Plan, "host">): string {
  return isWildcard(plan.host) ? "127.0.0.1" : bracketed(plan.host);
}

/** A host as it stands before a port: IPv6 addresses in brackets. */
export function bracketed(host: string): string {
  return host.includes(":") && !host.startsWith("[") ? `[${host}]` : host;
}

export function isWildcard(host: string): boolean {
  return host === "0.0.0.0" || host === "::" || host === "[::]";
}

/** The whole numbers from 0 up to, but not including, `length`. */
export function range(length: number): number[] {
  return Array.from({ length }, (_, index) => index);
}
