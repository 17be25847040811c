/** Text that the quick reader leaves to the library. */
export class Unusual extends Error {}
