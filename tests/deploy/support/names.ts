import { freePorts } from "../../free_ports.ts";

/** A name server that has every name at 127.0.0.1. */
export interface Names extends Disposable {
  readonly port: number;
  /** The names that were asked for. */
  readonly asked: ReadonlySet<string>;
}

const A_RECORD = 1;
const HEADER_BYTES = 12;
/** A pointer to the question's name, type A, class IN, good for 5 s, four bytes of address. */
const ANSWER = [0xc0, HEADER_BYTES, 0, A_RECORD, 0, 1, 0, 0, 0, 5, 0, 4, 127, 0, 0, 1];

/** Answers questions by UDP (RFC 1035), one a message. */
export function startNames(): Names {
  const port = freePorts(1);
  const socket = Deno.listenDatagram({ transport: "udp", hostname: "127.0.0.1", port });
  const asked = new Set<string>();
  const answer = async () => {
    for await (const [question, from] of socket) {
      const { name, type, end } = questionIn(question);
      asked.add(name);
      const records = type === A_RECORD ? ANSWER : [];
      const header = [...question.slice(0, 2), 0x81, 0x80, 0, 1, 0, records.length > 0 ? 1 : 0, 0, 0, 0, 0];
      await socket.send(new Uint8Array([...header, ...question.slice(HEADER_BYTES, end), ...records]), from);
    }
  };
  answer().catch(() => {});
  return { port, asked, [Symbol.dispose]: () => socket.close() };
}

function questionIn(message: Uint8Array): { name: string; type: number; end: number } {
  const labels: string[] = [];
  let at = HEADER_BYTES;
  for (let length = message[at] ?? 0; length > 0; length = message[at] ?? 0) {
    labels.push(new TextDecoder().decode(message.slice(at + 1, at + 1 + length)));
    at += 1 + length;
  }
  return { name: labels.join("."), type: (message[at + 1] ?? 0) * 256 + (message[at + 2] ?? 0), end: at + 5 };
}
