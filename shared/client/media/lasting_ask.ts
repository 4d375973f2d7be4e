import type { RequestAnswer, RequestData, RequestType } from "../../protocol/signaling.ts";
import { fail, type Result } from "../../actor/result.ts";
import type { Ask } from "./media_transports.ts";

/** Asks what `choose` answers, each time that it is asked. */
export type AskChosen = <T extends RequestType>(
  choose: () => { readonly type: T; readonly data: RequestData<T> },
) => Promise<Result<RequestAnswer<T>>>;

export interface LastingAsk {
  readonly ask: Ask;
  readonly askChosen: AskChosen;
  /** There is a connection again, and the server still has the media: whatever was not answered is asked again. */
  goOn(): void;
  /** Nothing is asked any more: what waits is answered with `CLOSED`. */
  end(): void;
}

/**
 * Requests about media that outlive the connection: the server may or may not have taken one that was not answered, and
 * takes each of these twice without harm. They are asked again in their order.
 */
export function createLastingAsk(ask: Ask): LastingAsk {
  let waiting: (() => void)[] = [];
  let isOver = false;

  const askChosen: AskChosen = async (choose) => {
    while (!isOver) {
      const { type, data } = choose();
      const answer = await ask(type, data);
      if (answer.ok || answer.error.code !== "CLOSED" && answer.error.code !== "TIMEOUT") return answer;
      // After a time-out the connection may be there, and is asked at once; a lost one answers `CLOSED`.
      if (answer.error.code === "CLOSED" && !isOver) {
        await new Promise<void>((resolve) => waiting.push(resolve));
      }
    }
    return { ok: false, error: fail("CLOSED", "This media is not there any more.") };
  };

  function release(): void {
    const released = waiting;
    waiting = [];
    for (const resolve of released) resolve();
  }

  return {
    ask: (type, data) => askChosen(() => ({ type, data })),
    askChosen,
    goOn: release,
    end() {
      isOver = true;
      release();
    },
  };
}
