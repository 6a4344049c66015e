// Try it: type, hear, and see what goes over the socket.

import { decode } from '../audio/decode.js';
import { Player, whyNoSound } from '../audio/player.js';
import { getJson } from '../lib/api.js';
import { field, h, tell } from '../lib/dom.js';
import { feed, Track } from '../speech/track.js';
import { Waveform } from '../speech/waveform.js';
import { Words } from '../speech/words.js';
import { FrameList } from './frames.js';
import { showSnippets } from './snippet-panel.js';
import { SpeechSocket } from './speech-socket.js';

const SAMPLE_RATE = 24000;
const WORD_EVERY_MS = 120;
const EXAMPLE = 'Good morning. This sentence is pushed word by word, and you hear it before its end is typed.';

export function showTryIt(container) {
  const track = new Track(SAMPLE_RATE);
  const frames = new FrameList();
  const session = `try-${crypto.randomUUID().slice(0, 8)}`;
  const noSound = whyNoSound();
  let socket = null, opening = null, player = null, feeder = 0, pushedAt = 0, isFirst = false, startedAt = 0, frameRequest = 0, isGone = false;

  const text = h('textarea', { rows: 4, value: EXAMPLE, spellcheck: true });
  const voice = h('select');
  const pace = h('select', {}, h('option', { value: 'whole' }, 'whole text'), h('option', { value: 'words', selected: true }, 'word by word'));
  const speak = h('button', { class: 'primary', type: 'submit', title: 'Ctrl+Enter' }, 'Speak');
  const flush = h('button', { type: 'button', disabled: true, onclick: () => socket.flush() }, 'Flush');
  const end = h('button', { type: 'button', disabled: true, onclick: endInput }, 'End');
  const cancel = h('button', { type: 'button', class: 'danger', disabled: true, title: 'Escape', onclick: cancelSpeech }, 'Cancel');
  const canvas = h('canvas', { class: 'wave tall', role: 'img', aria: { label: 'Waveform of the speech' } });
  const wordBox = h('p', { class: 'words', tabIndex: 0, role: 'region', aria: { label: 'Words as they are spoken' } });
  const figures = { first: h('dd', {}, '–'), audio: h('dd', {}, '–'), frames: h('dd', {}, '0'), state: h('dd', { data: { state: 'idle' } }, 'idle') };
  const waveform = new Waveform(canvas);
  const words = new Words(wordBox, track);
  let frameCount = 0;

  const form = h('form', { class: 'panel', onsubmit: start },
    h('h1', {}, 'Try it'),
    field('Text', text),
    h('div', { class: 'row' }, field('Voice', voice), field('Push', pace), h('span', { class: 'grow' }), speak, flush, end, cancel),
    noSound && h('p', { class: 'notice', role: 'note' }, noSound));
  const heard = h('section', { class: 'panel', aria: { label: 'Speech' } },
    h('dl', { class: 'figures' },
      ...[['First audio', figures.first], ['Audio', figures.audio], ['Frames', figures.frames], ['State', figures.state]].map(([name, value]) => h('div', {}, h('dt', {}, name), value))),
    canvas, wordBox,
    h('p', { class: 'dim' }, 'Session ', h('code', {}, session), ' · ', h('a', { href: `#/live/${session}` }, 'listen in'), ' · ', h('a', { href: `#/archive/${session}` }, 'in the archive')));
  const snippets = showSnippets(() => ({ origin: location.origin, transcript: text.value, voice: voice.value, sampleRate: SAMPLE_RATE }));
  container.append(h('div', { class: 'columns' }, h('div', { class: 'stack' }, form, heard), h('div', { class: 'stack' }, h('section', { class: 'panel', aria: { label: 'Messages' } }, h('h2', {}, 'Frames'), frames.element), snippets.element)));
  form.addEventListener('input', snippets.refresh);

  form.addEventListener('keydown', event => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) { event.preventDefault(); if (!speak.disabled) form.requestSubmit(); }
    if (event.key === 'Escape' && !cancel.disabled) cancelSpeech();
  });
  track.onsamples = samples => player?.play(samples);
  loadVoices(voice).then(snippets.refresh);
  draw();

  async function start(event) {
    event.preventDefault();
    if (!text.value.trim()) return tell('Type some text first.', true);
    stopSpeech();
    setState('connecting');
    try {
      if (!noSound && !player) {
        const made = new Player(SAMPLE_RATE);
        await made.start();
        player = made;
      }
      if (!socket?.isOpen) {
        opening ??= SpeechSocket.open(session, 'console').finally(() => { opening = null; });
        socket = await opening;
        socket.onframe = accept;
        socket.onsent = message => frames.addSent(message);
        socket.onclose = lost;
      }
    } catch (e) {
      setState('idle');
      return tell(e.message, true);
    }
    if (isGone) {
      player?.close();
      return socket.close();
    }
    player?.resume();
    begin();
  }

  function begin() {
    track.clear();
    words.clear();
    frames.clear();
    player?.clear();
    frameCount = 0;
    figures.first.textContent = figures.audio.textContent = '–';
    isFirst = true;
    pushedAt = performance.now();
    startedAt = 0;
    socket.begin({ voice: voice.value, sampleRate: SAMPLE_RATE });
    setState('speaking');
    if (pace.value === 'whole') {
      socket.push(text.value, true);
      return setState('ending');
    }
    const parts = text.value.match(/\S+\s*/g);
    const next = () => {
      const part = parts.shift();
      socket.push(parts.length > 0 ? part : part.trimEnd(), parts.length === 0);
      if (parts.length === 0) { clearInterval(feeder); setState('ending'); }
    };
    feeder = setInterval(next, WORD_EVERY_MS);
    next();
  }

  function endInput() {
    clearInterval(feeder);
    socket.push('', true);
    setState('ending');
  }

  function cancelSpeech() {
    if (stopSpeech()) setState('cancelled');
  }

  // True if something was spoken.
  function stopSpeech() {
    clearInterval(feeder);
    const isOpen = Boolean(socket?.isOpen && socket.contextId);
    if (isOpen) socket.cancel();
    const wasPlaying = playSeconds() < track.seconds;
    player?.clear();
    track.clear();
    return isOpen || wasPlaying;
  }

  function accept(frame) {
    frameCount++;
    frames.addFrame(frame);
    figures.frames.textContent = frameCount;
    if (frame.type === 'chunk' && isFirst) {
      isFirst = false;
      startedAt = performance.now();
      figures.first.textContent = `${Math.round(startedAt - pushedAt)} ms`;
    }
    feed(track, frame, data => decode(data, 'pcm_s16le'));
    figures.audio.textContent = `${track.seconds.toFixed(1)} s`;
    if (frame.type === 'error') { clearInterval(feeder); setState('failed'); tell(frame.message ?? frame.error, true); }
    if (frame.type === 'done') setState('playing');
  }

  function lost() {
    clearInterval(feeder);
    socket = null;
    if (!isGone) {
      setState('idle');
      tell('The socket was closed; Speak opens another one.', true);
    }
  }

  // Without sound the play head follows the clock.
  function playSeconds() {
    if (player) return player.played / SAMPLE_RATE;
    return startedAt === 0 ? 0 : Math.min(track.seconds, (performance.now() - startedAt) / 1000);
  }

  function draw() {
    const at = playSeconds();
    heard.dataset.loud = waveform.draw(track, at);
    heard.dataset.played = at.toFixed(2);
    words.follow(at);
    if (figures.state.dataset.state === 'playing' && at >= track.seconds - 0.05) setState('finished');
    frameRequest = requestAnimationFrame(draw);
  }

  function setState(state) {
    figures.state.textContent = figures.state.dataset.state = state;
    flush.disabled = end.disabled = state !== 'speaking';
    cancel.disabled = !['speaking', 'ending', 'playing'].includes(state);
    speak.disabled = state === 'connecting';
  }

  return () => {
    isGone = true;
    clearInterval(feeder);
    cancelAnimationFrame(frameRequest);
    waveform.close();
    player?.close();
    socket?.close();
  };
}

async function loadVoices(select) {
  try {
    const { data } = await getJson('/voices?limit=100');
    select.append(...data.map(voice => h('option', { value: voice.id }, `${voice.name} · ${voice.language}`)));
  } catch (e) {
    tell(`The voices could not be read: ${e.message}`, true);
  }
}
