/**
 * Text of users, models and programs as it may reach a terminal: characters that would move the cursor, change the
 * screen or turn the order of reading around are shown as escapes instead. Line ends and tabs stay.
 */

/** C0 and C1 controls without tab and line ends, DEL, and what overrides, embeds or isolates a direction. */
const UNSAFE =
  /\r(?!\n)|[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
/** The same but for C0, which JSON escapes by itself. */
const UNSAFE_IN_JSON = /[\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** A text with `\u001b` and the like in the place of what a terminal would obey. */
export function safeText(text: string): string {
  return text.replace(UNSAFE, escaped);
}

/** JSON that says the same and holds nothing that a terminal would obey. */
export function safeJson(json: string): string {
  return json.replace(UNSAFE_IN_JSON, escaped);
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
