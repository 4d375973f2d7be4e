import { isLoopback, type OwnAddress } from "../workers/media_addresses.ts";

export interface Announced {
  readonly host: string;
  readonly publicHost: string;
  /** The first media port, which a worker listens on. */
  readonly port: number;
  readonly own: readonly OwnAddress[];
  /** Whether something answers at an address by TCP. */
  readonly answers: (hostname: string, port: number) => Promise<boolean>;
}

/** What is wrong with the address in the candidates, and what to do, as one line; nothing if it can be right. */
export async function announcedProblem(
  { host, publicHost, port, own, answers }: Announced,
): Promise<string | undefined> {
  if (isLoopback(publicHost)) {
    if (isLoopback(host)) return undefined;
    return `DT_PUBLIC_HOST is "${publicHost}", at which only this machine's browsers reach the media ports: ` +
      "set it to the address or the name by which the others reach this machine";
  }
  if (own.some(({ address }) => address === publicHost)) return undefined;
  if (await answers(publicHost, port)) return undefined;
  return `DT_PUBLIC_HOST is "${publicHost}", which is no address of this machine, and TCP port ${port} doesn't ` +
    "answer there: correct it, or forward the media ports, UDP and TCP, to this machine " +
    "(a router that doesn't turn its own traffic around can make this a false alarm)";
}

const timeoutMs = 2_000;

/** Whether something answers by TCP within two seconds. */
export async function answersByTcp(hostname: string, port: number): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(timeoutMs);
    (await Deno.connect({ hostname, port, signal })).close();
    return true;
  } catch {
    return false;
  }
}
