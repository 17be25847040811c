/** The text at hand has a form that is not edited in place; it is written anew instead. */
export class CannotSplice extends Error {}
