/** https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/ */
export class Status extends Error {
	readonly code: number;
	readonly reason: string;

	constructor(code: number, reason: string, message: string) {
		super(message);
		this.code = code;
		this.reason = reason;
	}

	toJSON() {
		const { code, reason, message } = this;
		return { kind: "Status", apiVersion: "v1", metadata: {}, status: "Failure", message, reason, code };
	}
}
