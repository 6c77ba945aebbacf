/**
 * Whether the kiosk truly works, and what mends it: another session, then the page itself.
 * Pure: it is told what happened and asked, a few times a second, what to do. Imports nothing.
 *
 * Not the socket but the face is believed: frames on the screen mean that all is well, whatever
 * else says no, and a face that stands still is not well, whatever else says yes.
 */

/** @typedef {"connecting" | "connected" | "reconnecting" | "closed"} ConnectionState */

/**
 * What `/healthz` says: all is well; the server is there, parts of it are not; nobody answers.
 * @typedef {"ok" | "unwell" | "none"} Health
 */

/**
 * Why the face is not there, for the visitor's eyes.
 * @typedef {"starting" | "network" | "server" | "busy" | "interrupted" | "attention"} Trouble
 */

/**
 * What to do now: nothing, start a session, end the one there is and start another, or load the
 * page anew.
 * @typedef {"none" | "start" | "restart" | "reload"} Remedy
 */

/** Ends that only whoever runs the kiosk can mend. */
const NEEDS_ATTENTION = new Set([
  "unauthorized",
  "token_expired",
  "forbidden",
  "origin_mismatch",
  "not_found",
  "unsupported",
  "bad_request",
]);
/** Longest time between two frames of a face that moves. */
const STALL_MS = 5_000;
/** The first frame of a session may take this long. */
const FIRST_FRAME_MS = 15_000;
/** Trouble shorter than this is not spoken of. */
const GRACE_MS = 1_500;
/** Nor that of a session which was ended on purpose. */
const RENEWAL_GRACE_MS = 10_000;
/** As long the client may try to come back to the same session while the server is well. */
const REJOIN_MS = 15_000;
const BACKOFF_MS = [1_000, 2_000, 4_000, 8_000, 15_000, 30_000];
const ATTENTION_MS = 30_000;
/** So many failures in a row, although the server is well, are believed to be the page's. */
const FAILURES = 5;
/** After this long without trouble, failures are forgotten. */
const STEADY_MS = 60_000;
/** A tick that comes so late means that the device slept. */
const SLEPT_MS = 4_000;

/** Watches one kiosk. */
export class Watchdog {
  #now;
  #mayReloadAt;
  /** @type {ConnectionState} */
  #state = "closed";
  #reason = "";
  /** When it last connected; null while it is not. */
  #upSince = /** @type {number | null} */ (null);
  /** Since when the face is not there; null while it is. */
  #downSince = /** @type {number | null} */ (null);
  #grace = GRACE_MS;
  #frameAt = /** @type {number | null} */ (null);
  /** Whether there has been a face at all. */
  #worked = false;
  #picturesDue = true;
  #visible = true;
  #online = true;
  /** @type {Health} */
  #health = "ok";
  #healthAt = -Infinity;
  #startAt = Infinity;
  #failures = 0;
  #ticked;

  /**
   * @param {() => number} now milliseconds of any clock that only moves on
   * @param {number} [mayReloadAt] on that clock, when the page may be loaded anew
   */
  constructor(now, mayReloadAt = 0) {
    this.#now = now;
    this.#mayReloadAt = mayReloadAt;
    this.#ticked = now();
  }

  /** Whether the face is there and moves, or sound alone was agreed on. */
  get works() {
    return this.#state === "connected" && (this.#frameAt !== null || !this.#picturesDue);
  }

