/**
 * Lets the browser do before the click what it does once a page: start its WebRTC threads, list the machine's
 * network addresses, make a certificate. The answer ends it, once the real transports are there.
 */
export function warmUpTransports(): () => void {
  const connection = new RTCPeerConnection();
  connection.createDataChannel("warm-up");
  // Gathering starts with the local description; there is nobody to connect to.
  connection.setLocalDescription().catch(() => {});
  return () => connection.close();
}
