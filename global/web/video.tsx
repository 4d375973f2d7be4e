import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { watchHeld } from "./held_picture.ts";
import type { VoiceView } from "./meeting/voices.ts";
import { playWhenAllowed } from "./play_when_allowed.ts";

interface VideoProps {
  track: MediaStreamTrack;
  label: string;
  mirrored?: boolean;
  testId?: string;
  /** Called when the first frame of this track is on the screen. */
  onFirstFrame?(): void;
  /** Told over and over whether it stands still. */
  onHeld?(isHeld: boolean): void;
}

export function Video({ track, label, mirrored, testId, onFirstFrame, onHeld }: VideoProps) {
  const element = useRef<HTMLVideoElement>(null);
  const [isTall, setIsTall] = useState(false);
  const [isWaiting, setIsWaiting] = useState(false);
  // Before the paint, not after it: an effect after the paint would cost a frame at every join.
  useLayoutEffect(() => {
    const video = element.current;
    if (!video) return;
    // Firefox has it from 132 on; it is for measuring alone.
    if (onFirstFrame && "requestVideoFrameCallback" in video) video.requestVideoFrameCallback(onFirstFrame);
    video.srcObject = new MediaStream([track]);
    // Not even a muted picture plays by itself on a phone that saves power.
    const stopPlaying = playWhenAllowed(video, setIsWaiting);
    const stopWatching = onHeld && watchHeld(video, onHeld);
    return () => {
      stopPlaying();
      stopWatching?.();
      video.srcObject = null;
    };
  }, [track]);
  return (
    <>
      <video
        ref={element}
        class={[mirrored && "mirrored", isTall && "tall"].filter(Boolean).join(" ")}
        onResize={({ currentTarget }) => setIsTall(currentTarget.videoHeight > currentTarget.videoWidth)}
        aria-label={label}
        data-testid={testId}
        autoplay
        playsInline
        muted
      />
      {isWaiting ? <p class="picture-waits" data-testid="picture-waits">Tap to see the picture.</p> : null}
    </>
  );
}

interface VoiceProps {
  voice: VoiceView;
  /** The id of the device that plays it; "" for the browser's own choice. */
  loudspeaker: string;
  /** Those that are connected: a switch that failed is tried again with each new list. */
  loudspeakers: readonly MediaDeviceInfo[];
  /** 0 to 1. */
  volume: number;
  /** Told whether the browser keeps it silent until somebody clicks. */
  onSilenced(isSilenced: boolean): void;
}

/** A voice: no picture, only sound. */
export function Voice({ voice, loudspeaker, loudspeakers, volume, onSilenced }: VoiceProps) {
  const { track } = voice;
  const element = useRef<HTMLAudioElement>(null);
  const switching = useRef(Promise.resolve());
  useLayoutEffect(() => {
    const audio = element.current;
    if (!audio) return;
    audio.srcObject = new MediaStream([track]);
    const stopPlaying = playWhenAllowed(audio, onSilenced);
    return () => {
      stopPlaying();
      audio.srcObject = null;
    };
  }, [track]);
  useLayoutEffect(() => {
    if (!element.current) return;
    element.current.volume = volume;
    // Where no volume can be set, nothing else silences it.
    element.current.muted = volume === 0;
  }, [volume]);
  useLayoutEffect(() => {
    const audio = element.current;
    // Some browsers offer no choice.
    if (!audio || !("setSinkId" in audio)) return;
    // A browser that is still switching would take the loudspeaker before for the one in use. One that is gone already
    // is refused: the next list says so.
    switching.current = switching.current.then(() => audio.setSinkId(loudspeaker)).catch(() => {});
  }, [loudspeaker, loudspeakers]);
  return (
    <audio
      ref={element}
      autoplay
      data-testid={voice.isScreen ? "screen-sound" : "voice"}
      data-participant-id={voice.participantId}
      data-name={voice.name}
    />
  );
}
