// Runs in a pod: asks a URL a number of times, each time over a connection of its own, and prints the answers as JSON:
// what the server said, or {"error": CODE}.
import { get } from "node:http";
import process from "node:process";

const [url, times] = process.argv.slice(-2);
const answers = [];
for (let time = 0; time < Number(times); time++) {
	answers.push(await ask());
}
process.stdout.write(`${JSON.stringify(answers)}\n`);

function ask() {
	return new Promise((resolve) => {
		const failed = (error) => resolve({ error: error.code ?? error.message });
		const request = get(url, { agent: false, timeout: 5_000 }, async (response) => {
			try {
				const chunks = await response.toArray();
				resolve(JSON.parse(Buffer.concat(chunks).toString()));
			} catch (error) {
				failed(error);
			}
		});
		request.on("timeout", () => request.destroy(new Error("timeout")));
		request.on("error", failed);
	});
}
