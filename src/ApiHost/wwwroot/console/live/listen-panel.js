// Listen in: hears one session, from now on, from its start, or again from any position. Receive only.

import { decode } from '../audio/decode.js';
import { Player, whyNoSound } from '../audio/player.js';
import { getJson, sessionPath } from '../lib/api.js';
import { h } from '../lib/dom.js';
import { feed, Track } from '../speech/track.js';
import { Waveform } from '../speech/waveform.js';
import { Words } from '../speech/words.js';
import { Listener } from './listener.js';
import { Playback } from './playback.js';
import { Transport } from './transport.js';

const REPLAY_OVER_MS = 500;
const FORMAT = { encoding: 'pcm_s16le', sample_rate: 24000 };
const TEXTS = {
  connecting: 'Connecting', live: 'Connected, receive only', reconnecting: 'Connection lost; reconnecting where it broke off', ended: 'The session has ended', refused: '',
};

/** A panel that listens to a session; returns its element and a function that ends it. */
export function showListenPanel(session) {
  const noSound = whyNoSound();
  const track = new Track(FORMAT.sample_rate);
  const playback = new Playback(FORMAT.sample_rate);
  const transport = new Transport(playback, () => player?.resume());
  const state = h('span', { class: 'dim', role: 'status' });
  const canvas = h('canvas', { class: 'wave tall', role: 'img', aria: { label: 'Waveform of the session' } });
  const wordBox = h('p', { class: 'words', tabIndex: 0, role: 'region', aria: { label: 'Words as they are spoken' } });
  const level = h('div');
  const meter = h('div', { class: 'meter', role: 'meter', aria: { label: 'Level', valuemin: '0', valuemax: '100', valuenow: '0' } }, level);
  const notice = h('p', { class: 'notice', role: 'note' }, noSound ?? '');
  const waveform = new Waveform(canvas);
  const words = new Words(wordBox, track);
  const buttons = { live: choice('Live', 'live'), start: choice('From the start', 'start') };
  const panel = h('section', { class: 'panel', aria: { label: `Listening to ${session}` }, data: { panel: 'listen' } },
    h('div', { class: 'row' }, h('h2', {}, `Listen in: ${session}`), h('span', { class: 'grow' }), buttons.live, buttons.start,
      h('button', { type: 'button', onclick: () => { location.hash = '#/live'; } }, 'Close')),
    state, canvas, transport.element, meter, wordBox, notice);
  let listener = null, player = null, peak = 0, shownPercent = 0, lastFrameAt = 0, lost = 0, frameRequest = 0, turn = 0, isClosed = false, isReplay = false;

  track.onsamples = samples => playback.append(samples);
  listen('live');
  frameRequest = requestAnimationFrame(draw);

  function choice(label, from) {
    return h('button', { type: 'button', aria: { pressed: 'false' }, onclick: () => { player?.resume(); listen(from); } }, label);
  }

  async function listen(from) {
    const mine = ++turn;
    listener?.close();
    track.clear();
    words.clear();
    playback.clear();
    isReplay = from === 'start';
    lastFrameAt = 0;
    for (const [name, button] of Object.entries(buttons)) button.setAttribute('aria-pressed', String(name === from));
    if (from === 'start') await orderContexts();
    if (isClosed || mine !== turn) return;
    listener?.close();
    listener = new Listener(session, { from, format: FORMAT, onframe: accept, onstate: showState });
    if (!noSound && !player) {
      player = new Player(FORMAT.sample_rate);
      player.onlevel = value => { peak = Math.max(value, peak); };
      player.onplayed = () => playback.pump();
      try {
        await player.start();
        playback.player = player;
      } catch (e) {
        player = null;
        notice.textContent = `This browser cannot play the audio: ${e.message}`;
      }
    }
  }

  // Finished contexts are replayed side by side; they are heard in the order in which they were opened.
  async function orderContexts() {
    try {
      const { contexts } = await getJson(sessionPath(session));
      track.expect(contexts.filter(context => context.state === 'finished' && context.context_id !== null).map(context => context.context_id));
    } catch {
      // Without the grant to read the session they are heard in the order in which they arrive.
    }
  }

  // A page that was opened by its address is silent until its first click.
  function tellIfSilent() {
    const text = noSound ?? (player && !player.isAudible ? 'The browser is silent until you click: press Live or From the start.' : '');
    if (player && notice.textContent !== text) notice.textContent = text;
  }

  function accept(frame) {
    if (frame.type === 'gap') lost++;
    feed(track, frame, data => decode(data, FORMAT.encoding));
    // A replay comes at once: what was spoken before is behind the live position.
    const now = performance.now();
    if (isReplay && lastFrameAt > 0 && now - lastFrameAt > REPLAY_OVER_MS) isReplay = false;
    if (isReplay) playback.skipToLive();
    lastFrameAt = now;
  }

  function showState(name, text) {
    panel.dataset.listening = name;
    state.textContent = (text ?? TEXTS[name]) + (lost > 0 ? ` · ${lost} gaps` : '');
  }

  function draw(now) {
    playback.tick(now);
    const { head } = playback;
    transport.show();
    panel.dataset.loud = waveform.draw(track, head);
    panel.dataset.played = head.toFixed(2);
    words.follow(head);
    track.skipIdle(head);
    tellIfSilent();
    const percent = Math.round(Math.min(1, peak) * 100);
    if (percent !== shownPercent) {
      shownPercent = percent;
      level.style.transform = `scaleX(${percent / 100})`;
      meter.setAttribute('aria-valuenow', percent);
    }
    peak *= 0.95;
    frameRequest = requestAnimationFrame(draw);
  }

  return {
    element: panel,
    close() {
      isClosed = true;
      cancelAnimationFrame(frameRequest);
      listener?.close();
      player?.close();
      waveform.close();
    },
  };
}
