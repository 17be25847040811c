/** A way from the client to the servers in the pod. All are there at once, each behind ports of its own. */
export interface Contender {
	readonly id: ContenderId;
	readonly title: string;
	/** Where its connections are redirected to; absent for the way without a proxy. */
	readonly proxyPort?: number;
	readonly webPort: number;
	readonly bulkPort: number;
	readonly holdPort: number;
}

export type ContenderId = "direct" | "haproxy" | "splice" | "shunt" | "pipe";

export const contenders: readonly Contender[] = [
	contender(0, { id: "direct", title: "no proxy" }),
	contender(1, { id: "shunt", title: "`shunt proxy`", proxyPort: 4143 }),
	contender(2, { id: "haproxy", title: "HAProxy", proxyPort: 6143 }),
	contender(3, { id: "splice", title: "HAProxy, `splice-auto`", proxyPort: 6144 }),
	contender(4, { id: "pipe", title: "Node, `socket.pipe`", proxyPort: 5143 }),
];

function contender(index: number, who: Pick<Contender, "id" | "title" | "proxyPort">): Contender {
	return { ...who, webPort: 8080 + index, bulkPort: 5200 + index, holdPort: 7000 + index };
}
