/**
 * Short things a learner says that steer the lesson instead of asking something. Imports nothing.
 */

/** @typedef {"goOn" | "next" | "back" | "repeat" | "pause"} Command */

/**
 * @param {string} text what was understood
 * @param {Readonly<Record<Command, readonly string[]>>} phrases of each command, in small letters
 * @returns {Command | null} null where it is anything else
 */
export function commandIn(text, phrases) {
  const words = text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s]/gu, "")
    .trim()
    .split(/\s+/)
    .join(" ");
  for (const [command, known] of Object.entries(phrases)) {
    if (known.includes(words)) return /** @type {Command} */ (command);
  }
  return null;
}
