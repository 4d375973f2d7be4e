import type { Notification, NotificationData, NotificationType } from "../../../shared/protocol/mod.ts";

/** The frames that one client was sent, in order. */
export class Told {
  readonly notifications: Notification[] = [];
  /** The code with which the meeting ended the connection. */
  ended: number | null = null;
  /** Whether the client's requests wait, as the meeting has them. */
  isHeld = false;
  /** Blocks the client's mailbox for good. */
  isStuck = false;

  types(): string[] {
    return this.notifications.map(({ type }) => type);
  }

  /** The notifications of one type. */
  all<T extends NotificationType>(type: T): NotificationData<T>[] {
    // The type is compared, which TypeScript can't follow through the union.
    return this.notifications.flatMap((one) => one.type === type ? [one.data as NotificationData<T>] : []);
  }

  last<T extends NotificationType>(type: T): NotificationData<T> | undefined {
    return this.all(type).at(-1);
  }
}
