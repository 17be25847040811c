export interface Point {
	readonly x: number;
	readonly y: number;
}

export interface Box extends Point {
	readonly width: number;
	readonly height: number;
}

/** Where everything is for one direction. */
export interface Lane {
	/** The hook and its chains. */
	readonly gate: Box;
	/** Where the connection begins, up to the gate. */
	readonly entry: readonly Point[];
	/** From the gate around the proxy. */
	readonly straight: readonly Point[];
	/** From the gate to the proxy, and from there on. */
	readonly toProxy: readonly Point[];
	readonly fromProxy: readonly Point[];
	/** From the gate back into the pod: what leaves through the loopback interface. */
	readonly loop: readonly Point[];
	readonly port: Point;
	/** Names of the two ways, where there is room for them. */
	readonly straightLabel?: Point;
	readonly proxyLabel?: Point;
}

export interface Geometry {
	readonly width: number;
	readonly height: number;
	readonly network: Box;
	readonly pod: Box;
	readonly podLabel: Point;
	readonly proxy: Box;
	readonly application: Box;
	readonly inbound: Lane;
	readonly outbound: Lane;
}

/** The network on the left; what comes in runs to the right above, what goes out to the left below. */
export const wide: Geometry = {
	width: 1000,
	height: 424,
	network: { x: 8, y: 48, width: 108, height: 330 },
	pod: { x: 146, y: 8, width: 846, height: 408 },
	podLabel: { x: 166, y: 32 },
	proxy: { x: 434, y: 100, width: 132, height: 226 },
	application: { x: 868, y: 48, width: 108, height: 330 },
	inbound: {
		gate: { x: 166, y: 48, width: 214, height: 122 },
		entry: line(116, 109, 166, 109),
		straight: line(380, 74, 868, 74),
		toProxy: line(380, 140, 434, 140),
		fromProxy: line(566, 140, 868, 140),
		loop: [],
		port: { x: 500, y: 144 },
		straightLabel: { x: 717, y: 65 },
		proxyLabel: { x: 717, y: 131 },
	},
	outbound: {
		gate: { x: 622, y: 256, width: 214, height: 122 },
		entry: line(868, 317, 836, 317),
		straight: line(622, 352, 116, 352),
		toProxy: line(622, 286, 566, 286),
		fromProxy: line(434, 286, 116, 286),
		loop: [
			{ x: 729, y: 378 },
			{ x: 729, y: 400 },
			{ x: 922, y: 400 },
			{ x: 922, y: 378 },
		],
		port: { x: 500, y: 290 },
		straightLabel: { x: 275, y: 343 },
		proxyLabel: { x: 275, y: 277 },
	},
};

/** The same turned: the network on top, what comes in runs down on the left, what goes out up on the right. */
export const narrow: Geometry = {
	width: 340,
	height: 650,
	network: { x: 6, y: 6, width: 328, height: 44 },
	pod: { x: 2, y: 80, width: 336, height: 566 },
	podLabel: { x: 12, y: 101 },
	proxy: { x: 62, y: 286, width: 216, height: 78 },
	application: { x: 12, y: 578, width: 316, height: 44 },
	inbound: {
		gate: { x: 12, y: 112, width: 152, height: 128 },
		entry: line(88, 50, 88, 112),
		straight: line(36, 240, 36, 578),
		toProxy: line(112, 240, 112, 286),
		fromProxy: line(112, 364, 112, 578),
		loop: [],
		port: { x: 112, y: 352 },
	},
	outbound: {
		gate: { x: 176, y: 410, width: 152, height: 128 },
		entry: line(252, 578, 252, 538),
		straight: line(304, 410, 304, 50),
		toProxy: line(228, 410, 228, 364),
		fromProxy: line(228, 286, 228, 50),
		loop: [
			{ x: 196, y: 538 },
			{ x: 196, y: 578 },
		],
		port: { x: 228, y: 352 },
	},
};

function line(x1: number, y1: number, x2: number, y2: number): readonly Point[] {
	return [
		{ x: x1, y: y1 },
		{ x: x2, y: y2 },
	];
}
