/**
 * Who is in front of the kiosk, and what follows from it. Pure: events and a clock come in,
 * commands go out. Imports nothing.
 *
 * ```
 *   setup ─▶ attract ─▶ greeting ─▶ conversation ─▶ leaving ─▶ attract
 *               ▲          │             ▲─────────────┘
 *               └──────────┘             any ─▶ offline ─▶ attract, or where it was
 * ```
 */

/** @typedef {"setup" | "attract" | "greeting" | "conversation" | "leaving" | "offline"} Phase */

/**
 * What to do: open a session, end it and open another, greet the visitor, begin to listen.
 * @typedef {"open" | "renew" | "greet" | "listen"} Command
 */

/**
 * What happened: the kiosk was started; somebody touched it, was noticed, said words; agreed to
 * talk or to touch only; the avatar is busy or has finished; the visitor starts over or leaves;
 * the server is lost or back, with the same session or another; time passed.
 * @typedef {{type: "begin" | "touch" | "presence" | "words" | "over" | "leave" | "lost" | "tick"}
 *   | {type: "join", microphone: boolean}
 *   | {type: "busy", busy: boolean}
 *   | {type: "back", same: boolean}} VisitEvent
 */

/**
 * @typedef {object} VisitSettings
 * @property {number} idleMs without a sign of life before the kiosk asks
 * @property {number} countdownMs from asking to the end
 * @property {"ask" | "notice"} consent how visitors agree to be heard
 */

/** A greeting that nobody answers is over after this time. */
const GREETING_MS = 20_000;
/** After it, being noticed does not start another one for this time; a touch does. */
const SHY_MS = 15_000;
/** An avatar that is busy for longer than this is not believed to be. */
const LONGEST_BUSY_MS = 120_000;
/** Being noticed prolongs a wait to this many times its length, then a sign is needed. */
const SEEN_TIMES = 3;

/** One kiosk's visitors, one after the other. */
export class Visit {
  /** @type {Phase} */
  #phase = "setup";
  #settings;
  #now;
  #busy = false;
  #deadline = Infinity;
  /** When the visitor, or the avatar, last did something. */
  #acted = 0;
  #shyUntil = 0;
  /** @type {{phase: Phase, at: number} | null} what the server's loss interrupted */
  #interrupted = null;

  /**
   * @param {VisitSettings} settings
   * @param {() => number} now milliseconds of any clock that only moves on
   */
  constructor(settings, now) {
    this.#settings = settings;
    this.#now = now;
  }

  get phase() {
    return this.#phase;
  }

  /** Whole seconds until a conversation whose visitor seems to have left ends. */
  get secondsLeft() {
    return Math.max(0, Math.ceil((this.#deadline - this.#now()) / 1_000));
  }

  /**
   * @param {VisitEvent} event
   * @returns {Command[]} what to do, in this order
   */
  handle(event) {
    if (event.type === "busy") this.#takeBusy(event.busy);
    if (event.type === "lost") return this.#lose();
    switch (this.#phase) {
      case "setup":
        return this.#inSetup(event);
      case "attract":
        return this.#inAttract(event);
      case "greeting":
        return this.#inGreeting(event);
      case "conversation":
        return this.#inConversation(event);
      case "leaving":
        return this.#inLeaving(event);
      default:
        return this.#inOffline(event);
    }
  }

  /** @param {VisitEvent} event */
  #inSetup({ type }) {
    if (type !== "begin") return [];
    this.#enter("offline", Infinity);
    return /** @type {Command[]} */ (["open"]);
  }

  /**
   * @param {VisitEvent} event
   * @returns {Command[]}
   */
  #inAttract({ type }) {
    if (type === "over") return this.#startOver();
    const noticed = type === "presence" && this.#now() >= this.#shyUntil;
    if (type !== "touch" && !noticed) return [];
    this.#enter("greeting", GREETING_MS);
    return this.#settings.consent === "notice" ? ["greet", "listen"] : ["greet"];
  }

  /**
   * @param {VisitEvent} event
   * @returns {Command[]}
   */
  #inGreeting(event) {
    if (event.type === "over") return this.#startOver();
    if (event.type === "join") return this.#join(event.microphone);
    if (event.type === "words") return this.#join(false);
    if (event.type === "touch") this.#act(GREETING_MS);
    if (event.type === "presence") this.#see(GREETING_MS);
    if (!this.#isDue(event) && event.type !== "leave") return [];
    this.#shyUntil = this.#now() + SHY_MS;
    return this.#end();
  }

  /**
   * @param {VisitEvent} event
   * @returns {Command[]}
   */
  #inConversation(event) {
    const { idleMs, countdownMs } = this.#settings;
    if (event.type === "over") return this.#startOver();
    if (event.type === "leave") return this.#end();
    if (event.type === "join") return this.#join(event.microphone);
    if (event.type === "touch" || event.type === "words") this.#act(idleMs);
    if (event.type === "presence") this.#see(idleMs);
    if (this.#isDue(event)) this.#enter("leaving", countdownMs);
    return [];
  }

  /**
   * @param {VisitEvent} event
   * @returns {Command[]}
   */
  #inLeaving(event) {
    if (event.type === "over") return this.#startOver();
    if (event.type === "touch" || event.type === "words") {
      this.#enter("conversation", this.#settings.idleMs);
      return [];
    }
    return this.#isDue(event) || event.type === "leave" ? this.#end() : [];
  }

