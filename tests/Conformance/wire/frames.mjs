// What the strictest known client demands of every frame, and no member more: an unexpected one is a change to decide on, not to slip in.

const LARGEST_FRAME = 256 * 1024;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

const isString = (value) => typeof value === 'string';
const isNumber = (value) => typeof value === 'number' && Number.isFinite(value);
const isText = (value) => isString(value) && value.length > 0;
const isOrdinal = (value) => Number.isInteger(value) && value >= 0;
const is = (expected) => (value) => value === expected;
const optional = (rule) => Object.assign((value) => rule(value), { optional: true });

const ongoing = { type: isText, context_id: isText, status_code: is(206), done: is(false) };

const SHAPES = {
  chunk: { ...ongoing, data: (value) => isString(value) && BASE64.test(value), step_time: (value) => isNumber(value) && value >= 0, flush_id: optional(isOrdinal) },
  timestamps: { ...ongoing, flush_id: optional(isOrdinal), word_timestamps: timesOf('words') },
  phoneme_timestamps: { ...ongoing, flush_id: optional(isOrdinal), phoneme_timestamps: timesOf('phonemes') },
  flush_done: { ...ongoing, data: is(''), flush_id: isOrdinal, flush_done: is(true) },
  done: { type: isText, context_id: isText, status_code: is(206), done: is(true) },
  error: {
    type: isText,
    context_id: optional(isText),
    status_code: (value) => Number.isInteger(value) && value >= 400 && value <= 599,
    done: is(true),
    error_code: (value) => value === null || isText(value),
    title: isText,
    message: isText,
    request_id: isText,
    error: isText,
    retry_after_ms: optional(isOrdinal),
  },
};

function timesOf(tokens) {
  return (value) =>
    typeof value === 'object' && value !== null && Object.keys(value).length === 3
    && [value[tokens], value.start, value.end].every((list) => Array.isArray(list) && list.length > 0 && list.length === value.start.length)
    && value[tokens].every(isText) && value.start.every(isNumber) && value.end.every(isNumber);
}

/** What is wrong with one message of the server, taken by itself; empty when nothing is. */
export function flawsOf(text, isBinary) {
  if (isBinary) {
    return ['a binary frame'];
  }

  let frame;
  try {
    frame = JSON.parse(text);
  } catch {
    return ['not one JSON object'];
  }

  const shape = SHAPES[frame?.type];
  if (shape === undefined) {
    return [`unknown type ${frame?.type}`];
  }

  const flaws = [];
  for (const [member, rule] of Object.entries(shape)) {
    if (!(member in frame)) {
      if (!rule.optional) {
        flaws.push(`${frame.type} without ${member}`);
      }
    } else if (!rule(frame[member])) {
      flaws.push(`${frame.type} with ${member} = ${JSON.stringify(frame[member])?.slice(0, 100)}`);
    }
  }

  for (const member of Object.keys(frame)) {
    if (!(member in shape)) {
      flaws.push(`${frame.type} with a member ${member}`);
    }
  }

  if (frame.type === 'error' && frame.error !== `${frame.title}: ${frame.message}`) {
    flaws.push('error whose legacy text is not "title: message"');
  }

  if (text.length > LARGEST_FRAME) {
    flaws.push(`${frame.type} of ${text.length} characters`);
  }

  return flaws;
}