  /** @returns {Trouble | null} why the face is not there; null while it is, or just went */
  get trouble() {
    if (this.#downSince === null || this.works) return null;
    const grace = this.#health === "none" ? Math.min(GRACE_MS, this.#grace) : this.#grace;
    if (this.#now() - this.#downSince < grace) return null;
    if (NEEDS_ATTENTION.has(this.#reason)) return "attention";
    if (this.#reason === "server_full") return "busy";
    if (this.#health === "none") return this.#online ? "server" : "network";
    if (this.#health === "unwell" || this.#reason === "model_unavailable") return "starting";
    const first = this.#state === "connecting" && this.#failures === 0;
    return first || !this.#worked ? "starting" : "interrupted";
  }

  /** A first session is wanted now, and from now on there must be one. */
  begin() {
    this.#grace = 0;
    this.#downSince = this.#now();
    this.#startAt = this.#now();
  }

  /** The session is about to be ended on purpose, and another one started. */
  renew() {
    this.#grace = RENEWAL_GRACE_MS;
    this.#startAt = this.#now();
  }

  /**
   * @param {ConnectionState} state
   * @param {string} reason an error's code, or a closing's reason
   * @param {number | null} [waitMs] how long the server asked to wait
   */
  connection(state, reason, waitMs = null) {
    const now = this.#now();
    this.#state = state;
    this.#reason = state === "connected" ? "" : reason;
    this.#frameAt = null;
    if (state === "connected") {
      this.#upSince = now;
      return;
    }
    this.#upSince = null;
    this.#downSince ??= now;
    if (state === "connecting") this.#startAt = Infinity;
    if (state !== "closed") return;
    if (reason === "goodbye") {
      // ended on purpose; there must be another one all the same
      this.#startAt = Math.min(this.#startAt, now + (BACKOFF_MS[0] ?? 0));
      return;
    }
    this.#failures += 1;
    const wait = NEEDS_ATTENTION.has(reason) ? ATTENTION_MS : this.#backoff();
    this.#startAt = now + Math.max(wait, waitMs ?? 0);
  }

  /** A frame is on the screen. */
  frame() {
    this.#frameAt = this.#now();
    this.#worked = true;
    this.#clear();
  }

  /** @param {boolean} due whether pictures come at all: not while only sound is sent */
  pictures(due) {
    this.#picturesDue = due;
    this.#frameAt = null;
    if (this.#upSince !== null) this.#upSince = this.#now();
  }

  /** @param {Health} health */
  health(health) {
    const returned = this.#health === "none" && health !== "none";
    this.#health = health;
    this.#healthAt = this.#now();
    if (!returned) return;
    if (this.#startAt !== Infinity) this.#startAt = this.#now();
    // a session that outlived the outage shows so soon
    if (this.#upSince !== null) this.#upSince = this.#now() - FIRST_FRAME_MS + STALL_MS;
  }

  /** @param {boolean} visible whether the page is; a hidden one shows no frames */
  visible(visible) {
    this.#visible = visible;
    if (visible) this.#excuse();
  }

  /** @param {boolean} online whether the device has any network */
  online(online) {
    this.#online = online;
  }

  /** @returns {Remedy} what to do now; it is expected to be done */
  tick() {
    const now = this.#now();
    if (now - this.#ticked > SLEPT_MS) this.#excuse();
    this.#ticked = now;
    if (this.works && !this.#picturesDue) this.#clear();
    if (this.#state === "connected") return this.#whileConnected(now);
    if (this.#state === "reconnecting") return this.#whileReconnecting(now);
    if (this.#state === "connecting" || now < this.#startAt || this.#health === "none") {
      return "none";
    }
    return this.#remedy("start");
  }

  /** @param {number} now */
  #whileConnected(now) {
    if (this.#upSince !== null && now - this.#upSince > STEADY_MS && this.works) this.#failures = 0;
    const since = this.#frameAt ?? this.#upSince ?? now;
    const patience = this.#frameAt === null ? FIRST_FRAME_MS : STALL_MS;
    if (!this.#picturesDue || !this.#visible || now - since <= patience) return "none";
    this.#downSince ??= since;
    // whether the server is there is known first: nobody starts a session with a dead one
    if (this.#healthAt <= since + STALL_MS / 2) return "none";
    this.#frameAt = null;
    if (this.#health === "none") return "none";
    this.#failures += 1;
    return this.#remedy("restart");
  }

  /** @param {number} now */
  #whileReconnecting(now) {
    const since = this.#downSince ?? now;
    if (this.#health !== "ok" || now - since <= REJOIN_MS) return "none";
    this.#failures += 1;
    return this.#remedy("restart");
  }

  /**
   * @param {"start" | "restart"} usual
   * @returns {Remedy}
   */
  #remedy(usual) {
    this.#state = "connecting";
    this.#upSince = null;
    this.#startAt = Infinity;
    const pageIsToBlame = this.#failures >= FAILURES && this.#health === "ok";
    if (!pageIsToBlame || this.#now() < this.#mayReloadAt) return usual;
    this.#failures = 0;
    return "reload";
  }

  /** The face is there. */
  #clear() {
    this.#downSince = null;
    this.#grace = GRACE_MS;
  }

  /** Frames that were not shown are not missed. */
  #excuse() {
    if (this.#frameAt !== null) this.#frameAt = this.#now();
    if (this.#upSince !== null) this.#upSince = this.#now();
  }

  #backoff() {
    return BACKOFF_MS[Math.min(this.#failures, BACKOFF_MS.length) - 1] ?? 0;
  }
}

/**
 * @param {number} reloads how often the page was loaded anew without a steady time between
 * @returns {number} milliseconds after the last one before the next may come
 */
export function reloadWait(reloads) {
  return reloads === 0 ? 0 : Math.min(3_600_000, 60_000 * 2 ** (reloads - 1));
}
