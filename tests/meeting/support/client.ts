import { connectSignaling, type SignalingEnd } from "../../../shared/client/mod.ts";
import {
  closeReason,
  type JoinAnswer,
  type Notification,
  type NotificationData,
  type NotificationType,
  type RequestData,
  type RequestType,
  SUBPROTOCOL,
} from "../../../shared/protocol/mod.ts";

/** A participant without media, with the notifications that they got. */
export class Client implements Disposable {
  readonly notifications: Notification[] = [];
  readonly ended: Promise<SignalingEnd>;
  readonly #signaling;
  #waiting: (() => void)[] = [];

  constructor(url: string, token: string) {
    const end = Promise.withResolvers<SignalingEnd>();
    this.ended = end.promise;
    this.#signaling = connectSignaling({
      url,
      token,
      onNotification: (notification) => {
        this.notifications.push(notification);
        for (const wake of this.#waiting.splice(0)) wake();
      },
      onEnd: end.resolve,
    });
  }

  /** Joins, or fails the test. */
  async join(data: RequestData<"join"> = {}): Promise<JoinAnswer> {
    const answer = await this.request("join", data);
    if (!answer.ok) throw new Error(`join: ${answer.error.code}: ${answer.error.message}`);
    return answer.value;
  }

  request<T extends RequestType>(type: T, data: RequestData<T>) {
    return this.#signaling.request(type, data);
  }

  /** The first notification of a type, which came already or is waited for. */
  async told<T extends NotificationType>(
    type: T,
    fits: (data: NotificationData<T>) => boolean = () => true,
  ): Promise<NotificationData<T>> {
    while (true) {
      for (const notification of this.notifications) {
        if (notification.type !== type) continue;
        // The type was compared, which TypeScript can't follow through the union.
        const data = notification.data as NotificationData<T>;
        if (fits(data)) return data;
      }
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** Ends the connection without a close frame. */
  [Symbol.dispose](): void {
    this.#signaling.close();
  }
}

/** A bare WebSocket with the right subprotocols, for frames that the client SDK never sends. */
export async function rawSocket(
  url: string,
  token: string,
): Promise<{ socket: WebSocket; closed: Promise<string | number> }> {
  const socket = new WebSocket(url, [SUBPROTOCOL, `bearer.${token}`]);
  const closed = new Promise<string | number>((resolve) =>
    socket.addEventListener("close", ({ code }) => resolve(closeReason(code) ?? code), { once: true })
  );
  const opened = new Promise((resolve) => socket.addEventListener("open", resolve, { once: true }));
  await Promise.race([opened, closed]);
  return { socket, closed };
}
