/**
 * The timing panel: where the milliseconds of a turn went. Imports dom, strings and turns.
 */

import { create, find, on } from "./dom.js";
import { strings } from "./strings.js";
import { kindOf, percentile, totalOf, TurnHistory } from "./turns.js";

/** @typedef {import("./turns.js").Turn} Turn */
/** @typedef {import("../sdk/session.js").Session} Session */

/** How many earlier turns are listed. */
const LISTED = 12;
/** Clocks further apart count from different beginnings; their offset says nothing. */
const SAME_EPOCH_MS = 86_400_000;

/** @param {Session} session */
export function showTiming(session) {
  const history = new TurnHistory();
  /** @type {Turn | null} the turn looked at; null for the latest */
  let chosen = null;

  const draw = () => {
    const turn = chosen ?? history.turns.at(-1);
    if (!turn) return;
    find("timing-empty", HTMLElement).hidden = true;
    find("timing-content", HTMLElement).hidden = false;
    drawTurn(turn, history);
    drawSummary(history, session);
    drawHistory(history, turn, (choice) => {
      chosen = choice === history.turns.at(-1) ? null : choice;
      draw();
    });
  };

  on(session, "turn", (turn) => {
    history.add(turn);
    chosen = null;
    draw();
    drawClock(session);
  });
  on(session, "budget", (broken) => {
    history.alarm(broken);
    draw();
  });
  on(session, "pong", () => drawClock(session));
}

/**
 * @param {Turn} turn
 * @param {TurnHistory} history
 */
function drawTurn(turn, history) {
  find("timing-total", HTMLElement).textContent = strings.milliseconds(totalOf(turn));
  find("timing-what", HTMLElement).textContent = strings.turnKinds[kindOf(turn)](turn.turn);
  find("timing-bar", HTMLElement).replaceChildren(...segments(turn));
  const total = totalOf(turn) || 1;
  let reached = 0;
  const rows = turn.layers.map(({ name, ms }) => {
    const row = layerRow(name, ms, reached / total, ms / total);
    reached += ms;
    const times = history.layer(name);
    const [median, p95] = [percentile(times, 0.5), percentile(times, 0.95)];
    const budget = history.broken(turn.turn, name);
    row.dataset.over = String(budget !== null);
    if (median !== null && p95 !== null) row.title = strings.layerFacts(median, p95, budget);
    return row;
  });
  find("timing-layers", HTMLElement).replaceChildren(...rows);
}

/**
 * A layer's row of the waterfall: its bar begins where the one before ended.
 * @param {string} name
 * @param {number} ms
 * @param {number} from share of the turn before it
 * @param {number} share its own
 */
function layerRow(name, ms, from, share) {
  const swatch = create("span", { className: "swatch" });
  swatch.dataset.layer = name;
  const term = create("dt", { children: [swatch, layerName(name)] });
  const bar = create("span", { className: "fall" });
  bar.dataset.layer = name;
  bar.style.setProperty("--from", String(from));
  bar.style.setProperty("--share", String(share));
  const lane = create("span", { className: "lane", children: [bar] });
  const time = create("span", { className: "ms", text: strings.milliseconds(ms) });
  const value = create("dd", { children: [lane, time] });
  return create("div", { children: [term, value] });
}

/**
 * @param {TurnHistory} history
 * @param {Session} session
 */
function drawSummary(history, session) {
  const times = history.voiceToVoice;
  const { start, first_frame: firstFrame } = session.marks;
  const opening = start && firstFrame ? firstFrame - start : null;
  const facts = [
    [strings.median, percentile(times, 0.5)],
    [strings.percentile95, percentile(times, 0.95)],
    [strings.firstFrame, opening],
  ];
  const rows = facts.map(([term, ms]) =>
    create("div", {
      children: [
        create("dt", { text: String(term) }),
        create("dd", { text: typeof ms === "number" ? strings.milliseconds(ms) : "–" }),
      ],
    }),
  );
  rows.push(
    create("div", {
      children: [
        create("dt", { text: strings.turns }),
        create("dd", { text: String(times.length) }),
      ],
    }),
  );
  find("timing-summary", HTMLElement).replaceChildren(...rows);
}

/**
 * @param {TurnHistory} history
 * @param {Turn} current
 * @param {(turn: Turn) => void} choose
 */
function drawHistory(history, current, choose) {
  const longest = history.longest;
  const items = history.turns.slice(-LISTED).map((turn) => {
    const bar = create("span", { className: "bar small", children: segments(turn) });
    bar.style.setProperty("--share", String(totalOf(turn) / longest));
    const button = create("button", {
      children: [
        create("span", { className: "turn", text: strings.turn(turn.turn) }),
        create("span", { className: "track", children: [bar] }),
        create("span", { className: "ms", text: strings.milliseconds(totalOf(turn)) }),
      ],
    });
    button.type = "button";
    button.setAttribute("aria-pressed", String(turn === current));
    button.addEventListener("click", () => choose(turn));
    return create("li", { children: [button] });
  });
  find("timing-history", HTMLElement).replaceChildren(...items.reverse());
}

/** @param {Session} session */
function drawClock(session) {
  const clock = session.clockOffset;
  if (!clock) return;
  const offset = Math.abs(clock.offsetMs) < SAME_EPOCH_MS ? clock.offsetMs : null;
  find("timing-clock", HTMLElement).textContent = strings.clock(clock.uncertaintyMs, offset);
}

/**
 * @param {Turn} turn
 * @returns {HTMLElement[]} one piece a layer, as wide as its share
 */
function segments(turn) {
  const total = turn.layers.reduce((sum, { ms }) => sum + ms, 0) || 1;
  return turn.layers.map(({ name, ms }) => {
    const piece = create("span", { className: "piece" });
    piece.dataset.layer = name;
    piece.style.setProperty("--share", String(ms / total));
    piece.title = `${layerName(name)}: ${strings.milliseconds(ms)}`;
    return piece;
  });
}

/** @param {string} name */
function layerName(name) {
  return strings.layers[name] ?? name.replaceAll("_", " ");
}
