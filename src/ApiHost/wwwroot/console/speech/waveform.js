// Draws a track on a canvas: what was played bright, what is to come dim, the play head in the middle of what is visible.

const STEP = 3;
const BAR = 2;

export class Waveform {
  #colours = null;
  #isResized = true;
  #width = 0;
  #height = 0;
  #drawn = '';
  #loud = 0;

  constructor(canvas) {
    this.canvas = canvas;
    this.pen = canvas.getContext('2d');
    this.forget = () => { this.#colours = null; this.#drawn = ''; };
    // Asked for in every frame, the size would make the browser lay out the page each time.
    this.sizes = new ResizeObserver(() => { this.#isResized = true; });
    this.sizes.observe(canvas);
    window.addEventListener('themechange', this.forget);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', this.forget);
  }

  /** Draws the peaks around a time in seconds, unless they are drawn already. Returns the number of bars that have sound in them. */
  draw(track, seconds) {
    const { canvas, pen } = this;
    const ratio = window.devicePixelRatio || 1;
    if (this.#isResized) this.#measure(ratio);
    const width = this.#width, height = this.#height;
    const drawn = `${Math.floor(seconds * track.sampleRate / track.samplesPerPeak)} ${track.samples} ${width} ${height} ${ratio}`;
    if (drawn === this.#drawn) return this.#loud;
    this.#drawn = drawn;
    this.#colours ??= this.#read();
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, width, height);

    const bars = Math.floor(width / STEP);
    const head = Math.floor(seconds * track.sampleRate / track.samplesPerPeak);
    const first = Math.max(0, head - Math.floor(bars * 0.7));
    let loud = 0;
    for (let i = 0; i < bars; i++) if (track.peaks[first + i] > 0.01) loud++;
    this.#fill(track, first, first, Math.min(first + bars, head + 1), this.#colours.played);
    this.#fill(track, first, Math.max(first, head + 1), first + bars, this.#colours.rest);
    return this.#loud = loud;
  }

  close() {
    this.sizes.disconnect();
    window.removeEventListener('themechange', this.forget);
    matchMedia('(prefers-color-scheme: dark)').removeEventListener('change', this.forget);
  }

  // All bars of a colour at once: each fill of its own costs more than its pixels.
  #fill(track, first, from, to, colour) {
    const { pen } = this;
    pen.fillStyle = colour;
    pen.beginPath();
    for (let i = from; i < to; i++) {
      const size = Math.max(1, Math.sqrt(track.peaks[i] ?? 0) * (this.#height - 4));
      pen.rect((i - first) * STEP, (this.#height - size) / 2, BAR, size);
    }
    pen.fill();
  }

  #measure(ratio) {
    const { canvas } = this;
    this.#isResized = false;
    this.#width = canvas.clientWidth;
    this.#height = canvas.clientHeight;
    this.#drawn = '';
    if (canvas.width !== Math.round(this.#width * ratio)) canvas.width = Math.round(this.#width * ratio);
    if (canvas.height !== Math.round(this.#height * ratio)) canvas.height = Math.round(this.#height * ratio);
  }

  #read() {
    const style = getComputedStyle(this.canvas);
    // A canvas knows no light-dark(): the colours are taken from properties that the browser has resolved.
    return { played: style.color, rest: style.borderTopColor };
  }
}
