// A context's timeline as SVG: segments, words, seams, pauses, and where it ended.

const SVG = 'http://www.w3.org/2000/svg';
const WIDTH = 1000;
const HEIGHT = 46;

function shape(name, attributes, title) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (title) {
    const label = document.createElementNS(SVG, 'title');
    label.textContent = title;
    element.append(label);
  }
  return element;
}

/** Draws a manifest's segments one after the other on an axis of audio time. */
export function drawTimeline(manifest) {
  const ends = [];
  let total = 0;
  for (const segment of manifest.segments) ends.push(total += segment.duration_ms);
  const x = ms => total === 0 ? 0 : ms / total * WIDTH;
  const svg = shape('svg', {
    class: 'timeline', viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none', role: 'img',
    'aria-label': `Timeline: ${manifest.segments.length} segments, ${manifest.seams.length} seams, ${manifest.pauses?.length ?? 0} pauses, ${(total / 1000).toFixed(1)} seconds`,
  });
  manifest.segments.forEach((segment, i) => {
    const start = ends[i] - segment.duration_ms;
    svg.append(shape('rect', { class: 'segment', x: x(start), y: 12, width: Math.max(1, x(segment.duration_ms) - 1.5), height: 22, rx: 2 },
      `Segment ${segment.flush_id}: ${segment.ending}`));
  });
  // Times of words are seconds from the context's start.
  for (const word of manifest.segments.flatMap(segment => segment.words)) {
    svg.append(shape('rect', { class: 'word', x: x(word.start * 1000), y: 17, width: Math.max(0.5, x((word.end - word.start) * 1000) - 1), height: 12 }, word.word));
  }
  for (const seam of manifest.seams) {
    const index = manifest.segments.findIndex(segment => segment.flush_id === seam.flush_id);
    if (index < 0) continue;
    const at = x(ends[index] - manifest.segments[index].duration_ms + seam.at_ms);
    svg.append(shape('line', { class: 'seam', x1: at, x2: at, y1: 2, y2: HEIGHT - 2 }, `Seam: ${seam.reason}`));
  }
  for (const pause of manifest.pauses ?? []) {
    const at = Math.min(WIDTH - 4, x(pause.at_ms));
    svg.append(shape('rect', { class: 'pause', x: at, y: 0, width: 4, height: HEIGHT }, `Pause of ${(pause.length_ms / 1000).toFixed(1)} s: ${pause.cause}`));
  }
  const end = Math.min(WIDTH - 1, x(manifest.interrupt?.delivered_ms ?? total));
  svg.append(shape('line', { class: 'end', x1: end, x2: end, y1: 6, y2: HEIGHT - 6 }, `End: ${manifest.outcome}`));
  return svg;
}
