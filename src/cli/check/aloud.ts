/** After so long without a word people think that a program hangs. */
const patienceMs = 2000;

/** Does something, and says what it is if that takes long. */
export function aloud(say: (text: string) => void) {
	return async <T>(what: string, action: () => Promise<T>): Promise<T> => {
		const timer = setTimeout(() => say(`looking: ${what}`), patienceMs);
		try {
			return await action();
		} finally {
			clearTimeout(timer);
		}
	};
}
