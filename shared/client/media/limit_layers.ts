/**
 * Has a sender encode its layers up to `maxLayer` alone, 0 being the smallest; null for none of them. Pausing the track
 * would still send black frames, and show the picture as paused.
 */
export async function limitLayers(sender: RTCRtpSender, maxLayer: number | null): Promise<void> {
  const parameters = sender.getParameters();
  const isActive = (layer: number) => layer <= (maxLayer ?? -1);
  if (parameters.encodings.every(({ active }, layer) => active === isActive(layer))) return;
  for (const [layer, encoding] of parameters.encodings.entries()) encoding.active = isActive(layer);
  await sender.setParameters(parameters);
}
