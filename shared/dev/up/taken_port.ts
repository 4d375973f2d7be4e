import { allPorts, type Plan } from "../plan.ts";

/** The first port of the plan that can't be listened on, as one line; nothing when all can. */
export function takenPort(plan: Plan): string | undefined {
  for (const { port, transport, what } of allPorts(plan)) {
    const error = tryPort(plan.host, port, transport);
    if (error === undefined) continue;
    if (isAboutTheAddress(error)) {
      return `DT_HOST is "${plan.host}", which is no address of this machine; it may be one that is, ` +
        "127.0.0.1 for this machine alone, or 0.0.0.0 with DT_PUBLIC_HOST for all of its addresses";
    }
    const setting = what.startsWith("media over") ? "DT_RTC_PORT" : "DT_PORT";
    const problem = error instanceof Deno.errors.AddrInUse
      ? "is taken"
      : `can't be listened on: ${error.message}`;
    return `${transport.toUpperCase()} port ${port} on ${plan.host} (${what}) ${problem}; ${setting} chooses others`;
  }
  return undefined;
}

function tryPort(hostname: string, port: number, transport: "tcp" | "udp"): Error | undefined {
  try {
    const socket = transport === "tcp"
      ? Deno.listen({ hostname, port })
      : Deno.listenDatagram({ hostname, port, transport });
    socket.close();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** Another machine's address, or a name that leads nowhere, for which Deno has no class of errors. */
function isAboutTheAddress(error: Error): boolean {
  return error instanceof Deno.errors.AddrNotAvailable ||
    /lookup address|resolve|invalid (ip|host)/i.test(error.message);
}
