import type { Consumer, PipeTransport } from "mediasoup/types";
import type { RouterPlace } from "../workers/worker_messages.ts";
import type { Published } from "./transport_pair.ts";

/** Where the pipes of this handler listen. */
export interface PipeAddress {
  readonly ip: string;
  readonly ports: { readonly min: number; readonly max: number };
}

/** This router's end of the pipe to another router of the meeting. */
export interface Pipe {
  readonly transport: PipeTransport;
  readonly isEncrypted: boolean;
  /** The other end, as JSON; null before it is connected. */
  connectedTo: string | null;
  /** By the producer's id. */
  readonly sent: Map<string, Consumer>;
  readonly received: Map<string, Published>;
}

/** Opens one end of a pipe. Lost packets are sent again (RTX), since two handlers may have a network between them. */
export async function openPipe(
  { router }: RouterPlace,
  { ip, ports }: PipeAddress,
  isEncrypted: boolean,
): Promise<Pipe> {
  const transport = await router.createPipeTransport({
    listenInfo: { protocol: "udp", ip, portRange: ports },
    enableRtx: true,
    enableSrtp: isEncrypted,
  });
  return { transport, isEncrypted, connectedTo: null, sent: new Map(), received: new Map() };
}
