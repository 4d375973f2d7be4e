import type { Consumer, PipeTransport } from "mediasoup/types";
import type { StepOf } from "../../shared/protocol/media/steps.ts";
import type { RouterPlace } from "../workers/worker_messages.ts";
import type { Published } from "./transport_pair.ts";

/** Where the pipes of this handler listen. */
export interface PipeAddress {
  readonly ip: string;
  readonly ports: { readonly min: number; readonly max: number };
}

/** The address of one end of a pipe, with its keys if it is encrypted. */
export type PipeEnd = Pick<StepOf<"pipe.connect">, "ip" | "port" | "srtp_parameters">;

/** This router's end of the pipe to another router of the meeting. */
export interface Pipe {
  readonly transport: PipeTransport;
  readonly isEncrypted: boolean;
  /** The other end; null before it is connected. */
  connectedTo: PipeEnd | null;
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

/** The address of this end, to which the other one is to be connected. */
export function addressOf({ transport: { tuple, srtpParameters } }: Pick<Pipe, "transport">): PipeEnd {
  return {
    ip: tuple.localAddress,
    port: tuple.localPort,
    ...(srtpParameters === undefined ? {} : { srtp_parameters: srtpParameters }),
  };
}
