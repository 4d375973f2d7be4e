/** The picture and the tone by which one participant is recognised. */
export interface Recognisable {
  /** Of the solid colour, 0 to 255. */
  rgb: readonly [red: number, green: number, blue: number];
  toneHz: number;
}

export interface PictureSize {
  width: number;
  height: number;
  framesPerSecond: number;
}

const small: PictureSize = { width: 320, height: 180, framesPerSecond: 15 };
const SECONDS = 2;
/** A bar this wide wanders through the picture, so that a frozen picture is seen to be frozen. */
const BAR_WIDTH = 16;
/** The bar keeps to the lowest sixth: above it is the plain colour, to be sampled. */
const BAR_SHARE = 1 / 6;

/** ITU-R BT.601 in studio range, as Y4M's default is. */
function yuv([red, green, blue]: Recognisable["rgb"]): [number, number, number] {
  const y = 16 + (65.738 * red + 129.057 * green + 25.064 * blue) / 256;
  const u = 128 + (-37.945 * red - 74.494 * green + 112.439 * blue) / 256;
  const v = 128 + (112.439 * red - 94.154 * green - 18.285 * blue) / 256;
  return [Math.round(y), Math.round(u), Math.round(v)];
}

/** A YUV4MPEG2 video of two seconds; Chromium repeats it. */
export function y4m({ rgb }: Recognisable, size: PictureSize = small): Uint8Array<ArrayBuffer> {
  const { width, height, framesPerSecond } = size;
  const frames = SECONDS * framesPerSecond;
  const encoder = new TextEncoder();
  const header = encoder.encode(`YUV4MPEG2 W${width} H${height} F${framesPerSecond}:1 Ip A1:1 C420jpeg\n`);
  const frameHeader = encoder.encode("FRAME\n");
  const lumaBytes = width * height;
  const frameBytes = frameHeader.length + lumaBytes * 3 / 2;
  const file = new Uint8Array(header.length + frames * frameBytes);
  const [y, u, v] = yuv(rgb);
  file.set(header);
  for (let frame = 0; frame < frames; frame++) {
    let offset = header.length + frame * frameBytes;
    file.set(frameHeader, offset);
    offset += frameHeader.length;
    const luma = file.subarray(offset, offset + lumaBytes).fill(y);
    const left = Math.round(frame / frames * (width - BAR_WIDTH));
    for (let row = Math.round(height * (1 - BAR_SHARE)); row < height; row++) {
      luma.fill(235, row * width + left, row * width + left + BAR_WIDTH);
    }
    file.fill(u, offset + lumaBytes, offset + lumaBytes * 5 / 4);
    file.fill(v, offset + lumaBytes * 5 / 4, offset + lumaBytes * 3 / 2);
  }
  return file;
}

const SAMPLES_PER_SECOND = 48_000;

/** A RIFF WAVE of one second, 48 kHz, 16 bits, mono; a whole number of periods, so that it repeats smoothly. */
export function wav({ toneHz }: Recognisable): Uint8Array<ArrayBuffer> {
  const dataBytes = SAMPLES_PER_SECOND * 2;
  const file = new Uint8Array(44 + dataBytes);
  const view = new DataView(file.buffer);
  const ascii = (offset: number, text: string) => file.set(new TextEncoder().encode(text), offset);
  ascii(0, "RIFF");
  view.setUint32(4, 36 + dataBytes, true);
  ascii(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, SAMPLES_PER_SECOND, true);
  view.setUint32(28, SAMPLES_PER_SECOND * 2, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  ascii(36, "data");
  view.setUint32(40, dataBytes, true);
  for (let index = 0; index < SAMPLES_PER_SECOND; index++) {
    const sample = 0.4 * Math.sin(2 * Math.PI * Math.round(toneHz) * index / SAMPLES_PER_SECOND);
    view.setInt16(44 + index * 2, Math.round(sample * 32_767), true);
  }
  return file;
}

/** Writes both files into a folder; answers their paths. */
export async function writeMediaFiles(
  folder: string,
  name: string,
  who: Recognisable,
  size = small,
): Promise<{ video: string; audio: string }> {
  const video = `${folder}/${name}.y4m`;
  const audio = `${folder}/${name}.wav`;
  await Promise.all([Deno.writeFile(video, y4m(who, size)), Deno.writeFile(audio, wav(who))]);
  return { video, audio };
}
