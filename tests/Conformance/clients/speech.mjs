/** What most tests ask for; a small format keeps them quick. */
export const FORMAT = { container: 'raw', encoding: 'pcm_s16le', sample_rate: 16000 };
export const SPEECH = { model_id: 'sonic-latest', voice: { mode: 'id', id: '6ccbfb76-1fc6-48f7-b71d-91ac6298247b' }, output_format: FORMAT, language: 'en' };

/** Takes long enough, where speech is paced, to be in the middle of it. */
export const LONG_TEXT = `${'All that is said here goes on for longer than anybody would care to listen to it. '.repeat(12)}The end.`;

/** A request as it is written on the wire. */
export const request = (contextId, transcript, more = {}) => ({ ...SPEECH, context_id: contextId, transcript, ...more });

/** Sends requests without any SDK. */
export const sendAll = (socket, ...messages) => messages.forEach((message) => socket.send(JSON.stringify(message)));
