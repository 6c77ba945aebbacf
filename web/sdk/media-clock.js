/**
 * The media clock where no picture tells it: with sound alone, the frame that would be shown is
 * reckoned from the last one that was, or from the words that are about to be said.
 * Imports nothing.
 */

/** Without a picture for this long, the clock goes by itself. */
const STILL_MS = 320;
/** From the arrival of a word's caption to its sound: network and jitter buffer, in frames. */
const LEAD = 5;
const FRAMES_A_MS = 25 / 1_000;
/** How often a clock that goes by itself is read. */
const TICK_MS = 80;

/** Times are milliseconds of any clock that goes on. */
export class MediaClock {
  /** @type {{pts: number, at: number} | null} */
  #known = null;
  #shown = -Infinity;
  #turn = -1;
  #furthest = -Infinity;

  /**
   * @param {number} pts a frame that was shown
   * @param {number} at when
   */
  frame(pts, at) {
    this.#known = { pts, at };
    this.#shown = at;
  }

  /**
   * @param {number} turn
   * @param {readonly {pts: number}[]} words about to be said
   * @param {number} at when that was told
   */
  caption(turn, words, at) {
    const first = words[0];
    if (turn === this.#turn || first === undefined) return;
    this.#turn = turn;
    if (this.#known === null || this.goesByItself(at)) this.#known = { pts: first.pts - LEAD, at };
  }

  /** The media begin anew. */
  clear() {
    this.#known = null;
    this.#shown = -Infinity;
    this.#turn = -1;
    this.#furthest = -Infinity;
  }

  /**
   * A late picture does not turn the words back.
   * @param {number} pts
   * @returns {number} it, or the furthest one so far
   */
  forward(pts) {
    this.#furthest = Math.max(this.#furthest, pts);
    return this.#furthest;
  }

  /** @param {number} at */
  goesByItself(at) {
    return at - this.#shown > STILL_MS;
  }

  /**
   * @param {number} at
   * @returns {number | null} the frame that belongs on the screen; null before anything is known
   */
  at(at) {
    if (this.#known === null) return null;
    return Math.floor(this.#known.pts + (at - this.#known.at) * FRAMES_A_MS);
  }
}

/**
 * What a session tells, with `frame` events that go on while no picture comes.
 * @param {import("./session.js").Session} session
 * @returns {import("./session.js").Session} for listeners only
 */
export function steadied(session) {
  const relay = new EventTarget();
  const clock = new MediaClock();
  const tell = (/** @type {string} */ type, /** @type {unknown} */ detail) =>
    relay.dispatchEvent(new CustomEvent(type, { detail }));
  for (const type of ["agent_transcript", "user_transcript", "caption", "connection"]) {
    session.addEventListener(type, (event) => {
      const { detail } = /** @type {CustomEvent} */ (event);
      if (type === "caption") clock.caption(detail.turn, detail.words, performance.now());
      if (type === "connection") clock.clear();
      tell(type, detail);
    });
  }
  session.addEventListener("frame", (event) => {
    const { pts, at_ms } = /** @type {CustomEvent<{pts: number | null, at_ms: number}>} */ (event)
      .detail;
    if (pts !== null) clock.frame(pts, performance.now());
    tell("frame", { pts: pts === null ? null : clock.forward(pts), at_ms });
  });
  setInterval(() => {
    const now = performance.now();
    const pts = clock.goesByItself(now) ? clock.at(now) : null;
    if (pts !== null) tell("frame", { pts: clock.forward(pts), at_ms: now });
  }, TICK_MS);
  return /** @type {import("./session.js").Session} */ (relay);
}
