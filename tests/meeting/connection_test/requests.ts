import { assert } from "@std/assert";
import { requests, type ServerFrame } from "../../../shared/protocol/mod.ts";
import { audioParameters, capabilities, videoParameters } from "../../media/fixtures/rtp.ts";
import type { TestingClient } from "./testing_client.ts";

export const open = (id: number) => ({ id, type: "test.open", data: { rtp_capabilities: capabilities } });

export function codeOf(frame: ServerFrame): string {
  return frame.kind === "error" ? frame.error.code : frame.kind;
}

/** Opens a test, and answers the ids of its transports. */
export async function opened(client: TestingClient, id = 1): Promise<{ send: string; recv: string }> {
  const answer = await client.ask(open(id));
  assert(answer.kind === "answer", JSON.stringify(answer));
  const { transports } = requests["test.open"].answer.parse(answer.data);
  return { send: transports.send.id, recv: transports.recv.id };
}

export function produce(id: number, transport_id: string, kind: "audio" | "video" = "audio") {
  const rtp_parameters = kind === "audio" ? audioParameters(`${id}`) : videoParameters(`${id}`);
  const source = kind === "audio" ? "microphone" : "camera";
  return { id, type: "media.produce", data: { transport_id, kind, source, rtp_parameters } };
}
