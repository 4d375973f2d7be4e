import { FakeTrack } from "../global/web/fake_capture.ts";

/** A track that is received: muted until its first packet. */
export class ReceivedTrack extends FakeTrack {
  override muted = true;

  arrive(): void {
    this.muted = false;
    this.dispatchEvent(new Event("unmute"));
  }
}
