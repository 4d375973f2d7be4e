import { allPorts, type Plan } from "../plan.ts";

/** The first port of the plan that another program has, as one line; nothing when all are free. */
export function takenPort(plan: Plan): string | undefined {
  for (const { port, transport, what } of allPorts(plan)) {
    const problem = tryPort(plan.host, port, transport);
    if (problem === undefined) continue;
    const setting = what.startsWith("media over") ? "DT_RTC_PORT" : "DT_PORT";
    return `${transport.toUpperCase()} port ${port} on ${plan.host} (${what}) ${problem}; ${setting} chooses others`;
  }
  return undefined;
}

function tryPort(hostname: string, port: number, transport: "tcp" | "udp"): string | undefined {
  try {
    const socket = transport === "tcp"
      ? Deno.listen({ hostname, port })
      : Deno.listenDatagram({ hostname, port, transport });
    socket.close();
    return undefined;
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse) return "is taken";
    const reason = error instanceof Error ? error.message : String(error);
    return `can't be listened on: ${reason}`;
  }
}
