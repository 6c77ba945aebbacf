/**
 * The two tabs beside the face, with the keys of the ARIA tab pattern. Imports nothing.
 */

export function wireTabs() {
  const tabs = /** @type {HTMLButtonElement[]} */ ([...document.querySelectorAll("[role=tab]")]);

  /** @param {HTMLButtonElement} chosen */
  const choose = (chosen) => {
    for (const tab of tabs) {
      const selected = tab === chosen;
      tab.setAttribute("aria-selected", String(selected));
      tab.tabIndex = selected ? 0 : -1;
      const panel = document.getElementById(tab.getAttribute("aria-controls") ?? "");
      if (panel) panel.hidden = !selected;
    }
  };

  /** @param {KeyboardEvent} event */
  const onKey = (event) => {
    const steps = /** @type {Record<string, number>} */ ({ ArrowLeft: -1, ArrowRight: 1 });
    const step = steps[event.key];
    if (step === undefined) return;
    const current = tabs.findIndex((tab) => tab === event.currentTarget);
    const next = tabs[(current + step + tabs.length) % tabs.length];
    if (!next) return;
    choose(next);
    next.focus();
  };

  for (const tab of tabs) {
    tab.addEventListener("click", () => choose(tab));
    tab.addEventListener("keydown", onKey);
  }
}