  /**
   * @param {VisitEvent} event
   * @returns {Command[]}
   */
  #inOffline(event) {
    if (event.type !== "back") return [];
    const before = this.#interrupted;
    this.#interrupted = null;
    const soon = before !== null && this.#now() - before.at < this.#settings.idleMs;
    if (event.same && soon && before.phase !== "attract") {
      this.#enter("conversation", this.#settings.idleMs);
      return [];
    }
    this.#enter("attract", Infinity);
    return event.same && before !== null && before.phase !== "attract" ? ["renew"] : [];
  }

  /** @returns {Command[]} */
  #lose() {
    if (this.#phase === "setup" || this.#phase === "offline") return [];
    this.#interrupted = { phase: this.#phase, at: this.#now() };
    this.#busy = false;
    this.#enter("offline", Infinity);
    return [];
  }

  /**
   * @param {boolean} microphone
   * @returns {Command[]}
   */
  #join(microphone) {
    this.#enter("conversation", this.#settings.idleMs);
    return microphone ? ["listen"] : [];
  }

  /** @returns {Command[]} */
  #end() {
    this.#busy = false;
    this.#enter("attract", Infinity);
    return ["renew"];
  }

  /** A new conversation for whoever is there; the server greets as it begins. @returns {Command[]} */
  #startOver() {
    this.#busy = false;
    this.#enter("greeting", GREETING_MS);
    return this.#settings.consent === "notice" ? ["renew", "listen"] : ["renew"];
  }

  /**
   * @param {Phase} phase
   * @param {number} patience milliseconds until it is over if nothing happens
   */
  #enter(phase, patience) {
    this.#phase = phase;
    this.#act(patience);
  }

  /** @param {number} patience */
  #act(patience) {
    this.#acted = this.#now();
    this.#deadline = this.#acted + patience + (this.#busy ? LONGEST_BUSY_MS : 0);
  }

  /**
   * Somebody is there, who neither speaks nor touches.
   * @param {number} patience
   */
  #see(patience) {
    const until = Math.min(this.#now() + patience, this.#acted + SEEN_TIMES * patience);
    this.#deadline = Math.max(this.#deadline, until);
  }

  /** @param {boolean} busy */
  #takeBusy(busy) {
    if (busy === this.#busy) return;
    this.#busy = busy;
    if (this.#phase === "greeting") this.#act(GREETING_MS);
    if (this.#phase === "conversation") this.#act(this.#settings.idleMs);
  }

  /** @param {VisitEvent} event */
  #isDue({ type }) {
    return type === "tick" && this.#now() >= this.#deadline;
  }
}
