/**
 * How the element looks. A constructed sheet needs no permission of the page's content policy; the
 * rules of the host are important because those of a shadow tree then win over the page's.
 * Lengths are in pixels: the page may have changed what its `rem` is. Imports nothing.
 */

const TEXT = `
:host {
  all: initial !important;
  display: block !important;
  position: relative !important;
  overflow: hidden !important;
  contain: layout style !important;
  inline-size: 100% !important;
  block-size: 100% !important;
  min-block-size: 420px !important;
}
:host([bubble]) {
  position: fixed !important;
  inset: auto 0 0 auto !important;
  inline-size: 0 !important;
  block-size: 0 !important;
  min-block-size: 0 !important;
  overflow: visible !important;
  contain: none !important;
  z-index: 2147483000 !important;
}
:host([hidden]) { display: none !important; }

.root {
  --paper: #ffffff; --raised: #f3f3f0; --ink: #17191e; --muted: #585e69; --line: #dcd9d2;
  --accent: #3a4fd7; --on-accent: #ffffff; --danger: #b3261e;
  color-scheme: light;
  height: 100%;
  color: var(--ink);
  font: 400 15px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
  text-align: start;
  -webkit-text-size-adjust: 100%;
}
.root[data-theme="dark"] {
  --paper: #16191f; --raised: #262b34; --ink: #eceef2; --muted: #a7adb9; --line: #343943;
  --accent: #9dacff; --on-accent: #10131c; --danger: #ff9a91;
  color-scheme: dark;
}
@media (prefers-color-scheme: dark) {
  .root[data-theme="auto"] {
    --paper: #16191f; --raised: #262b34; --ink: #eceef2; --muted: #a7adb9; --line: #343943;
    --accent: #9dacff; --on-accent: #10131c; --danger: #ff9a91;
    color-scheme: dark;
  }
}

*, *::before, *::after { box-sizing: border-box; }
[hidden] { display: none !important; }
h2, p { margin: 0; padding: 0; }
button, input { margin: 0; color: inherit; font: inherit; }
button { border: 0; background: none; cursor: pointer; }
button:disabled { cursor: default; opacity: 0.4; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
a { color: var(--accent); }
svg {
  display: block; width: 24px; height: 24px;
  fill: none; stroke: currentColor; stroke-width: 1.8; stroke-linecap: round; stroke-linejoin: round;
}

.bubble {
  position: fixed;
  inset: auto max(20px, env(safe-area-inset-right)) max(20px, env(safe-area-inset-bottom)) auto;
  display: grid; place-items: center;
  width: 60px; height: 60px; padding: 0;
  border-radius: 50%;
  background: var(--accent); color: var(--on-accent);
  box-shadow: 0 2px 6px rgb(0 0 0 / 25%), 0 12px 32px -8px rgb(0 0 0 / 45%);
}
.bubble svg { grid-area: 1 / 1; width: 30px; height: 30px; }
.bubble .icon-close, .bubble[aria-expanded="true"] .icon-chat { visibility: hidden; }
.bubble[aria-expanded="true"] .icon-close { visibility: visible; }
[data-position="left"] .bubble {
  inset-inline: max(20px, env(safe-area-inset-left)) auto;
}

.panel {
  display: flex; flex-direction: column;
  overflow: hidden;
  width: 100%; height: 100%; max-width: none; max-height: none;
  margin: 0; padding: 0;
  border: 1px solid var(--line); border-radius: 20px;
  background: var(--paper); color: var(--ink);
}
dialog.panel:not([open]) { display: none; }
[data-mode="bubble"] .panel {
  position: fixed;
  inset: auto max(20px, env(safe-area-inset-right)) calc(max(20px, env(safe-area-inset-bottom)) + 76px) auto;
  width: 376px; height: min(660px, 100dvh - 116px);
  box-shadow: 0 24px 64px -12px rgb(0 0 0 / 45%);
}
[data-mode="bubble"][data-position="left"] .panel {
  inset-inline: max(20px, env(safe-area-inset-left)) auto;
}
@media (max-width: 480px) {
  [data-mode="bubble"] .panel, [data-mode="bubble"][data-position="left"] .panel {
    inset: 0; width: 100%; height: 100dvh; border: 0; border-radius: 0;
    padding-block: env(safe-area-inset-top) env(safe-area-inset-bottom);
  }
}
.panel::backdrop { background: rgb(0 0 0 / 40%); }

header {
  display: flex; flex: none; align-items: center; gap: 8px;
  min-height: 56px; padding: 6px 8px 6px 16px;
}
.names { display: flex; flex: 0 1 auto; align-items: center; gap: 8px; min-width: 0; }
h2 { overflow: hidden; font-size: 17px; font-weight: 650; text-overflow: ellipsis; white-space: nowrap; }
.badge { padding: 1px 8px; border: 1px solid var(--line); border-radius: 99px; color: var(--muted); font-size: 12px; font-weight: 600; }
.status { flex: 1 0 auto; color: var(--muted); font-size: 13px; }
.end { min-height: 36px; padding: 0 12px; border-radius: 99px; background: var(--raised); color: var(--danger); font-weight: 600; }
.round { display: grid; flex: none; place-items: center; width: 44px; height: 44px; padding: 0; border-radius: 50%; }
.round:not(:disabled):hover { background: var(--raised); }

.stage { position: relative; flex: 1 1 300px; min-height: 150px; overflow: hidden; background: var(--raised); }
.stage > img, .stage > video, .stage > canvas {
  position: absolute; inset: 0; width: 100%; height: 100%; object-fit: cover; object-position: 50% 25%;
}
.stage > video { opacity: 0; }
[data-face="shown"] .stage > video { opacity: 1; }
.initial { position: absolute; inset: 0; display: grid; place-items: center; color: var(--muted); font-size: 72px; font-weight: 600; }
.sound { position: absolute; inset: auto 16px 16px; }

.disclosure { flex: none; min-height: 55px; padding: 8px 16px; border-block-end: 1px solid var(--line); color: var(--muted); font-size: 13px; }
.ask { display: grid; flex: none; gap: 12px; padding: 14px 16px 16px; }
.notice { font-size: 13.5px; }
.problem { padding: 8px 12px; border-radius: 12px; background: var(--raised); font-weight: 600; }
.buttons { display: grid; gap: 8px; }
.primary, .plain { min-height: 46px; padding: 8px 16px; border-radius: 14px; font-weight: 600; }
.primary { background: var(--accent); color: var(--on-accent); }
.plain { border: 1px solid var(--muted); }
[data-view="talk"] .ask, [data-view="ask"] .compose { display: none; }
[data-view="ask"] .log { display: none; }

.log { display: flex; flex: 1 1 140px; flex-direction: column; gap: 8px; min-height: 0; padding: 12px 16px; overflow: auto; overscroll-behavior: contain; }

.log > * { position: relative; max-width: 88%; padding: 7px 12px; border-radius: 14px; background: var(--raised); overflow-wrap: anywhere; }
.log .user { align-self: end; background: var(--accent); color: var(--on-accent); }
.log .agent { align-self: start; }
.who { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }

.compose { position: relative; flex: none; padding: 6px 10px 10px; }
.chips {
  position: absolute; inset: auto 10px 100%;
  display: flex; gap: 6px; padding: 8px 4px 2px; overflow-x: auto; scrollbar-width: none;
  background: var(--paper);
}
.chips[hidden] { display: none; }
.chip { flex: none; min-height: 36px; padding: 0 12px; border: 1px solid var(--line); border-radius: 18px; background: var(--paper); font-size: 14px; }
.chip:hover { background: var(--raised); }
.chip:focus-visible { outline-offset: -3px; }
.panel:has(.chips:not([hidden])) .log { padding-block-end: 58px; }
.hint { padding: 0 6px 6px; color: var(--muted); font-size: 13px; }
.hint:empty { display: none; }
.bar { display: flex; align-items: center; gap: 4px; }
input {
  flex: 1; min-width: 0; height: 44px; padding: 0 14px;
  border: 1px solid var(--muted); border-radius: 22px; background: var(--paper); font-size: 16px;
}
input::placeholder { color: var(--muted); opacity: 1; }
.send { background: var(--accent); color: var(--on-accent); }
.round.send:not(:disabled):hover { background: var(--accent); }
.microphone { background: var(--raised); }
.icon-stop { fill: currentColor; }
.microphone svg { grid-area: 1 / 1; }
[data-microphone="on"] .microphone { background: var(--accent); color: var(--on-accent); }
[data-microphone="on"] .icon-strike { display: none; }

@media (forced-colors: active) { .bubble, .panel, .primary, .round { border: 1px solid; } }
`;

/** @type {CSSStyleSheet | null} */
let made = null;

/** @returns {CSSStyleSheet} one for all elements of the page */
export function sheet() {
  if (made === null) {
    made = new CSSStyleSheet();
    made.replaceSync(TEXT);
  }
  return made;
}
