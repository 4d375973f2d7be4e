/** What one tab tells the others: they share the session's cookie, and each has an access token of its own. */
export type AccountChange = "signed_in" | "signed_out";

/** The page's other tabs in this browser. */
export interface OtherTabs {
  tell(change: AccountChange): void;
  /** Calls `listener` for each change in another tab; the answer ends that. */
  watch(listener: (change: AccountChange) => void): () => void;
}

export function createOtherTabs(channel: BroadcastChannel): OtherTabs {
  return {
    tell: (change) => channel.postMessage(change),
    watch(listener) {
      const hear = ({ data }: MessageEvent<unknown>) => {
        if (data === "signed_in" || data === "signed_out") listener(data);
      };
      channel.addEventListener("message", hear);
      return () => channel.removeEventListener("message", hear);
    },
  };
}

/** A page that gets no channel, as where somebody has Firefox block all site data, is on its own. */
export function openOtherTabs(name: string): OtherTabs {
  try {
    return createOtherTabs(new BroadcastChannel(name));
  } catch {
    return { tell() {}, watch: () => () => {} };
  }
}
