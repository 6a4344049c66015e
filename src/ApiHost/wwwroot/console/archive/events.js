// What happened to a context: seams to compare by ear, pauses with their cause.

import { duration, h, tell } from '../lib/dom.js';

const AROUND_SECONDS = 1.5;
const KINDS = {
  word: 'continues behind the last finished word', sample: 'said again, without the samples that were delivered', resend: 'sent again; nothing of it had been spoken',
};
const CAUSES = {
  upstream: 'the upstream had text and sent no audio, or was lost', slot: 'the context waited for a slot', silo: 'the silo was lost or stopped', client: 'the client had sent no more text',
};

/** The seams with buttons that play the audio before, behind and across each. */
export function showSeams(manifest, fetchSegment, player) {
  if (manifest.seams.length === 0) return [];
  return [h('h4', {}, 'Seams'), h('ul', { class: 'plain' }, ...manifest.seams.map((seam, i) => {
    const at = seam.at_ms / 1000;
    const has = manifest.segments.some(segment => segment.flush_id === seam.flush_id && segment.file);
    const listen = (label, from, to) => h('button', {
      type: 'button', disabled: !has, aria: { label: `${label} seam ${i + 1}` }, onclick: () => playPart(seam, fetchSegment, player, Math.max(0, from), to),
    }, label);
    return h('li', { class: 'row', data: { seam: i + 1 } }, h('span', {}, `${i + 1}. At ${duration(seam.at_ms)} of segment ${seam.flush_id}: ${seam.reason}, ${KINDS[seam.kind] ?? seam.kind}`
      + (seam.upstream ? `; attempt ${seam.attempt} at ${seam.upstream}` : '')),
    listen('Before', at - AROUND_SECONDS, at), listen('After', at, at + AROUND_SECONDS), listen('Across', at - AROUND_SECONDS, at + AROUND_SECONDS));
  }))];
}

/** The pauses, each with what the audio waited for. */
export function showPauses(manifest) {
  if (!manifest.pauses?.length) return [];
  return [h('h4', {}, 'Pauses'), h('ul', { class: 'plain' }, ...manifest.pauses.map(pause => h('li', { data: { pause: pause.cause } },
    `${duration(pause.length_ms)} after ${duration(pause.at_ms)} of audio: ${pause.cause} – ${CAUSES[pause.cause] ?? 'unknown'}`)))];
}

const parts = new WeakMap();

async function playPart(seam, fetchSegment, player, from, to) {
  try {
    const { key, url } = parts.get(player) ?? {};
    if (key !== seam.flush_id || player.src !== url) {
      if (url) URL.revokeObjectURL(url);
      const made = URL.createObjectURL(await fetchSegment(seam));
      parts.set(player, { key: seam.flush_id, url: made });
      player.src = made;
    }
    player.hidden = false;
    player.dataset.until = to;
    if (player.readyState < HTMLMediaElement.HAVE_METADATA) await new Promise((done, failed) => {
      player.addEventListener('loadedmetadata', done, { once: true });
      player.addEventListener('error', () => failed(new Error('The browser cannot play this audio.')), { once: true });
    });
    player.currentTime = from;
    await player.play();
    const watch = () => {
      if (player.dataset.until !== String(to) || player.paused) return;
      if (player.currentTime >= to) return player.pause();
      requestAnimationFrame(watch);
    };
    watch();
  } catch (e) {
    if (e.name !== 'AbortError') tell(e.message, true);
  }
}
