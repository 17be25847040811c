// What pods have in common that ask: a URL a number of times, each time over a connection of its own. Comes to what the server
// said each time, or {"error": CODE}; and to how many connections the pod's own proxy took meanwhile, by its metrics on that
// port of loopback, which is never redirected. No number where nothing listens there.
import { get } from "node:http";

export async function ask(url, times, adminPort) {
	const before = await connections(adminPort);
	const answers = [];
	for (let time = 0; time < Number(times); time++) {
		answers.push(await fetchText(url).then(JSON.parse, failure));
	}
	const after = await connections(adminPort);
	return { answers, outbound: before === undefined ? undefined : after - before };
}

async function connections(adminPort) {
	const metrics = await fetchText(`http://127.0.0.1:${adminPort}/metrics`).catch(failure);
	if (metrics.error === "ECONNREFUSED") {
		return undefined;
	}
	return Number(/^shunt_proxy_connections_total\{direction="outbound"\} (\d+)$/m.exec(metrics)[1]);
}

function failure(error) {
	return { error: error.code ?? error.message };
}

function fetchText(from) {
	return new Promise((resolve, reject) => {
		const request = get(from, { agent: false, timeout: 5_000 }, (response) => {
			response.toArray().then((chunks) => resolve(Buffer.concat(chunks).toString()), reject);
		});
		request.on("timeout", () => request.destroy(new Error("timeout")));
		request.on("error", reject);
	});
}
