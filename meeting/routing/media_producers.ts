import type { ParticipantSource, SourceState } from "../../shared/protocol/mod.ts";
import type { MediaState } from "./media_state.ts";
import {
  addProducer,
  endAllReplaced,
  endReplaced,
  type NewProducer,
  type Opened,
  removeProducers,
  rightsOf,
  setOwnPause,
  setOwnPauses,
  setPaused,
  setRights,
} from "./producers.ts";
import { heededSources, type HeldRights, noteHeard, type RightsChange } from "./rights.ts";
import { newestOf, outdatedProducers, type Producer, producersOf } from "./scene.ts";
import { isSendingOver, type SendingTransports, sendingTransports } from "./sending.ts";

/** What the participants of a meeting send, and may send. Part of the meeting's media. */
export class MediaProducers {
  readonly #state: MediaState;

  constructor(state: MediaState) {
    this.#state = state;
  }

  get(producerId: string): Producer | undefined {
    return this.#state.scene.producers.get(producerId);
  }

  /** A participant's, the older ones that others replace included. */
  of(participantId: string): Producer[] {
    return producersOf(this.#state.scene, participantId);
  }

  /** A producer, and its participant's older ones of the same source: they go on until it is received instead. */
  withOlder({ participantId, source, epoch }: Producer): Producer[] {
    return this.of(participantId).filter((one) => one.source === source && one.epoch <= epoch);
  }

  /** See `outdatedProducers` of `scene.ts`. Each ends once another of its source has packets. */
  outdated(participantId: string, epoch: number): string[] {
    return outdatedProducers(this.#state.scene, participantId, epoch);
  }

  /** A participant's producers as the roster shows them. */
  sourcesOf(participantId: string): ParticipantSource[] {
    return newestOf(this.of(participantId)).map(({ source, producerId, pausedBy }) => ({
      source,
      producer_id: producerId,
      paused: pausedBy.has("self"),
      muted_by_host: pausedBy.has("host"),
    }));
  }

  /** See `addProducer` of `producers.ts`. */
  add(born: NewProducer, opened: Opened): boolean {
    return addProducer(this.#state, born, opened);
  }

  /** Removes producers that were closed, or ended. Answers those that the scene had. */
  remove(producerIds: readonly string[]): string[] {
    return removeProducers(this.#state, producerIds);
  }

  /** See `endReplaced` of `producers.ts`. */
  endReplaced(producerId: string): string | undefined {
    return endReplaced(this.#state, producerId);
  }

  /** Removes the producers that others have replaced by now. */
  endAllReplaced(): void {
    endAllReplaced(this.#state);
  }

  /** See `sendingTransports` of `sending.ts`. */
  sendingTransports(participantId: string): SendingTransports | undefined {
    return sendingTransports(this.#state, participantId);
  }

  /** See `isSendingOver` of `sending.ts`. */
  isSendingOver(participantId: string, transports: SendingTransports): boolean {
    return isSendingOver(this.#state, participantId, transports);
  }

  rightsOf(participantId: string): HeldRights {
    return rightsOf(this.#state, participantId);
  }

  /** Has a participant's rights hold for their producers of now and later. Answers whether these changed. */
  setRights(change: RightsChange): boolean {
    return setRights(this.#state, change);
  }

  /** See `setOwnPause` of `producers.ts`. */
  setOwnPause(producer: Producer, paused: boolean): boolean {
    return setOwnPause(this.#state, producer, paused);
  }

  /** Has each of a participant's producers be paused by themselves or not, as rights allow. Answers whether any changed. */
  setOwnPauses(participantId: string, isPausedBySelf: (producer: Producer) => boolean): boolean {
    return setOwnPauses(this.#state, participantId, isPausedBySelf);
  }

  /** Pauses what a participant sends whose connection is lost for long, also what is adopted later. */
  setAway(participantId: string, away: boolean): void {
    if (away) this.#state.away.add(participantId);
    else this.#state.away.delete(participantId);
    for (const producer of this.of(participantId)) setPaused(this.#state, producer, "away", away);
  }

  /** Answers a returning client's sources, those paused that were silenced meanwhile. Their next producers are born paused. */
  heed(participantId: string, said: readonly SourceState[]): readonly SourceState[] {
    const rights = this.rightsOf(participantId);
    for (const { source, paused } of said) if (paused) noteHeard(rights, source);
    const { sources, unheard } = heededSources(rights, said);
    for (const source of unheard) rights.startMuted.add(source);
    return sources;
  }
}
