/**
 * What the face does while nobody is there: it looks around, now and then, and the words beneath
 * it change. Nothing of it is sound. Imports nothing.
 */

/** @typedef {import("../sdk/client.js").Session} Session */

/** Times between two glances, in milliseconds. */
const GLANCE_MS = [7_000, 16_000];
const GESTURES = /** @type {const} */ (["brows", "tilt", "nod"]);
/** Share of glances that end in a small gesture, as if somebody had been seen. */
const GESTURE_SHARE = 0.3;
const LONGEST_LOOK = 2.4;

/** Looks around, from `begin` to `end`. */
export class Attract {
  #session;
  #random;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * @param {Pick<Session, "lookAt" | "gesture">} session
   * @param {() => number} [random] numbers in [0, 1)
   */
  constructor(session, random = Math.random) {
    this.#session = session;
    this.#random = random;
  }

  begin() {
    this.end();
    const [least = 0, most = 0] = GLANCE_MS;
    this.#timer = setTimeout(
      () => {
        this.#glance();
        this.begin();
      },
      least + this.#random() * (most - least),
    );
  }

  end() {
    clearTimeout(this.#timer);
  }

  #glance() {
    if (this.#random() < GESTURE_SHARE) {
      const which = Math.floor(this.#random() * GESTURES.length);
      this.#session.gesture(GESTURES[which] ?? "nod");
      return;
    }
    const aside = (this.#random() - 0.5) * 1.2;
    const up = (this.#random() - 0.5) * 0.5;
    this.#session.lookAt(aside, up, 0.8 + this.#random() * (LONGEST_LOOK - 0.8));
  }
}
