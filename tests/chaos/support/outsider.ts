import { assert } from "@std/assert";
// @ts-types="@types/ws"
import { WebSocket } from "ws";
import { z } from "zod";

const frame = z.union([
  z.object({ re: z.number(), ok: z.literal(true), data: z.record(z.string(), z.unknown()) }),
  z.object({ re: z.number(), ok: z.literal(false), error: z.object({ code: z.string() }) }),
  z.object({ type: z.string(), data: z.unknown() }),
]);
type Answer = { readonly ok: true; readonly data: Record<string, unknown> } | {
  readonly ok: false;
  readonly code: string;
};

/** Before the server's 5 s are over. */
const PING_MS = 4_000;

/** A ticket's part that a client needs. */
export interface OutsidersTicket {
  readonly signaling_url: string;
  readonly token: string;
}

/** A participant without media by the package `ws` as it is: a client that nobody of this project wrote. */
export class Outsider {
  readonly #socket: WebSocket;
  readonly #pending = new Map<number, (answer: Answer) => void>();
  #pinging: ReturnType<typeof setInterval> | undefined;
  #lastId = 0;
  #isOpen = true;
  /** The close code; null when the connection ended without one. */
  readonly closed: Promise<number | null>;

  private constructor(socket: WebSocket, onNotification: (type: string) => void) {
    this.#socket = socket;
    this.closed = new Promise((resolve) => {
      socket.on("close", (code) => {
        this.#isOpen = false;
        clearInterval(this.#pinging);
        for (const settle of this.#pending.values()) settle({ ok: false, code: "CLOSED" });
        resolve(code === 1006 ? null : code);
      });
    });
    socket.on("error", () => {});
    socket.on("message", (data) => {
      const parsed = frame.parse(JSON.parse(data.toString()));
      if (!("re" in parsed)) return onNotification(parsed.type);
      const settle = this.#pending.get(parsed.re);
      this.#pending.delete(parsed.re);
      settle?.(parsed.ok ? parsed : { ok: false, code: parsed.error.code });
    });
    socket.on("open", () => {
      this.#pinging = setInterval(() => void this.request("session.ping", {}), PING_MS);
    });
  }

  /** Opens a connection; answers once it is open. */
  static open(
    { signaling_url, token }: OutsidersTicket,
    onNotification: (type: string) => void = () => {},
  ): Promise<Outsider> {
    const socket = new WebSocket(signaling_url, ["darktower.v1", `bearer.${token}`], {
      rejectUnauthorized: false,
    });
    const outsider = new Outsider(socket, onNotification);
    return new Promise((resolve, reject) => {
      socket.once("open", () => resolve(outsider));
      socket.once("error", reject);
    });
  }

  /** Opens a connection and joins. */
  static async join(
    ticket: OutsidersTicket,
  ): Promise<{ outsider: Outsider; answer: Record<string, unknown> }> {
    const outsider = await Outsider.open(ticket);
    const answer = await outsider.request("join", {});
    assert(answer.ok, `join: ${JSON.stringify(answer)}`);
    return { outsider, answer: answer.data };
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  request(type: string, data: object): Promise<Answer> {
    if (!this.#isOpen) return Promise.resolve({ ok: false, code: "CLOSED" });
    const id = ++this.#lastId;
    return new Promise((resolve) => {
      this.#pending.set(id, resolve);
      this.#socket.send(JSON.stringify({ id, type, data }));
    });
  }

  async leave(): Promise<void> {
    this.#socket.close();
    await this.closed;
  }
}
