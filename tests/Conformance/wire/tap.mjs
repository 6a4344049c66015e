import { createRequire } from 'node:module';
import { Conversation } from './conversation.mjs';

// The SDKs are left as they are: what is watched is the socket library below them.
const { WebSocket } = createRequire(import.meta.url)('ws');

let conversations = new Map();

/** Forgets the sockets of the test before. */
export function restart() {
  conversations = new Map();
}

/** What went over a socket: one of the `ws` library, or an SDK's object that holds one as `socket`. */
export function conversationOf(socket) {
  return conversations.get(socket.socket ?? socket);
}

/** Every socket opened since the restart. */
export function sockets() {
  return [...conversations.keys()];
}

/** All broken rules since the restart. */
export function violations() {
  return [...conversations.values()].flatMap((conversation) => conversation.violations);
}

function noted(socket) {
  let conversation = conversations.get(socket);
  if (conversation === undefined) {
    conversation = new Conversation(socket.url);
    conversations.set(socket, conversation);
  }

  return conversation;
}

const { emit, send } = WebSocket.prototype;

WebSocket.prototype.emit = function (event, ...rest) {
  if (event === 'upgrade') {
    noted(this).headers = rest[0].headers;
  } else if (event === 'message') {
    conversations.get(this)?.onReceived(rest[0].toString(), rest[1]);
  }

  return emit.call(this, event, ...rest);
};

WebSocket.prototype.send = function (data, ...rest) {
  if (typeof data === 'string') {
    conversations.get(this)?.onSent(data);
  }

  return send.call(this, data, ...rest);
};
