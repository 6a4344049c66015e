// Builds elements without markup text, so that nothing a caller said can become markup.

/** Makes an element. `on…` properties are listeners, `data` and `aria` are maps, all others are properties, or attributes where no such property exists. */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties ?? {})) {
    if (value === undefined || value === null) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (name === 'data') Object.assign(element.dataset, value);
    else if (name === 'aria') for (const [key, text] of Object.entries(value)) element.setAttribute(`aria-${key}`, text);
    else if (name === 'class') element.className = value;
    else if (name in element) element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children.flat().filter(child => child !== null && child !== undefined && child !== false));
  return element;
}

/** A labelled form field. */
export const field = (label, input) => h('label', { class: 'field' }, h('span', {}, label), input);

/** Shows a short message, which screen readers read. */
export function tell(text, isError = false) {
  const toast = document.getElementById('status');
  toast.textContent = text;
  toast.classList.toggle('error', isError);
  clearTimeout(tell.timer);
  tell.timer = setTimeout(() => { toast.textContent = ''; }, 6000);
}

/** A duration in seconds or minutes. */
export function duration(ms) {
  const seconds = Math.max(0, ms ?? 0) / 1000;
  return seconds < 60 ? `${seconds.toFixed(1)} s` : `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, '0')} min`;
}

/** A number with its noun, such as `2 contexts`. */
export const count = (number, noun) => `${number} ${noun}${number === 1 ? '' : 's'}`;

/** The time of day of an ISO date. */
export const clock = iso => iso ? new Date(iso).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false }) : '–';
