// Audio of protocol frames as samples from -1 to 1.

const MULAW = Float32Array.from({ length: 256 }, (_, code) => {
  const inverted = ~code & 0xff;
  const magnitude = (((inverted & 0x0f) << 3) + 0x84 << (inverted >> 4 & 7)) - 0x84;
  return (inverted & 0x80 ? -magnitude : magnitude) / 32768;
});

function bytesOf(base64) {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/** Decodes pcm_s16le or pcm_mulaw. */
export function decode(base64, encoding) {
  const bytes = bytesOf(base64);
  if (encoding === 'pcm_mulaw') return Float32Array.from(bytes, code => MULAW[code]);
  const view = new DataView(bytes.buffer);
  const samples = new Float32Array(bytes.length >> 1);
  for (let i = 0; i < samples.length; i++) samples[i] = view.getInt16(2 * i, true) / 32768;
  return samples;
}
