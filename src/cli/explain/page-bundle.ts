/** The page's program and its looks, as scripts/build.mjs makes them of page/ and puts them here. */
export interface PageBundle {
	readonly script: string;
	readonly style: string;
}

declare const __EXPLAIN_PAGE__: PageBundle | undefined;

/** Only what was built has it. */
export function pageBundle(): PageBundle {
	if (typeof __EXPLAIN_PAGE__ === "undefined") {
		throw new Error("the page is made by the build: run bin/shunt");
	}
	return __EXPLAIN_PAGE__;
}
