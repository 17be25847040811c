/** YAML that says nothing which Kubernetes could take: where, and why. */
export class NotReadable extends Error {
	readonly offset: number;

	constructor(message: string, offset: number) {
		super(message);
		this.offset = offset;
	}
}
