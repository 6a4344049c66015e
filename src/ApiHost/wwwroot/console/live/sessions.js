// The live sessions. The newest page is read each time, the others in turn, one each time: many sessions cost the service no more than few.

import { listSessions } from '../lib/api.js';

const PAGE = 1000;
const MOST = 10_000;

export class LiveSessions {
  #known = new Map();
  #round = 0;
  #after = null;

  /** True if there are more than are listed. */
  isCut = false;

  /** Lists the sessions, the newest first. */
  async load(filter, signal) {
    const ask = after => listSessions({ ...filter, live: 'true', limit: PAGE, after }, signal);
    const { data: newest, next } = await ask('');
    if (next === null) {
      this.clear();
      return newest;
    }
    const older = await ask(this.#after ?? next);
    for (const one of [...newest, ...older.data]) this.#known.set(one.session_id, { one, round: this.#round });
    this.#after = older.next;
    const isFull = this.#known.size >= MOST;
    if (older.next === null || isFull) this.#endRound(isFull && older.next !== null);
    return [...new Map([...newest.map(one => [one.session_id, one]), ...[...this.#known].map(([id, known]) => [id, known.one])]).values()].slice(0, MOST);
  }

  /** Forgets them: the filter has changed. */
  clear() {
    this.#known.clear();
    this.#after = null;
    this.isCut = false;
  }

  // What no page had since the last round is over.
  #endRound(isCut) {
    for (const [id, { round }] of this.#known) if (round < this.#round) this.#known.delete(id);
    this.#round++;
    this.#after = null;
    this.isCut = isCut;
  }
}
