/**
 * Makes something of an object once, and answers with the same from then on, as long as the object lives: for what is asked of
 * one object again and again, a list of tens of thousands for example. The object must not change. Undefined is not kept.
 */
export function onceOf<T extends object, R>(make: (item: T) => R): (item: T) => R {
	const known = new WeakMap<T, R>();
	return (item) => {
		const found = known.get(item);
		if (found !== undefined) {
			return found;
		}
		const made = make(item);
		known.set(item, made);
		return made;
	};
}
