import type { PagePayload } from "../../../explain/page-html.ts";
import { mount } from "./app.ts";

const root = document.getElementById("page");
const payload = document.getElementById("payload");
if (root !== null && payload !== null) {
	mount(root, JSON.parse(payload.textContent ?? "") as PagePayload);
}
